/* tools/checks/cppcheck.h - what cppcheck has to know of foreign headers, which it does not read.
 */
typedef struct {
    int opaque;
} mpz_t[1], mpq_t[1], mpf_t[1]; /* arrays: a function that is handed one may fill it */
