/* A warehouse in memory with one connection, and assertions on errors, for the tests of everything
 * that stands on warehouse.h. */
#ifndef TESTS_WAREHOUSE_FIXTURE_H
#define TESTS_WAREHOUSE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "warehouse/warehouse.h"

typedef struct Store {
    Arena *arena;
    Warehouse *warehouse;
    Connection *connection;
} Store;

/* Prints what went wrong before failing. */
static inline void assert_ok(Error *err)
{
    if (err != NULL) {
        error_print(err, stderr, true);
        error_free(err);
        fail();
    }
}

/* Frees the error; its full message must contain `part`. */
static inline void assert_fails(Error *err, ErrorKind kind, const char *part)
{
    assert_non_null(err);
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Str message = error_full_message(err, arena);
    if (error_kind(err) != kind || str_find(message, str_from(part), 0) == SIZE_MAX) {
        fprintf(stderr, "expected %s with '%s', got %s\n", error_class_of(kind), part,
                error_class(err));
        error_print(err, stderr, true);
        error_free(err);
        fail();
    }
    error_free(err);
}

static inline void store_open(Store *store, const char *path)
{
    *store = (Store){.arena = arena_new("test")};
    WarehouseOptions options = {.path = path, .threads = 2};
    assert_ok(warehouse_open(&options, &store->warehouse));
    assert_ok(connection_open(store->warehouse, &store->connection));
}

static inline void store_done(Store *store)
{
    connection_close(store->connection);
    warehouse_close(store->warehouse);
    arena_free(store->arena);
}
DEFINE_AUTO_DONE(store, Store)

static inline void store_run(Store *store, const char *sql)
{
    assert_ok(connection_execute(store->connection, str_from(sql), NULL, 0, NULL));
}

static inline const char *store_text(Store *store, const char *sql)
{
    Str text;
    assert_ok(
        connection_query_text(store->connection, store->arena, str_from(sql), NULL, 0, &text));
    return str_to_c(store->arena, text);
}

static inline int64_t store_int(Store *store, const char *sql)
{
    int64_t number = 0;
    assert_ok(connection_query_int(store->connection, str_from(sql), NULL, 0, &number));
    return number;
}

#endif
