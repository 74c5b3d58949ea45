/* Calls to the system that fail when a test says so. A test that lists a call in WRAP (see
 * CMakeLists.txt) has it go through faults.c, which passes it on unless a fault was set. */
#ifndef TESTS_BASE_FAULTS_H
#define TESTS_BASE_FAULTS_H

#include <stddef.h>

typedef enum FaultCall {
    FAULT_READ,
    FAULT_WRITE,
    FAULT_OPEN,
    FAULT_FSTAT,
    FAULT_FSYNC,
    FAULT_OPENDIR,
    FAULT_READDIR,
    FAULT_READLINK,
    FAULT_GETCWD,
    FAULT_PIPE2,
    FAULT_FORK,
    FAULT_WAITPID,
    FAULT_GETRANDOM,
    FAULT_AFFINITY,
    FAULT_PTHREAD_CREATE,
    FAULT_CALLS
} FaultCall;

/* Lets `after` calls pass and fails the next `times` with `errno_value`; 0 there means that the
 * call does only part of what it should: reads or writes one byte, gives nothing; getrandom() then
 * gives the bytes 0, 1, 2 and so on. */
void fault_set(FaultCall call, size_t after, size_t times, int errno_value);
void fault_clear(void);
/* How often a fault was delivered since it was set. */
size_t fault_count(FaultCall call);

#endif
