/* dango_rows('name'): a RowSource as a table. Each thread of a statement takes one part after the
 * other. */
#include <stdatomic.h>
#include <stdlib.h>

#include "warehouse/duckdb/duckdb_internal.h"
#include "warehouse/row_source.h"

/* What the threads of one scan share. */
typedef struct Scan {
    const RowSource *source;
    _Atomic size_t next_part;
    size_t *wanted;
    size_t wanted_count;
} Scan;

/* Where one thread is. */
typedef struct ScanThread {
    Arena *arena;
    Column *columns;
    size_t part;
    uint64_t row;
    bool has_part;
} ScanThread;

static void free_scan(void *data)
{
    Scan *scan = data;
    free(scan->wanted);
    free(scan);
}

static void free_thread(void *data)
{
    ScanThread *thread = data;
    arena_free(thread->arena);
    free(thread->columns);
    free(thread);
}

static void bind_columns(duckdb_bind_info info, const RowSource *source)
{
    AUTO_FREE(arena) Arena *arena = arena_new("bind");
    for (size_t i = 0; i < source->column_count; i++) {
        AUTO_FREE(duck_type)
        duckdb_logical_type type = duck_vector_type(&source->columns[i].type);
        duckdb_bind_add_result_column(info, str_to_c(arena, source->columns[i].name), type);
    }
    duckdb_bind_set_cardinality(info, source->row_count, true);
}

static void bind_rows(duckdb_bind_info info)
{
    duckdb_value parameter = duckdb_bind_get_parameter(info, 0);
    char *name = duckdb_get_varchar(parameter);
    const RowSource *source = name != NULL ? row_source_find(str_from(name)) : NULL;
    duckdb_free(name);
    duckdb_destroy_value(&parameter);
    if (source == NULL) {
        duckdb_bind_set_error(info, "dango_rows: nothing of that name is being loaded");
        return;
    }
    union {
        const RowSource *source;
        void *data;
    } bound = {.source = source};
    duckdb_bind_set_bind_data(info, bound.data, NULL);
    bind_columns(info, source);
}

static void begin_scan(duckdb_init_info info)
{
    Scan *scan = memory_alloc(sizeof(*scan));
    *scan = (Scan){.source = duckdb_init_get_bind_data(info),
                   .wanted_count = duckdb_init_get_column_count(info)};
    scan->wanted = memory_alloc((scan->wanted_count + 1) * sizeof(size_t));
    for (size_t i = 0; i < scan->wanted_count; i++) {
        scan->wanted[i] = duckdb_init_get_column_index(info, i);
    }
    duckdb_init_set_init_data(info, scan, free_scan);
    duckdb_init_set_max_threads(info, scan->source->part_count > 0 ? scan->source->part_count : 1);
}

static void begin_thread(duckdb_init_info info)
{
    ScanThread *thread = memory_alloc(sizeof(*thread));
    *thread = (ScanThread){
        .arena = arena_new("scan"),
        .columns = memory_alloc((duckdb_init_get_column_count(info) + 1) * sizeof(Column))};
    duckdb_init_set_init_data(info, thread, free_thread);
}

/* The next rows of this thread's part, or of the next part; 0 when all is read. */
static Error *read_rows(Scan *scan, ScanThread *thread, size_t *out_rows)
{
    const RowSource *source = scan->source;
    *out_rows = 0;
    for (;;) {
        if (!thread->has_part) {
            thread->part = atomic_fetch_add(&scan->next_part, 1);
            thread->row = 0;
            thread->has_part = thread->part < source->part_count;
        }
        if (!thread->has_part) {
            return NULL;
        }
        arena_reset(thread->arena);
        RowsWanted wanted = {.part = thread->part,
                             .first = thread->row,
                             .most = duckdb_vector_size(),
                             .columns = scan->wanted,
                             .column_count = scan->wanted_count};
        TRY(source->read(source->context, &wanted, thread->arena, thread->columns, out_rows));
        thread->row += *out_rows;
        if (*out_rows > 0) {
            return NULL;
        }
        thread->has_part = false;
    }
}

static void scan_rows(duckdb_function_info info, duckdb_data_chunk output)
{
    Scan *scan = duckdb_function_get_init_data(info);
    ScanThread *thread = duckdb_function_get_local_init_data(info);
    size_t rows = 0;
    Error *err = read_rows(scan, thread, &rows);
    if (err != NULL) {
        AUTO_FREE(arena) Arena *arena = arena_new("scan failure");
        duckdb_function_set_error(info, str_to_c(arena, error_message(err)));
        error_discard(err, "its text becomes the statement's");
        return;
    }
    for (size_t i = 0; i < scan->wanted_count && rows > 0; i++) {
        duck_fill_vector(duckdb_data_chunk_get_vector(output, i), &thread->columns[i], 0, rows,
                         DUCK_TEXTS_BORROWED);
    }
    duckdb_data_chunk_set_size(output, rows);
}

void duck_register_rows(duckdb_connection connection)
{
    duckdb_table_function function = duckdb_create_table_function();
    AUTO_FREE(duck_type) duckdb_logical_type name = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_table_function_set_name(function, "dango_rows");
    duckdb_table_function_add_parameter(function, name);
    duckdb_table_function_set_bind(function, bind_rows);
    duckdb_table_function_set_init(function, begin_scan);
    duckdb_table_function_set_local_init(function, begin_thread);
    duckdb_table_function_set_function(function, scan_rows);
    duckdb_table_function_supports_projection_pushdown(function, true);
    /* A second connection registers it again, which changes nothing and is said to fail. */
    (void)duckdb_register_table_function(connection, function);
    duckdb_destroy_table_function(&function);
}
