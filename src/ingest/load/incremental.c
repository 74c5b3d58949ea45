#include "ingest/load/incremental.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "ingest/boundary_hash.h"
#include "ingest/load/cursor_value.h"
#include "ingest/normalise/chunk_rows.h"
#include "ingest/typed_json.h"
#include "value/json_path.h"
#include "value/json_value.h"
#include "value/json_writer.h"

/* Of the state of a cursor; dlt passes it on as it is. */
#define MARK_KEY "dango_mark"

typedef enum MissingCursor { MISSING_RAISE, MISSING_INCLUDE, MISSING_EXCLUDE } MissingCursor;

typedef enum RowOrder { ORDER_NONE, ORDER_RISING, ORDER_FALLING } RowOrder;

struct Incremental {
    Arena *arena;
    State *state;
    IncrementalOptions options;
    Str path;
    const JsonPath *cursor;
    const Value *initial;
    const Value *end;
    bool is_max;
    bool start_is_open;
    bool end_is_closed;
    bool dedups;
    MissingCursor on_missing;
    Value start;                /* null: none */
    Value last;                 /* null: none yet */
    Value last_before;          /* of the last load */
    StrMap known;               /* hashes of the last load's boundary */
    const Value *stored_hashes; /* as the state has them, in an order of no meaning; may be NULL */
    BoundaryHashForm form;
    StrMap boundary;               /* hashes of the rows at `last` */
    VEC(yyjson_val *) at_boundary; /* rows of this batch at `last`, not hashed yet */
    bool moved;                    /* `last` is not that of the last load any more */
    bool kept_rows;
    RowOrder order; /* of the rows, as the source says */
    bool is_past;
    StreamNews news;
    const Value *mark; /* to be stored; NULL: none */
};

/* ---- Options ---- */

static Error *read_word(const Value *value, const char *const *words, size_t count, size_t *out)
{
    *out = 0;
    for (size_t i = 0; value != NULL && i < count; i++) {
        if (str_is(value_text_or(value, STR("")), words[i])) {
            *out = i;
            return NULL;
        }
    }
    return value == NULL ? NULL
                         : value_error(ERR_CONFIG, value, "'" STR_FMT "' is neither %s nor %s",
                                       STR_ARG(value_text_or(value, STR("?"))), words[0], words[1]);
}

static Error *read_options(Incremental *incremental)
{
    static const char *const functions[] = {"max", "min"};
    static const char *const starts[] = {"closed", "open"};
    static const char *const ends[] = {"open", "closed"};
    static const char *const missing[] = {"raise", "include", "exclude"};
    static const char *const orders[] = {"", "asc", "desc"};
    const Value *hints = incremental->options.hints;
    size_t word = 0;
    TRY(read_word(value_find(hints, STR("last_value_func")), functions, ARRAY_LEN(functions),
                  &word));
    incremental->is_max = word == 0;
    TRY(read_word(value_find(hints, STR("range_start")), starts, ARRAY_LEN(starts), &word));
    incremental->start_is_open = word == 1;
    TRY(read_word(value_find(hints, STR("range_end")), ends, ARRAY_LEN(ends), &word));
    incremental->end_is_closed = word == 1;
    TRY(read_word(value_find(hints, STR("on_cursor_value_missing")), missing, ARRAY_LEN(missing),
                  &word));
    incremental->on_missing = (MissingCursor)word;
    const Value *order = value_find(hints, STR("row_order"));
    TRY(read_word(value_is_null(order) ? NULL : order, orders, ARRAY_LEN(orders), &word));
    incremental->order = (RowOrder)word;
    incremental->initial = value_find(hints, STR("initial_value"));
    const Value *end = value_find(hints, STR("end_value"));
    incremental->end = value_is_null(end) ? NULL : end;
    incremental->path = value_text_or(value_find(hints, STR("cursor_path")), STR(""));
    return json_path_parse(incremental->arena, incremental->path, &incremental->cursor);
}

