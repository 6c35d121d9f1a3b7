# cmake -DSOURCE=FILE.cpp -DFUNCTION=NAME -DGZIP=PROGRAM -P embed_files.cmake -- FILE...
#
# Writes the C++ source that clinic_embed (ClinicEmbed.cmake) compiles, and compresses the files
# beside it.
set(files)
set(after_the_dashes FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(index RANGE ${last})
  if(after_the_dashes)
    list(APPEND files "${CMAKE_ARGV${index}}")
  elseif(CMAKE_ARGV${index} STREQUAL "--")
    set(after_the_dashes TRUE)
  endif()
endforeach()

set(blobs)
set(symbols)
set(entries)
set(number 0)
foreach(file ${files})
  get_filename_component(name "${file}" NAME)
  set(compressed "${SOURCE}.${name}.gz")
  execute_process(COMMAND "${GZIP}" -9 -n -c "${file}" OUTPUT_FILE "${compressed}"
      COMMAND_ERROR_IS_FATAL ANY)
  file(SHA256 "${file}" digest)
  string(SUBSTRING "${digest}" 0 32 digest)
  set(symbol "clinic_${FUNCTION}_${number}")
  foreach(content "${file}" "${compressed}")
    string(APPEND blobs "    \".hidden ${symbol}\\n.globl ${symbol}\\n${symbol}:\\n\"\n"
        "    \".incbin \\\"${content}\\\"\\n\"\n"
        "    \".hidden ${symbol}_end\\n.globl ${symbol}_end\\n${symbol}_end:\\n\"\n")
    string(APPEND symbols "extern const char ${symbol}[];\nextern const char ${symbol}_end[];\n")
    set(symbol "${symbol}_gzip")
  endforeach()
  set(symbol "clinic_${FUNCTION}_${number}")
  string(APPEND entries "      {.name = \"${name}\",\n"
      "       .bytes = {${symbol}, ${symbol}_end},\n"
      "       .gzip = {${symbol}_gzip, ${symbol}_gzip_end},\n"
      "       .digest = \"${digest}\"},\n")
  math(EXPR number "${number} + 1")
endforeach()

file(WRITE "${SOURCE}" "#include <span>

#include \"server/http/static_file.hpp\"

asm(\".pushsection .rodata,\\\"a\\\"\\n\"
${blobs}    \".popsection\\n\");

extern \"C\" {
${symbols}}

namespace clinic::server {

std::span<const http::StaticFile> ${FUNCTION}();

std::span<const http::StaticFile> ${FUNCTION}() {
  static const http::StaticFile files[] = {
${entries}  };
  return files;
}

}  // namespace clinic::server
")
