#include "ingest/normalise/coerce.h"

#include "ingest/typed_json.h"
#include "unit/ingest/vectors.h"

static DataKind kind_of(const Value *vector, const char *key)
{
    DataKind kind;
    assert_true(data_kind_find(vector_text(vector, key), &kind));
    return kind;
}

/* A value of the vectors; typed texts are typed values. */
static Cell cell_of(Arena *arena, const Value *given, DataKind kind)
{
    Value value = typed_decode(arena, given);
    if (value_is(&value, VALUE_BOOL)) {
        return cell_bool(value.as.boolean);
    }
    if (value_is(&value, VALUE_INT)) {
        return cell_int(value.as.integer);
    }
    if (value_is(&value, VALUE_FLOAT)) {
        return cell_double(value.as.number);
    }
    if (value_is(&value, VALUE_LIST) || value_is(&value, VALUE_MAP)) {
        return cell_text(DATA_JSON, json_text(arena, &value, &json_style_ordered));
    }
    bool is_time = kind == DATA_TIMESTAMP || kind == DATA_DATE || kind == DATA_TIME;
    return is_time ? cell_time(kind, *value.as.time) : cell_text(kind, value.as.text);
}

static TypedKind typed_kind_of(DataKind kind)
{
    static const TypedKind kinds[] = {
        [DATA_TEXT] = TYPED_NONE, [DATA_BIGINT] = TYPED_NONE,        [DATA_DOUBLE] = TYPED_NONE,
        [DATA_BOOL] = TYPED_NONE, [DATA_TIMESTAMP] = TYPED_DATETIME, [DATA_DATE] = TYPED_DATE,
        [DATA_TIME] = TYPED_TIME, [DATA_BINARY] = TYPED_BYTES,       [DATA_DECIMAL] = TYPED_DECIMAL,
        [DATA_WEI] = TYPED_WEI,   [DATA_JSON] = TYPED_NONE,
    };
    return kinds[kind];
}

/* As the vectors write results. */
static Str shown(Arena *arena, const Cell *cell)
{
    Value value = value_null();
    Cell text;
    if (!cell->is_null && cell->kind == DATA_BOOL) {
        value = value_bool(cell->as.boolean);
    } else if (!cell->is_null && cell->kind == DATA_BIGINT) {
        value = value_int(cell->as.integer);
    } else if (!cell->is_null && cell->kind == DATA_DOUBLE) {
        value = value_float(cell->as.number);
    } else if (!cell->is_null && cell->kind == DATA_JSON) {
        return cell->as.text;
    } else if (!cell->is_null) {
        assert_true(coerce(arena, cell, DATA_TEXT, &text));
        TypedKind kind = typed_kind_of(cell->kind);
        value =
            value_string(kind == TYPED_NONE ? text.as.text : typed_join(arena, kind, text.as.text));
    }
    return json_text(arena, &value, &json_style_ordered);
}

static Str expected_text(Arena *arena, const Value *vector)
{
    const Value *result = value_find(vector, STR("result"));
    return value_find(vector, STR("error")) != NULL ? STR("error")
                                                    : json_text(arena, result, &json_style_ordered);
}

static void values_enter_columns_as_in_dlt(void **state)
{
    (void)state;
    Vectors vectors;
    vectors_open(&vectors, "coercion");
    for (const Value *vector; (vector = vectors_next(&vectors)) != NULL;) {
        Cell cell =
            cell_of(vectors.arena, value_find(vector, STR("value")), kind_of(vector, "from"));
        Cell entered;
        bool fits = coerce(vectors.arena, &cell, kind_of(vector, "to"), &entered);
        vectors_expect(&vectors, vector, expected_text(vectors.arena, vector),
                       fits ? shown(vectors.arena, &entered) : STR("error"));
    }
    vectors_done(&vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_enter_columns_as_in_dlt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