static double lag_of(const Incremental *incremental)
{
    const Value *lag = value_find(incremental->options.hints, STR("lag"));
    return value_is(lag, VALUE_INT)     ? (double)lag->as.integer
           : value_is(lag, VALUE_FLOAT) ? lag->as.number
                                        : 0;
}

/* A key of no columns asks for no dedup. */
static const Value *dedup_key(const Incremental *incremental)
{
    const Value *own = value_find(incremental->options.hints, STR("primary_key"));
    return own != NULL ? own : incremental->options.primary_key;
}

/* ---- Binding ---- */

static Value or_null(const Value *value)
{
    return value != NULL ? *value : value_null();
}

/* Positive when `a` is further than `b` in the cursor's direction. */
static Error *further(const Incremental *incremental, const Value *a, const Value *b, int *out)
{
    TRY(cursor_compare(a, b, out));
    *out = incremental->is_max ? *out : -*out;
    return NULL;
}

/* Back by the lag, but not beyond the initial value. */
static Error *apply_lag(Incremental *incremental)
{
    double lag = lag_of(incremental);
    if (lag == 0 || incremental->end != NULL || value_is_null(&incremental->last)) {
        return NULL;
    }
    incremental->dedups = false;
    Value moved;
    int order = 0;
    TRY(cursor_lag(incremental->arena, &incremental->last, lag, incremental->is_max, &moved));
    if (!value_is_null(incremental->initial)) {
        TRY(further(incremental, &moved, incremental->initial, &order));
    }
    incremental->start = order < 0 ? *incremental->initial : moved;
    return NULL;
}

/* The day in the form that the cursor's values have. */
static Value start_of_day(Arena *arena, Str day, const Value *like)
{
    enum { SECOND_MS = 1000, SECOND_US = 1000000 };
    const int64_t milliseconds_from = 100000000000; /* as seconds they would be the year 5138 */
    DateTime time = {0};
    Value decoded = typed_decode(arena, like);
    if (!date_parse_iso(day, &time)) {
        return value_string(day);
    }
    if (value_is(&decoded, VALUE_DATE)) {
        return value_string(typed_join(arena, TYPED_DATE, day));
    }
    if (value_is(&decoded, VALUE_DATETIME)) {
        return value_string(typed_join(arena, TYPED_DATETIME,
                                       str_printf(arena, STR_FMT "T00:00:00+00:00", STR_ARG(day))));
    }
    if (value_is(&decoded, VALUE_INT)) {
        int64_t seconds = datetime_to_us(&time) / SECOND_US;
        return value_int(decoded.as.integer >= milliseconds_from ? seconds * SECOND_MS : seconds);
    }
    return value_string(day);
}

static void apply_start(Incremental *incremental)
{
    Str day = incremental->options.start;
    if (day.len > 0 && incremental->end == NULL) {
        incremental->dedups = false;
        incremental->start = start_of_day(incremental->arena, day, &incremental->last);
    }
}

static Error *bind(Incremental *incremental)
{
    const IncrementalOptions *options = &incremental->options;
    const Value *stored = NULL;
    if (incremental->end == NULL) {
        stored = state_incremental(incremental->state, options->source, options->resource,
                                   incremental->path);
    }
    const Value *state = options->forgets ? NULL : stored;
    const Value *last = value_find(state, STR("last_value"));
    incremental->last = or_null(last != NULL ? last : incremental->initial);
    incremental->last_before = incremental->last;
    incremental->start = incremental->last;
    const Value *hashes = value_find(state, STR("unique_hashes"));
    for (VALUE_EACH(it, hashes)) {
        (void)strmap_set_copy(&incremental->known, value_text_or(it, STR("")), NULL);
    }
    incremental->stored_hashes = value_find(stored, STR("unique_hashes"));
    incremental->form = boundary_hash_form(incremental->stored_hashes);
    const Value *key = dedup_key(incremental);
    bool no_key = value_is(key, VALUE_LIST) && value_len(key) == 0;
    incremental->dedups = !incremental->start_is_open && incremental->end == NULL && !no_key &&
                          lag_of(incremental) == 0;
    TRY(apply_lag(incremental));
    apply_start(incremental);
    return NULL;
}

