# What every target of the project is built with.

# Headers that many files of a target include and that rarely change, compiled once a target.
set(CLINIC_STANDARD_HEADERS
    <algorithm> <atomic> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional> <string>
    <string_view> <thread> <utility> <variant> <vector>)

# clinic_configure(TARGET): language level, warnings, sanitizers and include paths. The public headers
# are included as <clinic/...>, everything else by its path from the top of the project.
function(clinic_configure target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_options(${target} PRIVATE
      -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<BOOL:${CLINIC_WERROR}>:-Werror>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Optimising, GCC 12 sees overflows inside its own std::string that are not there (its bug 105651).
    target_compile_options(${target} PRIVATE
        -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow)
  endif()
  if(CLINIC_SANITIZE)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # Instrumented, empty std::optionals look to it as if they were read.
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
    target_compile_options(${target} PRIVATE
        -fsanitize=${CLINIC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${CLINIC_SANITIZE})
  endif()
endfunction()

# clinic_precompile(TARGET HEADER...): precompiles the standard headers above and the given ones.
function(clinic_precompile target)
  if(NOT CMAKE_CXX_CLANG_TIDY)
    target_precompile_headers(${target} PRIVATE ${CLINIC_STANDARD_HEADERS} ${ARGN})
  endif()
endfunction()
