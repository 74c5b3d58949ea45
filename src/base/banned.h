/* base/banned.h - force-included in src/: the calls that are wrong more often than right become
 * compile errors. Each names what to use instead. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/* What the system headers themselves mention must be seen before the poison. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef __cplusplus
#    include <string> /* libstdc++ names several of the poisoned calls */
#else
#    undef sprintf /* macros in glibc's fortified headers under clang */
#    undef vsprintf
#    pragma GCC poison sprintf vsprintf /* strbuf_printf */
#    pragma GCC poison strcpy strcat    /* Str, StrBuf */
#    pragma GCC poison strncpy strncat  /* Str, StrBuf */
#    pragma GCC poison strtok strtok_r  /* str_cut */
#    pragma GCC poison atoi atol atof   /* number_parse_* reports errors */
#    undef alloca
#    pragma GCC poison gets alloca                    /* unbounded */
#    pragma GCC poison longjmp siglongjmp             /* undefined over C++ frames */
#    pragma GCC poison localtime gmtime ctime asctime /* clock.h */
#    pragma GCC poison system popen                   /* process.h: no shell in between */
#    pragma GCC poison usleep                         /* nobody waits by sleeping */
#endif

#endif
