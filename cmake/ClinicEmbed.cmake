# Files that become part of a program.

set(CLINIC_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_DIR}/embed_files.cmake")
find_program(CLINIC_GZIP gzip REQUIRED)

# clinic_embed(TARGET FUNCTION FILE...): adds to the target the function
# `std::span<const clinic::http::StaticFile> clinic::server::FUNCTION()`, which gives those files by
# their names without a folder, each as it is and compressed. The assembler copies them: a large file
# costs the compiler nothing.
function(clinic_embed target function)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp")
  add_custom_command(OUTPUT "${source}"
      COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${source}" "-DFUNCTION=${function}"
          "-DGZIP=${CLINIC_GZIP}" -P "${CLINIC_EMBED_SCRIPT}" -- ${ARGN}
      DEPENDS ${ARGN} "${CLINIC_EMBED_SCRIPT}"
      COMMENT "Embedding the files of ${function}"
      VERBATIM)
  # The digests in it tell the compiler's cache when a file has changed.
  target_sources(${target} PRIVATE "${source}")
endfunction()
