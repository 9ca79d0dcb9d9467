# act_library(NAME [NO_PCH] SOURCES... LINK libs...): one folder of lib/.
function(act_library name)
  cmake_parse_arguments(ARG "NO_PCH" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  add_dependencies(${name} ActTableGen)
  if(NOT ARG_NO_PCH)
    target_precompile_headers(${name} REUSE_FROM act_pch)
  endif()
endfunction()

# act_tool(NAME SOURCES... LINK libs...): an executable in build/<preset>/bin.
function(act_tool name)
  cmake_parse_arguments(ARG "NO_PCH" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  target_link_options(${name} PRIVATE -no-pie)
  add_dependencies(${name} ActTableGen)
  if(NOT ARG_NO_PCH)
    target_precompile_headers(${name} REUSE_FROM act_pch)
  endif()
endfunction()

# act_unittest(NAME SOURCES... LINK libs...): a GoogleTest program whose cases
# ctest discovers.
function(act_unittest name)
  cmake_parse_arguments(ARG "NO_PCH" "" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest_main)
  target_link_options(${name} PRIVATE -no-pie)
  target_compile_definitions(${name} PRIVATE
    ACT_TEST_DATA="${PROJECT_SOURCE_DIR}/test/data")
  add_dependencies(${name} ActTableGen)
  if(NOT ARG_NO_PCH)
    target_precompile_headers(${name} REUSE_FROM act_pch)
  endif()
  set(properties TIMEOUT 900)
  if(ARG_LABELS)
    list(APPEND properties LABELS "${ARG_LABELS}")
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60
                       PROPERTIES ${properties})
endfunction()
