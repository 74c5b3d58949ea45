/* dango_row_number(): a number for each row. A chunk of rows takes its numbers at once from a
 * counter of the process, so that threads do not wait for each other as they would for a sequence.
 */
#include <stdatomic.h>

#include "warehouse/duckdb/duckdb_internal.h"

static void fill_row_numbers(duckdb_function_info info, duckdb_data_chunk input,
                             duckdb_vector output)
{
    static _Atomic int64_t next;
    (void)info;
    idx_t rows = duckdb_data_chunk_get_size(input);
    int64_t first = atomic_fetch_add_explicit(&next, (int64_t)rows, memory_order_relaxed);
    int64_t *numbers = duckdb_vector_get_data(output);
    for (idx_t row = 0; row < rows; row++) {
        numbers[row] = first + (int64_t)row;
    }
}

void duck_register_row_number(duckdb_connection connection)
{
    duckdb_scalar_function function = duckdb_create_scalar_function();
    AUTO_FREE(duck_type) duckdb_logical_type type = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    duckdb_scalar_function_set_name(function, "dango_row_number");
    duckdb_scalar_function_set_return_type(function, type);
    duckdb_scalar_function_set_volatile(function); /* or it would be called once per statement */
    duckdb_scalar_function_set_function(function, fill_row_numbers);
    /* A second connection registers it again, which changes nothing and is said to fail. */
    (void)duckdb_register_scalar_function(connection, function);
    duckdb_destroy_scalar_function(&function);
}
