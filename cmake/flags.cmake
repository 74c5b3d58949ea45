# Compiler and linker flags, each with its reason. Targets get them from dango_flags; foreign code
# (yyjson, generated assembly) does not.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON) # everything may end up in a PIE or in a module
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)   # clang-tidy reads it
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

option(DANGO_FUZZ "build the fuzz targets with libFuzzer instead of the program" OFF)
option(DANGO_COVERAGE "count executed lines" OFF)
option(DANGO_ANALYZE "run gcc's static analyzer while compiling" OFF)
set(DANGO_SANITIZE "" CACHE STRING "comma separated: address,undefined or thread")

add_library(dango_flags INTERFACE)
target_include_directories(dango_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(dango_flags INTERFACE
    _GNU_SOURCE # POSIX and Linux calls, which -std=c17 alone hides
    DANGO_VERSION="${PROJECT_VERSION}")

set(warnings
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Wpointer-arith -Wwrite-strings
    -Wvla -Wformat=2 -Wswitch-enum -Wundef -Wdouble-promotion -Wnull-dereference
    -Wimplicit-fallthrough -Werror)
set(c_warnings -Wstrict-prototypes -Wmissing-prototypes)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    list(APPEND warnings -Wduplicated-cond -Wduplicated-branches -Wlogical-op)
else()
    list(APPEND c_warnings -Wmissing-variable-declarations)
endif()
target_compile_options(dango_flags INTERFACE ${warnings}
    "$<$<COMPILE_LANGUAGE:C>:${c_warnings}>"
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-pedantic> # our headers are C: (Str){...} is no standard C++
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= # same objects wherever the clone lies
    -fno-common)

find_package(Threads REQUIRED)
target_link_libraries(dango_flags INTERFACE Threads::Threads m ${CMAKE_DL_LIBS})

# libstdc++ is needed by one file (the TOML reader): linked in, it costs nothing at start.
target_link_options(dango_flags INTERFACE -static-libgcc $<$<LINK_LANGUAGE:CXX>:-static-libstdc++>
    -Wl,--as-needed -Wl,-z,relro,-z,now -Wl,-z,noexecstack)

if(DANGO_SANITIZE)
    # No recovery: the first finding fails the test. Frame pointers make the stacks readable.
    add_compile_options(-fsanitize=${DANGO_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${DANGO_SANITIZE})
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
        # With the sanitizers' extra branches gcc's flow warnings see nulls that are not there.
        target_compile_options(dango_flags INTERFACE
            -Wno-null-dereference -Wno-maybe-uninitialized -Wno-format-overflow)
    endif()
    # The sanitizers' own libraries come with the compiler; linking libgcc in would hide unwinding.
    set_property(TARGET dango_flags PROPERTY INTERFACE_LINK_OPTIONS
        -Wl,--as-needed -Wl,-z,relro,-z,now)
endif()
if(DANGO_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link) # the libraries are instrumented for coverage too
endif()
if(DANGO_COVERAGE)
    add_compile_options(--coverage )
    add_link_options(--coverage)
endif()
if(DANGO_ANALYZE)
    # Its three warnings of null pointers do not know that a made Error is never NULL (gcc 12 does not
    # look at returns_nonnull): they follow each failed call past its TRY into the use of a result
    # that was left alone. clang's analyzer looks for null pointers too.
    set(analyzer -fanalyzer -Wno-analyzer-null-dereference -Wno-analyzer-null-argument
        -Wno-analyzer-possible-null-dereference)
    target_compile_options(dango_flags INTERFACE "$<$<COMPILE_LANGUAGE:C>:${analyzer}>")
    # What it finds is told while compiling; nothing of this build is ever run.
    set(CMAKE_C_LINK_EXECUTABLE "<CMAKE_COMMAND> -E touch <TARGET>")
    set(CMAKE_CXX_LINK_EXECUTABLE ${CMAKE_C_LINK_EXECUTABLE})
    set(CMAKE_C_CREATE_SHARED_MODULE ${CMAKE_C_LINK_EXECUTABLE})
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
    set(CMAKE_C_FLAGS_RELEASE "-O2 -g1") # CMake's own would define NDEBUG and use -O3; -g1: stacks
    set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
    add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection
        -U_FORTIFY_SOURCE # Ubuntu's gcc sets its own
        $<$<NOT:$<COMPILE_LANGUAGE:ASM>>:-D_FORTIFY_SOURCE=3>)
    # What users get is optimised as a whole. clang's build is there for its warnings, which come
    # while compiling, so it saves the time.
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
        include(CheckIPOSupported)
        check_ipo_supported(RESULT lto LANGUAGES C)
        set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${lto})
    endif()
endif()
include(CheckPIESupported)
check_pie_supported()

# ccache, where present. Paths inside the clone are made relative, so that clones share objects.
find_program(CCACHE ccache)
if(CCACHE)
    set(launcher env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
