# What others wrote, each as a target dep::NAME with its headers as system headers. Static archives
# are preferred: every shared library costs the dynamic linker time before main.
set(DANGO_DEPS ${CMAKE_SOURCE_DIR}/build/deps)

# dango_dep(NAME yaml HEADER yaml.h [FOLDER below /usr/include] LIBRARY yaml PACKAGE libyaml-dev
#           [OPTIONAL] [SHARED])
function(dango_dep)
    cmake_parse_arguments(ARG "OPTIONAL;SHARED" "NAME;HEADER;FOLDER;LIBRARY;PACKAGE" "DEFINES" ${ARGN})
    find_path(DEP_${ARG_NAME}_INCLUDE ${ARG_HEADER} PATH_SUFFIXES ${ARG_FOLDER})
    set(library NOT-NEEDED)
    if(ARG_LIBRARY)
        set(archive lib${ARG_LIBRARY}.a)
        if(ARG_SHARED)
            set(archive)
        endif()
        find_library(DEP_${ARG_NAME}_LIBRARY NAMES ${archive} ${ARG_LIBRARY})
        set(library ${DEP_${ARG_NAME}_LIBRARY})
    endif()
    if(NOT DEP_${ARG_NAME}_INCLUDE OR NOT library)
        if(ARG_OPTIONAL)
            message(STATUS "without ${ARG_NAME}: package ${ARG_PACKAGE} is not installed")
            return()
        endif()
        message(FATAL_ERROR "package ${ARG_PACKAGE} is missing: run tools/setup build")
    endif()
    add_library(dep_${ARG_NAME} INTERFACE)
    add_library(dep::${ARG_NAME} ALIAS dep_${ARG_NAME})
    # The compiler's own search path must not be repeated: that would break #include_next.
    if(NOT DEP_${ARG_NAME}_INCLUDE STREQUAL "/usr/include")
        target_include_directories(dep_${ARG_NAME} SYSTEM INTERFACE ${DEP_${ARG_NAME}_INCLUDE})
    endif()
    if(ARG_LIBRARY)
        target_link_libraries(dep_${ARG_NAME} INTERFACE ${library})
    endif()
    target_compile_definitions(dep_${ARG_NAME} INTERFACE ${ARG_DEFINES})
endfunction()

dango_dep(NAME yaml HEADER yaml.h LIBRARY yaml PACKAGE libyaml-dev)
dango_dep(NAME pcre2 HEADER pcre2.h LIBRARY pcre2-8 PACKAGE libpcre2-dev
          DEFINES PCRE2_CODE_UNIT_WIDTH=8)
dango_dep(NAME utf8proc HEADER utf8proc.h LIBRARY utf8proc PACKAGE libutf8proc-dev)
dango_dep(NAME gmp HEADER gmp.h LIBRARY gmp PACKAGE libgmp-dev)
dango_dep(NAME zlib HEADER zlib.h LIBRARY z PACKAGE zlib1g-dev)
dango_dep(NAME zstd HEADER zstd.h LIBRARY zstd PACKAGE libzstd-dev)
dango_dep(NAME sqlite HEADER sqlite3.h LIBRARY sqlite3 PACKAGE libsqlite3-dev)
dango_dep(NAME postgres HEADER libpq-fe.h FOLDER postgresql LIBRARY pq PACKAGE libpq-dev
          SHARED) # a module's
dango_dep(NAME curl HEADER curl/curl.h LIBRARY curl PACKAGE libcurl4-openssl-dev SHARED) # a module's
dango_dep(NAME cmocka HEADER cmocka.h LIBRARY cmocka PACKAGE libcmocka-dev OPTIONAL)

# yyjson: the pinned source where tools/setup could get it, else the system's package.
if(EXISTS ${DANGO_DEPS}/yyjson/yyjson.c)
    add_library(dep_yyjson STATIC ${DANGO_DEPS}/yyjson/yyjson.c)
    add_library(dep::yyjson ALIAS dep_yyjson)
    target_include_directories(dep_yyjson SYSTEM INTERFACE ${DANGO_DEPS}/yyjson)
    target_compile_options(dep_yyjson PRIVATE -w)
else()
    dango_dep(NAME yyjson HEADER yyjson.h LIBRARY yyjson PACKAGE libyyjson-dev)
endif()

# DuckDB is only ever linked into its module (warehouse/duckdb); see app_module().
if(NOT EXISTS ${DANGO_DEPS}/duckdb/lib/libduckdb.so)
    message(FATAL_ERROR "build/deps/duckdb is missing: run tools/setup build")
endif()
add_library(dep_duckdb SHARED IMPORTED)
add_library(dep::duckdb ALIAS dep_duckdb)
set_target_properties(dep_duckdb PROPERTIES
    IMPORTED_LOCATION ${DANGO_DEPS}/duckdb/lib/libduckdb.so
    INTERFACE_INCLUDE_DIRECTORIES ${DANGO_DEPS}/duckdb/include)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib/dango)
file(CREATE_LINK ${DANGO_DEPS}/duckdb/lib/libduckdb.so ${CMAKE_BINARY_DIR}/lib/dango/libduckdb.so
     SYMBOLIC)