Error *incremental_new(Arena *arena, State *state, const IncrementalOptions *options,
                       Incremental **out)
{
    Incremental *incremental = ARENA_NEW(arena, Incremental);
    *incremental = (Incremental){.arena = arena,
                                 .state = state,
                                 .options = *options,
                                 .known = strmap_init(arena),
                                 .boundary = strmap_init(arena)};
    TRY(read_options(incremental));
    TRY(bind(incremental));
    *out = incremental;
    return NULL;
}

/* ---- Rows ---- */

static Error *hash_row(const Incremental *incremental, Arena *arena, yyjson_val *row, Str *out)
{
    const Value *key = dedup_key(incremental);
    Value hashed;
    if (value_is(key, VALUE_STRING)) {
        hashed = json_value(arena, json_path_member(row, key->as.text));
    } else if (value_is(key, VALUE_LIST)) {
        ValueVec parts = {0};
        for (VALUE_EACH(name, key)) {
            VEC_PUSH(arena, &parts,
                     json_value(arena, json_path_member(row, value_text_or(name, STR("")))));
        }
        hashed = value_list_of(&parts);
    } else {
        hashed = json_value(arena, row);
    }
    *out = boundary_hash(arena, &hashed, incremental->form);
    return NULL;
}

static Error *is_known(const Incremental *incremental, yyjson_val *row, bool *out)
{
    AUTO_FREE(arena) Arena *arena = arena_new("boundary row");
    Str hash;
    TRY(hash_row(incremental, arena, row, &hash));
    *out = strmap_has(&incremental->known, hash);
    return NULL;
}

static Error *missing_cursor(const Incremental *incremental, bool is_null)
{
    Str resource = incremental->options.resource;
    return is_null
               ? error_new(ERR_INPUT,
                           "In processing pipe `" STR_FMT
                           "`: Cursor element with JSON path `" STR_FMT
                           "` has the value `None` in extracted data item. All data items must "
                           "contain a value != None. Construct the incremental with "
                           "`on_cursor_value_missing='include'` if you want to include such rows",
                           STR_ARG(resource), STR_ARG(incremental->path))
               : error_new(ERR_INPUT,
                           "In processing pipe `" STR_FMT
                           "`: Cursor element with JSON path `" STR_FMT
                           "` was not found in extracted data item. All data items must contain "
                           "this path. Use the same names of fields as in your JSON document "
                           "because they can be different from the names you see in database.",
                           STR_ARG(resource), STR_ARG(incremental->path));
}

/* False: the row is beyond the end of the range. */
static Error *is_before_end(const Incremental *incremental, const Value *value, bool *out)
{
    int order = 0;
    *out = true;
    if (incremental->end == NULL) {
        return NULL;
    }
    TRY(further(incremental, value, incremental->end, &order));
    *out = order < 0 || (order == 0 && incremental->end_is_closed);
    return NULL;
}

/* A row that is further than all before: it alone is the boundary now. */
static void move_to(Incremental *incremental, const Value *value, yyjson_val *row)
{
    Value decoded = typed_decode(incremental->arena, value); /* written anew: as Python writes it */
    Value written = typed_encode(incremental->arena, &decoded);
    incremental->last =
        value_copy(incremental->arena, value_is(&decoded, VALUE_STRING) ? value : &written);
    incremental->moved = true;
    strmap_clear(&incremental->boundary);
    incremental->at_boundary.len = 0;
    VEC_PUSH(incremental->arena, &incremental->at_boundary, row);
}

