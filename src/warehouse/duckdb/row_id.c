/* dango_row_id(): 14 random characters of base64 for each row, 84 bits, as dlt's _dlt_id. SQL's own
 * random functions cost three times as much per row, which a load of many millions feels. */
#include <sys/random.h>

#include "base/clock.h"
#include "warehouse/duckdb/duckdb_internal.h"

enum { ROW_ID_CHARACTERS = 14 };

/* SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators"). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Two independent states per chunk of rows, from the kernel: chunks cannot repeat each other. */
static void seed(uint64_t states[2])
{
    if (getrandom(states, 2 * sizeof(states[0]), 0) != (ssize_t)(2 * sizeof(states[0]))) {
        states[0] = (uint64_t)clock_now_us();
        states[1] = (uint64_t)clock_monotonic_us() ^ (uint64_t)(uintptr_t)states;
    }
}

static void fill_row_ids(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (void)info;
    uint64_t states[2];
    seed(states);
    idx_t rows = duckdb_data_chunk_get_size(input);
    for (idx_t row = 0; row < rows; row++) {
        char text[ROW_ID_CHARACTERS];
        uint64_t high = next_random(&states[0]);
        uint64_t low = next_random(&states[1]);
        for (size_t i = 0; i < ROW_ID_CHARACTERS / 2; i++) {
            text[i] = digits[high >> (6 * i) & 63];
            text[i + ROW_ID_CHARACTERS / 2] = digits[low >> (6 * i) & 63];
        }
        duckdb_vector_assign_string_element_len(output, row, text, sizeof(text));
    }
}

void duck_register_row_id(duckdb_connection connection)
{
    duckdb_scalar_function function = duckdb_create_scalar_function();
    AUTO_FREE(duck_type) duckdb_logical_type type = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_scalar_function_set_name(function, "dango_row_id");
    duckdb_scalar_function_set_return_type(function, type);
    duckdb_scalar_function_set_volatile(function); /* or it would be called once per statement */
    duckdb_scalar_function_set_function(function, fill_row_ids);
    /* A second connection registers it again, which changes nothing and is said to fail. */
    (void)duckdb_register_scalar_function(connection, function);
    duckdb_destroy_scalar_function(&function);
}
