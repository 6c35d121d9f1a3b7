# What `cmake --install` puts where, so that a stranger's project finds it:
#
#   find_package(clinic REQUIRED)
#   target_link_libraries(program PRIVATE clinic::clinic)     # and clinic::memory, clinic::sqlite, clinic::postgres
#
# or `pkg-config --cflags --libs clinic`. The component `development` is the libraries, their headers
# and the package files; `runtime` is the program. Nothing that is installed names the prefix, so that
# the tree can be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(clinic_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/clinic")

set(clinic_libraries clinic clinic_memory)
if(CLINIC_WITH_SQLITE)
  list(APPEND clinic_libraries clinic_sqlite)
endif()
if(CLINIC_WITH_POSTGRES)
  list(APPEND clinic_libraries clinic_postgres)
endif()
install(TARGETS ${clinic_libraries} EXPORT clinic COMPONENT development
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
install(EXPORT clinic NAMESPACE clinic:: FILE clinicTargets.cmake
    DESTINATION "${clinic_package_dir}" COMPONENT development)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/clinic" TYPE INCLUDE COMPONENT development
    FILES_MATCHING PATTERN "*.hpp")
# An adapter's public header is its store; it is included as in the project, <adapters/…/…_store.hpp>.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/adapters"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/clinic-adapters" COMPONENT development
    FILES_MATCHING PATTERN "*_store.hpp" PATTERN "migration_status.hpp")

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/clinicConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/package/clinicConfig.cmake" INSTALL_DESTINATION "${clinic_package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/package/clinicConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/package/clinicConfig.cmake"
    "${PROJECT_BINARY_DIR}/package/clinicConfigVersion.cmake"
    DESTINATION "${clinic_package_dir}" COMPONENT development)

cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}"
    OUTPUT_VARIABLE clinic_libdir)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX
    BASE_DIRECTORY "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" OUTPUT_VARIABLE clinic_up_to_prefix)
configure_file("${CMAKE_CURRENT_LIST_DIR}/clinic.pc.in" "${PROJECT_BINARY_DIR}/package/clinic.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/package/clinic.pc"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT development)

if(TARGET clinic_program)
  install(TARGETS clinic_program RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT runtime)
endif()
