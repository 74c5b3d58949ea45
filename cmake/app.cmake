# The helpers that the folders' CMakeLists.txt use. DEPS and LIBS take folder names (base, value)
# and libraries (dep::yaml); sources are listed by name.
#
#   app_library(NAME base SOURCES arena.c str.c DEPS ...)       src/base -> dango_base
#   app_module(NAME duckdb DRIVER warehouse_duckdb SOURCES ... LIBS dep::duckdb)
#                                                  -> lib/dango/duckdb.so, exports only its driver
#   app_executable(NAME dango SOURCES main.c DEPS cli EXPORTS)  a program; EXPORTS: opens modules
#   app_embed(TARGET dango_macros DIR macros)      files of a folder, inside the program
#   app_test(NAME base/arena DEPS base [MODULES duckdb] [LABELS tsan])  tests/unit/base/test_arena.c
#   app_fuzz(NAME json DEPS value)                 tests/fuzz/fuzz_json.c on tests/fuzz/corpus/json/
#   app_case(NAME jinja DEPS jinja)                tests/cases/run_jinja.c on tests/cases/jinja/
#   app_e2e()                                      tests/e2e/test_*.py with the real program
#   app_bench(NAME jinja DEPS jinja)               bench/bench_jinja.c -> bench/bench_jinja
#
# Modules do not carry the layers below them: they use those of the program that opens them. So such
# a program (EXPORTS) re-exports these folders whole, used or not; style/modules tells if one lacks.
set(DANGO_EXPORTED base value http project warehouse source)

# Turns folder names into targets.
function(dango_targets out)
    set(targets)
    foreach(dep IN LISTS ARGN)
        if(dep MATCHES "::|^dango_|^/|^-")
            list(APPEND targets ${dep})
        else()
            list(APPEND targets dango_${dep})
        endif()
    endforeach()
    set(${out} ${targets} PARENT_SCOPE)
endfunction()

# Everything in src/ is compiled with the banned calls turned into errors.
function(dango_ban_calls target)
    if(EXISTS ${CMAKE_SOURCE_DIR}/src/base/banned.h)
        target_compile_options(${target} PRIVATE
            $<$<COMPILE_LANGUAGE:C,CXX>:-include ${CMAKE_SOURCE_DIR}/src/base/banned.h>)
    endif()
endfunction()

function(app_library)
    cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS" ${ARGN})
    add_library(dango_${ARG_NAME} STATIC ${ARG_SOURCES})
    dango_targets(deps ${ARG_DEPS})
    target_link_libraries(dango_${ARG_NAME} PUBLIC dango_flags ${deps})
    dango_ban_calls(dango_${ARG_NAME})
endfunction()

