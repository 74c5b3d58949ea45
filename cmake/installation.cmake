# make install: the program, its modules with the libraries that only they use, completions and the
# licence. The names dbt and dlt are left to whoever owns them on the machine.
if(TARGET dango)
    install(TARGETS dango RUNTIME DESTINATION bin)
    get_property(modules GLOBAL PROPERTY DANGO_MODULES)
    if(modules)
        install(TARGETS ${modules} LIBRARY DESTINATION lib/dango)
    endif()
    install(PROGRAMS ${DANGO_DEPS}/duckdb/lib/libduckdb.so DESTINATION lib/dango)
    install(FILES LICENSE DESTINATION share/doc/dango)
    install(FILES ${DANGO_DEPS}/duckdb/LICENSE DESTINATION share/doc/dango RENAME LICENSE.duckdb)
    install(FILES ${DANGO_DEPS}/yyjson/LICENSE DESTINATION share/doc/dango RENAME LICENSE.yyjson
            OPTIONAL)
    # The program writes its own completions; a program for another machine cannot run here.
    if(NOT CMAKE_CROSSCOMPILING)
        install(CODE "
            foreach(place bash:bash-completion/completions/dango zsh:zsh/site-functions/_dango
                          fish:fish/vendor_completions.d/dango.fish)
                string(REGEX MATCH \"^[a-z]+\" shell \${place})
                string(REGEX REPLACE \"^[a-z]+:\" \"\" file \${place})
                execute_process(COMMAND $<TARGET_FILE:dango> completion \${shell}
                    OUTPUT_VARIABLE script RESULT_VARIABLE failed ERROR_QUIET)
                if(failed)
                    message(WARNING \"no completion for \${shell}: the program did not write one\")
                else()
                    file(WRITE \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/share/\${file} \"\${script}\")
                endif()
            endforeach()")
    endif()
endif()