/* A row that is not further: it stays if it is in the range and was not loaded before. */
static Error *keep_within(Incremental *incremental, const Value *value, yyjson_val *row, int order,
                          bool *out_keep)
{
    int from_start = 1;
    *out_keep = true;
    if (!value_is_null(&incremental->start)) {
        TRY(further(incremental, value, &incremental->start, &from_start));
    }
    if (from_start < 0 || (from_start == 0 && incremental->start_is_open)) {
        *out_keep = false;
        incremental->is_past = incremental->order == ORDER_FALLING;
        return NULL;
    }
    if (from_start == 0 && incremental->dedups && incremental->known.len > 0 &&
        incremental->news == NEWS_BY_CURSOR) {
        bool known = false;
        TRY(is_known(incremental, row, &known));
        *out_keep = !known;
    }
    if (*out_keep && order == 0) {
        VEC_PUSH(incremental->arena, &incremental->at_boundary, row);
    }
    return NULL;
}

Error *incremental_filter(Incremental *incremental, yyjson_val *row, bool *out_keep)
{
    yyjson_val *found = json_path_first(incremental->cursor, row);
    if (found == NULL || yyjson_is_null(found)) {
        *out_keep = incremental->on_missing == MISSING_INCLUDE;
        incremental->kept_rows = incremental->kept_rows || *out_keep;
        return incremental->on_missing == MISSING_RAISE ? missing_cursor(incremental, found != NULL)
                                                        : NULL;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("cursor value");
    Value value = json_value(arena, found);
    TRY(is_before_end(incremental, &value, out_keep));
    if (!*out_keep) {
        incremental->is_past = incremental->order == ORDER_RISING;
        return NULL;
    }
    int order = 1;
    if (!value_is_null(&incremental->last)) {
        TRY(further(incremental, &value, &incremental->last, &order));
    }
    if (order > 0) {
        move_to(incremental, &value, row);
    } else {
        TRY(keep_within(incremental, &value, row, order, out_keep));
    }
    incremental->kept_rows = incremental->kept_rows || *out_keep;
    return NULL;
}

bool incremental_is_past(const Incremental *incremental)
{
    return incremental->is_past;
}

/* ---- Rows in columns ---- */

/* A value of the column, or of the start of the range, as a number in the column's order. False
 * when there is none. */
static bool number_of(const Column *column, size_t row, int64_t *out)
{
    switch ((int)column->type.kind) {
    case COLUMN_INT:
    case COLUMN_TIMESTAMP:
    case COLUMN_TIMESTAMP_TZ:
        *out = column_int(column, row);
        return !column_is_null(column, row);
    case COLUMN_DATE:
        *out = ((const int32_t *)column->data)[row];
        return !column_is_null(column, row);
    default:
        return false;
    }
}

static bool number_of_start(const Incremental *incremental, ColumnKind kind, int64_t *out)
{
    AUTO_FREE(arena) Arena *arena = arena_new("start");
    Value start = typed_decode(arena, &incremental->start);
    *out = INT64_MIN;
    if (value_is_null(&start)) {
        return true;
    }
    if (kind == COLUMN_INT && value_is(&start, VALUE_INT)) {
        *out = start.as.integer;
        return true;
    }
    if (kind == COLUMN_DATE && value_is(&start, VALUE_DATE)) {
        *out = date_to_days(start.as.time->year, start.as.time->month, start.as.time->day);
        return true;
    }
    *out = value_is(&start, VALUE_DATETIME) ? datetime_to_us(start.as.time) : 0;
    return value_is(&start, VALUE_DATETIME) && kind != COLUMN_INT && kind != COLUMN_DATE;
}

static const Column *cursor_column(const Incremental *incremental, const Chunk *chunk)
{
    for (size_t i = 0; i < chunk->column_count; i++) {
        if (str_eq(chunk->columns[i].name, incremental->path)) {
            return &chunk->columns[i];
        }
    }
    return NULL;
}

/* Rows that are surely new and surely not the furthest need no closer look: those between `start`
 * and the chunk's greatest value. *out_greatest is that value; false: each row is looked at. */
static bool find_middle(const Incremental *incremental, const Column *cursor, size_t row_count,
                        int64_t *out_start, int64_t *out_greatest)
{
    *out_greatest = INT64_MIN;
    if (cursor == NULL || !incremental->is_max || incremental->end != NULL ||
        !number_of_start(incremental, cursor->type.kind, out_start)) {
        return false;
    }
    for (size_t row = 0; row < row_count; row++) {
        int64_t value;
        if (number_of(cursor, row, &value) && value > *out_greatest) {
            *out_greatest = value;
        }
    }
    return true;
}

static Error *filter_row(Incremental *incremental, JsonPage *page, const Chunk *chunk, size_t row,
                         bool *out_keep)
{
    AUTO_FREE(arena) Arena *arena = arena_new("row");
    StrBuf text = strbuf_init(arena, LIMIT_JSON_RECORD_BYTES);
    yyjson_val *json;
    chunk_row_json(chunk, row, &text);
    TRY(json_page_read(page, strbuf_str(&text), &json));
    return incremental_filter(incremental, json, out_keep);
}

static Error *filter_chunk(Incremental *incremental, JsonPage *page, const Chunk *chunk,
                           uint32_t *out, size_t *out_count)
{
    const Column *cursor = cursor_column(incremental, chunk);
    int64_t start, greatest, value;
    bool has_middle = find_middle(incremental, cursor, chunk->row_count, &start, &greatest);
    for (size_t row = 0; row < chunk->row_count; row++) {
        bool keep =
            has_middle && number_of(cursor, row, &value) && value > start && value < greatest;
        if (!keep) {
            TRY(filter_row(incremental, page, chunk, row, &keep));
        }
        incremental->kept_rows = incremental->kept_rows || keep;
        out[*out_count] = (uint32_t)row;
        *out_count += keep;
    }
    incremental_end_batch(incremental);
    return NULL;
}

Error *incremental_filter_chunk(Incremental *incremental, const Chunk *chunk, uint32_t *out,
                                size_t *out_count)
{
    JsonPage page = {0};
    *out_count = 0;
    Error *err = filter_chunk(incremental, &page, chunk, out, out_count);
    incremental->at_boundary.len = 0;
    json_page_done(&page);
    return err;
}

void incremental_end_batch(Incremental *incremental)
{
    for (size_t i = 0; i < incremental->at_boundary.len && incremental->dedups; i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("boundary row");
        Str hash = {0};
        Error *err = hash_row(incremental, arena, incremental->at_boundary.data[i], &hash);
        CHECK(err == NULL);
        (void)strmap_set_copy(&incremental->boundary, hash, NULL);
    }
    incremental->at_boundary.len = 0;
}

/* ---- State ---- */

static int compare_hashes(const void *a, const void *b)
{
    return str_compare(((const Value *)a)->as.text, ((const Value *)b)->as.text);
}

/* dlt writes the same hashes in any order: a new order alone is no news that needs a load. */
static bool are_stored(const Incremental *incremental, const ValueVec *sorted)
{
    for (VALUE_EACH(it, incremental->stored_hashes)) {
        if (!value_is(it, VALUE_STRING) || sorted->len == 0 ||
            bsearch(it, sorted->data, sorted->len, sizeof(Value), compare_hashes) == NULL) {
            return false;
        }
    }
    return value_len(incremental->stored_hashes) == sorted->len;
}

static Value hash_list(const Incremental *incremental)
{
    ValueVec hashes = {0};
    if (!incremental->dedups) {
        return value_list_of(&hashes);
    }
    for (STRMAP_EACH(it, &incremental->boundary)) {
        VEC_PUSH(incremental->arena, &hashes, value_string(it->key));
    }
    for (STRMAP_EACH(it, &incremental->known)) {
        if (!incremental->moved && !strmap_has(&incremental->boundary, it->key)) {
            VEC_PUSH(incremental->arena, &hashes, value_string(it->key));
        }
    }
    if (hashes.len > 0) {
        qsort(hashes.data, hashes.len, sizeof(Value), compare_hashes);
    }
    return hashes.len > 0 && are_stored(incremental, &hashes) ? *incremental->stored_hashes
                                                              : value_list_of(&hashes);
}

/* The mark of before holds on when nothing new came: then there is nothing to be written. */
static const Value *mark_to_store(const Incremental *incremental, const Value *before)
{
    if (!incremental->kept_rows) {
        return value_find(before, STR(MARK_KEY));
    }
    if (incremental->mark == NULL) {
        return NULL;
    }
    ValueMapBuilder map = value_map_begin(incremental->arena);
    value_map_set(&map, STR("last_value"), incremental->last);
    value_map_set(&map, STR("value"), *incremental->mark);
    Value *made = ARENA_NEW(incremental->arena, Value);
    *made = value_map_end(&map);
    return made;
}

void incremental_store(Incremental *incremental)
{
    const IncrementalOptions *options = &incremental->options;
    if (incremental->end != NULL) {
        return; /* a range that was asked for says nothing of where the next load begins */
    }
    const Value *before = options->forgets
                              ? NULL
                              : state_incremental(incremental->state, options->source,
                                                  options->resource, incremental->path);
    const Value *start = value_find(before, STR("start_value"));
    bool moves_start = before == NULL || incremental->kept_rows;
    const Value *mark = mark_to_store(incremental, before);
    ValueMapBuilder map = value_map_begin(incremental->arena);
    value_map_set(&map, STR("initial_value"), or_null(incremental->initial));
    value_map_set(&map, STR("last_value"), incremental->last);
    value_map_set(&map, STR("unique_hashes"), hash_list(incremental));
    value_map_set(&map, STR("start_value"),
                  moves_start ? incremental->last_before : or_null(start));
    if (mark != NULL) {
        value_map_set(&map, STR(MARK_KEY), *mark);
    }
    state_set_incremental(incremental->state, options->source, options->resource, incremental->path,
                          value_map_end(&map));
}

const Value *incremental_start(const Incremental *incremental)
{
    return value_is_null(&incremental->start) ? NULL : &incremental->start;
}

Str incremental_start_text(const Incremental *incremental, Arena *arena)
{
    enum { DAY_CHARS = 10 };
    Value start = typed_decode(arena, &incremental->start);
    DateTime time;
    if (value_is_null(&start)) {
        return (Str){0};
    }
    Str body;
    bool is_text = value_is(&incremental->start, VALUE_STRING);
    if (!is_text) {
        return json_text(arena, &start, &json_style_ordered);
    }
    (void)typed_split(incremental->start.as.text, &body);
    Str day = str_slice(body, 0, body.len < DAY_CHARS ? body.len : DAY_CHARS);
    return date_parse_iso(day, &time) ? day : body;
}

bool incremental_is_first(const Incremental *incremental)
{
    const IncrementalOptions *options = &incremental->options;
    return options->forgets || state_incremental(incremental->state, options->source,
                                                 options->resource, incremental->path) == NULL;
}

const Value *incremental_end(const Incremental *incremental)
{
    return incremental->end;
}

/* ---- Marks ---- */

bool incremental_goes_on(const Incremental *incremental)
{
    return incremental->end == NULL && !incremental->options.forgets && lag_of(incremental) == 0;
}

const Value *incremental_mark(const Incremental *incremental)
{
    const IncrementalOptions *options = &incremental->options;
    if (!incremental_goes_on(incremental) || options->start.len > 0) {
        return NULL;
    }
    const Value *stored = state_incremental(incremental->state, options->source, options->resource,
                                            incremental->path);
    const Value *kept = value_find(stored, STR(MARK_KEY));
    const Value *last = value_find(kept, STR("last_value"));
    return last != NULL && value_equal(last, &incremental->last) ? value_find(kept, STR("value"))
                                                                 : NULL;
}

/* Rows behind the cursor are new when the source says so, but none is before the initial value. */
void incremental_set_mark(Incremental *incremental, const Value *mark, StreamNews news)
{
    incremental->mark = mark;
    incremental->news = news;
    if (news == NEWS_BY_DRIVER) {
        incremental->start = or_null(incremental->initial);
    }
}