function(app_module)
    cmake_parse_arguments(ARG "" "NAME;DRIVER" "SOURCES;LIBS" ${ARGN})
    if(DANGO_FUZZ)
        return()
    endif()
    set(target dango_module_${ARG_NAME})
    add_library(${target} MODULE ${ARG_SOURCES})
    dango_targets(libs ${ARG_LIBS})
    target_link_libraries(${target} PRIVATE dango_flags ${libs})
    dango_ban_calls(${target})
    set(exports ${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME}.map)
    file(CONFIGURE OUTPUT ${exports} CONTENT "{ global: ${ARG_DRIVER}; local: *; };\n")
    target_link_options(${target} PRIVATE -Wl,--version-script=${exports})
    set_target_properties(${target} PROPERTIES
        PREFIX "" OUTPUT_NAME ${ARG_NAME}
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/dango
        LINK_DEPENDS ${exports}
        BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN") # its client library lies beside it
    set_property(GLOBAL APPEND PROPERTY DANGO_MODULES ${target})
endfunction()

function(app_executable)
    cmake_parse_arguments(ARG "EXPORTS" "NAME;DIR" "SOURCES;DEPS" ${ARGN})
    add_executable(${ARG_NAME} ${ARG_SOURCES})
    dango_targets(deps ${ARG_DEPS})
    target_link_libraries(${ARG_NAME} PRIVATE dango_flags ${deps})
    if(ARG_EXPORTS)
        set_target_properties(${ARG_NAME} PROPERTIES ENABLE_EXPORTS ON)
        foreach(folder IN LISTS DANGO_EXPORTED)
            if(TARGET dango_${folder})
                target_link_libraries(${ARG_NAME} PRIVATE dango_${folder})
                target_link_options(${ARG_NAME} PRIVATE
                    LINKER:--whole-archive,$<TARGET_FILE:dango_${folder}>,--no-whole-archive)
            endif()
        endforeach()
    endif()
    if(ARG_DIR)
        set_target_properties(${ARG_NAME} PROPERTIES
            RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${ARG_DIR})
    endif()
endfunction()

# The files become one assembly file with a table sorted by path:
#     extern const EmbedFile dango_macros_files[];   (base/embed.h)
#     extern const size_t dango_macros_count;
# Each file is followed by a NUL that its size does not count.
function(app_embed)
    cmake_parse_arguments(ARG "" "TARGET;DIR" "" ${ARGN})
    set(root ${CMAKE_SOURCE_DIR}/${ARG_DIR})
    file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${root} ${root}/*)
    list(SORT files) # by bytes, as a binary search expects
    set(blobs "")
    set(table "")
    set(count 0)
    foreach(file IN LISTS files)
        string(APPEND blobs ".Lpath${count}: .asciz \"${file}\"\n"
            ".Ldata${count}: .incbin \"${root}/${file}\"\n.Lend${count}: .byte 0\n")
        string(APPEND table
            "    .quad .Lpath${count}, .Ldata${count}, .Lend${count} - .Ldata${count}\n")
        math(EXPR count "${count} + 1")
    endforeach()
    set(output ${CMAKE_BINARY_DIR}/embed/${ARG_TARGET}.S)
    file(CONFIGURE OUTPUT ${output} @ONLY CONTENT "# Made by app_embed() from ${ARG_DIR}/.
    .section .rodata
${blobs}
    .balign 8
    .globl ${ARG_TARGET}_count
    .type ${ARG_TARGET}_count, @object
    .size ${ARG_TARGET}_count, 8
${ARG_TARGET}_count: .quad ${count}
    .section .data.rel.ro, \"aw\"
    .balign 8
    .globl ${ARG_TARGET}_files
    .type ${ARG_TARGET}_files, @object
${ARG_TARGET}_files:
${table}    .quad 0, 0, 0
    .size ${ARG_TARGET}_files, . - ${ARG_TARGET}_files
    .section .note.GNU-stack, \"\", @progbits
")
    list(TRANSFORM files PREPEND ${root}/)
    set_source_files_properties(${output} PROPERTIES OBJECT_DEPENDS "${files}")
    add_library(${ARG_TARGET} STATIC ${output})
    set_target_properties(${ARG_TARGET} PROPERTIES LINKER_LANGUAGE C)
endfunction()

# What a test's process needs to know, however ctest is called.
function(dango_test_properties test)
    set_property(TEST ${test} APPEND PROPERTY ENVIRONMENT
        "ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:detect_leaks=1"
        "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/lsan.supp:print_suppressions=0"
        "UBSAN_OPTIONS=print_stacktrace=1"
        "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/tsan.supp:halt_on_error=1"
        "DANGO=${CMAKE_BINARY_DIR}/bin/dango"
        "DANGO_BUILD=${CMAKE_BINARY_DIR}"
        "DANGO_ROOT=${CMAKE_SOURCE_DIR}")
    set_tests_properties(${test} PROPERTIES TIMEOUT 900)
endfunction()

function(dango_test_program target)
    cmake_parse_arguments(ARG "" "DIR" "SOURCES;DEPS;MODULES" ${ARGN})
    set(exports)
    if(ARG_MODULES)
        set(exports EXPORTS)
    endif()
    app_executable(NAME ${target} DIR ${ARG_DIR} ${exports} DEPS ${ARG_DEPS}
        SOURCES ${ARG_SOURCES})
    target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    foreach(module IN LISTS ARG_MODULES)
        add_dependencies(${target} dango_module_${module})
    endforeach()
endfunction()

function(app_test)
    cmake_parse_arguments(ARG "" "NAME" "DEPS;MODULES;LABELS;SOURCES" ${ARGN})
    if(DANGO_FUZZ)
        return()
    endif()
    if(NOT TARGET dep::cmocka)
        return() # said once while configuring; make test asks tools/setup for it
    endif()
    get_filename_component(folder ${ARG_NAME} DIRECTORY)
    get_filename_component(name ${ARG_NAME} NAME)
    string(REPLACE "/" "_" target test_${ARG_NAME})
    dango_test_program(${target} DIR tests DEPS ${ARG_DEPS} dep::cmocka MODULES ${ARG_MODULES}
        SOURCES ${CMAKE_SOURCE_DIR}/tests/unit/${folder}/test_${name}.c ${ARG_SOURCES})
    add_test(NAME unit/${ARG_NAME} COMMAND ${target})
    dango_test_properties(unit/${ARG_NAME})
    set_property(TEST unit/${ARG_NAME} PROPERTY LABELS unit ${ARG_LABELS})
endfunction()

function(app_fuzz)
    cmake_parse_arguments(ARG "" "NAME" "DEPS;SOURCES" ${ARGN})
    set(target fuzz_${ARG_NAME})
    set(corpus ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${ARG_NAME})
    set(sources ${CMAKE_SOURCE_DIR}/tests/fuzz/${target}.c ${ARG_SOURCES})
    if(NOT DANGO_FUZZ)
        list(APPEND sources ${CMAKE_SOURCE_DIR}/tests/fuzz/replay.c)
    endif()
    dango_test_program(${target} DIR fuzz DEPS ${ARG_DEPS} SOURCES ${sources})
    if(DANGO_FUZZ)
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
        add_test(NAME fuzz/${ARG_NAME}
            COMMAND ${CMAKE_SOURCE_DIR}/tools/fuzz --run $<TARGET_FILE:${target}> ${ARG_NAME})
    else()
        add_test(NAME fuzz/${ARG_NAME} COMMAND ${target} ${corpus})
    endif()
    dango_test_properties(fuzz/${ARG_NAME})
    set_property(TEST fuzz/${ARG_NAME} PROPERTY LABELS fuzz)
endfunction()

function(app_case)
    cmake_parse_arguments(ARG "" "NAME" "DEPS;MODULES;LABELS;SOURCES" ${ARGN})
    if(DANGO_FUZZ)
        return()
    endif()
    set(target case_${ARG_NAME})
    dango_test_program(${target} DIR tests DEPS ${ARG_DEPS} MODULES ${ARG_MODULES}
        SOURCES ${CMAKE_SOURCE_DIR}/tests/cases/run_${ARG_NAME}.c ${ARG_SOURCES})
    add_test(NAME case/${ARG_NAME} COMMAND ${target} ${CMAKE_SOURCE_DIR}/tests/cases/${ARG_NAME})
    dango_test_properties(case/${ARG_NAME})
    set_property(TEST case/${ARG_NAME} PROPERTY LABELS case ${ARG_LABELS})
endfunction()

# One ctest entry per file, so that they run side by side. A file with "tsan" in its name also runs
# under the thread sanitizer.
function(app_e2e)
    if(DANGO_FUZZ)
        return()
    endif()
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/e2e/test_*.py)
    foreach(file IN LISTS files)
        get_filename_component(name ${file} NAME_WE)
        string(REGEX REPLACE "^test_" "" name ${name})
        add_test(NAME e2e/${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
            COMMAND ${CMAKE_SOURCE_DIR}/build/oracle/venv/bin/python -m pytest -q -p no:cacheprovider
                    ${file})
        dango_test_properties(e2e/${name})
        # Those that take longest begin first, so that no core waits for them at the end.
        set_tests_properties(e2e/${name} PROPERTIES LABELS e2e COST 100)
        if(name MATCHES "tsan")
            set_property(TEST e2e/${name} APPEND PROPERTY LABELS tsan)
        endif()
    endforeach()
endfunction()

function(app_bench)
    cmake_parse_arguments(ARG "" "NAME" "DEPS;MODULES;SOURCES" ${ARGN})
    dango_test_program(bench_${ARG_NAME} DIR bench DEPS ${ARG_DEPS} MODULES ${ARG_MODULES}
        SOURCES ${CMAKE_SOURCE_DIR}/bench/bench_${ARG_NAME}.c ${ARG_SOURCES})
    set_target_properties(bench_${ARG_NAME} PROPERTIES EXCLUDE_FROM_ALL ON)
    add_dependencies(benches bench_${ARG_NAME})
endfunction()
