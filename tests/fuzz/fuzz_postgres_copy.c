/* PostgreSQL's binary COPY: any bytes, as one message, into a table with a column of each kind. */
#include "base/vec.h"
#include "source/postgres/copy.h"
#include "source/postgres/types.h"

static Error *drop_chunk(ChunkTaker *taker, const Chunk *chunk, bool *out_enough)
{
    (void)taker;
    (void)chunk;
    *out_enough = false;
    return NULL;
}

static Error *read_all(const DatabaseTable *table, Str message)
{
    ChunkTaker taker = {drop_chunk};
    DatabaseRead read = {.table = table, .rows = 64};
    AUTO_DONE(batch) Batch batch;
    batch_init(&batch, &read, &taker);
    CopyReader reader = {.batch = &batch, .table = table};
    TRY(copy_take(&reader, message));
    TRY(copy_finish(&reader));
    return batch_flush(&batch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ColumnKind kinds[] = {
        COLUMN_BOOL, COLUMN_INT,  COLUMN_DOUBLE, COLUMN_DECIMAL,   COLUMN_TEXT,        COLUMN_BYTES,
        COLUMN_DATE, COLUMN_TIME, COLUMN_JSON,   COLUMN_TIMESTAMP, COLUMN_TIMESTAMP_TZ};
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    DatabaseTable table = {.name = STR("t")};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        DatabaseColumn column = {.name = STR("c"), .type = {.kind = kinds[i], .scale = 9}};
        VEC_PUSH(arena, &table.columns, column);
    }
    const PostgresType types[] = {
        {.name = STR("_int4"), .element = STR("int4"), .kind = 'b', .modifier = -1},
        {.name = STR("numrange"), .kind = 'r', .modifier = -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        DatabaseColumn column = {.name = STR("c")};
        postgres_type_column(arena, &types[i], &column);
        VEC_PUSH(arena, &table.columns, column);
    }
    error_free(read_all(&table, (Str){(const char *)data, size}));
    return 0;
}
