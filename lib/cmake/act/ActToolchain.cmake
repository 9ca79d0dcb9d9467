# LLVM and MLIR as Debian packages them, linked statically.
find_package(MLIR 19.1 REQUIRED CONFIG)
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
set(LLVM_TABLEGEN_EXE_HINT ${LLVM_TOOLS_BINARY_DIR})
find_program(LLVM_TABLEGEN_EXE llvm-tblgen HINTS ${LLVM_TOOLS_BINARY_DIR}
             NO_DEFAULT_PATH REQUIRED)
include(TableGen)
include(AddLLVM)
include(AddMLIR)

# The distribution's archives name the shared LLVM in their interfaces; one
# binary must never hold both, so that name goes and components are linked.
get_property(_mlir_libs GLOBAL PROPERTY MLIR_ALL_LIBS)
foreach(_lib IN LISTS _mlir_libs)
  if(TARGET ${_lib})
    get_target_property(_links ${_lib} INTERFACE_LINK_LIBRARIES)
    if(_links)
      list(REMOVE_ITEM _links LLVM)
      set_target_properties(${_lib} PROPERTIES INTERFACE_LINK_LIBRARIES
                            "${_links}")
    endif()
  endif()
endforeach()
if(NOT TARGET zstd::libzstd_shared)
  find_library(ACT_ZSTD zstd REQUIRED)
  add_library(zstd::libzstd_shared UNKNOWN IMPORTED)
  set_target_properties(zstd::libzstd_shared PROPERTIES
                        IMPORTED_LOCATION ${ACT_ZSTD})
endif()

separate_arguments(_llvm_definitions UNIX_COMMAND "${LLVM_DEFINITIONS}")
add_definitions(${_llvm_definitions})
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
include_directories(${PROJECT_SOURCE_DIR}/include
                    ${PROJECT_BINARY_DIR}/include)

add_compile_options(-fno-exceptions -Wall -Wextra -Wno-unused-parameter
                    -ffunction-sections -fdata-sections -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 misjudges LLVM's containers, and moves into Expected are needed.
  add_compile_options(-Wno-redundant-move -Wno-maybe-uninitialized -Wno-dangling-pointer
                      -Wno-array-bounds -Wno-stringop-overflow)
endif()
add_link_options(-Wl,--as-needed -Wl,--gc-sections -static-libstdc++
                 -static-libgcc)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${CCACHE_PROGRAM})
endif()

# MLIR's headers are most of the compile time: one precompiled header, made
# once and reused by every target that asks for it.
set(ACT_PCH_HEADER ${PROJECT_SOURCE_DIR}/lib/cmake/act/Precompiled.h)
file(WRITE ${PROJECT_BINARY_DIR}/pch.cpp "\n")
add_library(act_pch STATIC ${PROJECT_BINARY_DIR}/pch.cpp)
target_precompile_headers(act_pch PRIVATE ${ACT_PCH_HEADER})
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
endif()
