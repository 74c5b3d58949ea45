#include "ingest/normalise/infer.h"

#include "base/clock.h"
#include "base/regex.h"
#include "ingest/normalise/coerce.h"
#include "ingest/normalise/decimal_text.h"
#include "ingest/normalise/timestamp_text.h"

/* A name as settings write it: a regular expression after "re:", else the name itself. */
typedef struct NamePattern {
    Str name;
    const Regex *regex; /* NULL: `name` exactly */
} NamePattern;

typedef struct PreferredType {
    NamePattern pattern;
    DataType type;
} PreferredType;

typedef struct DefaultHint {
    Str hint;
    NamePattern pattern;
} DefaultHint;

/* False when it sees nothing in the cell. */
typedef bool (*Detector)(const Cell *cell, DataKind *out);

struct Inference {
    VEC(PreferredType) preferred;
    VEC(DefaultHint) hints;
    VEC(Detector) detectors;
};

/* ---- Detectors ---- */

static bool detect_iso_timestamp(const Cell *cell, DataKind *out)
{
    DateTime time;
    *out = DATA_TIMESTAMP;
    return cell->kind == DATA_TEXT && timestamp_text_parse(cell->as.text, &time);
}

static bool detect_iso_date(const Cell *cell, DataKind *out)
{
    DateTime day;
    *out = DATA_DATE;
    return cell->kind == DATA_TEXT && day_text_parse(cell->as.text, &day);
}

/* Seconds since 1970 that are near now. */
static bool detect_epoch(const Cell *cell, DataKind *out)
{
    static const double five_years_s = 5.0 * 365 * 24 * 60 * 60;
    static const double second_us = 1e6;
    bool is_number = cell->kind == DATA_DOUBLE || (cell->kind == DATA_BIGINT && !cell->is_big);
    if (!is_number) {
        return false;
    }
    double seconds = cell->kind == DATA_DOUBLE ? cell->as.number : (double)cell->as.integer;
    double now = (double)clock_now_us() / second_us;
    *out = DATA_TIMESTAMP;
    return seconds >= now - five_years_s && seconds <= now + five_years_s;
}

/* What 64 bits do not hold. */
static bool detect_large_integer(const Cell *cell, DataKind *out)
{
    enum { WEI_DIGITS = 38 };
    if (cell->kind != DATA_BIGINT || !cell->is_big) {
        return false;
    }
    *out = cell->as.text.len > WEI_DIGITS ? DATA_TEXT : DATA_WEI;
    return true;
}

static bool detect_wei(const Cell *cell, DataKind *out)
{
    *out = DATA_DOUBLE;
    return cell->kind == DATA_WEI;
}

static const struct {
    const char *name;
    Detector detect;
} detectors[] = {
    {"iso_timestamp", detect_iso_timestamp},
    {"iso_date", detect_iso_date},
    {"timestamp", detect_epoch},
    {"large_integer", detect_large_integer},
    {"wei_to_double", detect_wei},
};

/* ---- Settings ---- */

static Error *read_pattern(Arena *arena, Str text, NamePattern *out)
{
    Str marker = STR("re:");
    *out = (NamePattern){.name = text};
    return str_starts_with(text, marker)
               ? regex_compile(arena, str_from_offset(text, marker.len), &out->regex)
               : NULL;
}

static bool pattern_matches(const NamePattern *pattern, Str name)
{
    return pattern->regex != NULL ? regex_search(pattern->regex, name)
                                  : str_eq(pattern->name, name);
}

static Error *read_preferred(Arena *arena, const Value *types, Inference *out)
{
    for (VALUE_EACH_ENTRY(it, types)) {
        Str type = value_text_or(&it->value, STR(""));
        DataKind kind;
        if (!data_kind_find(type, &kind)) {
            return error_new(ERR_SCHEMA,
                             "preferred_types of the schema name the type '" STR_FMT "'",
                             STR_ARG(type));
        }
        PreferredType preferred = {.type = data_type(kind)};
        TRY(read_pattern(arena, value_text_or(&it->key, STR("")), &preferred.pattern));
        VEC_PUSH(arena, &out->preferred, preferred);
    }
    return NULL;
}

static Error *read_hints(Arena *arena, const Value *hints, Inference *out)
{
    for (VALUE_EACH_ENTRY(hint, hints)) {
        for (VALUE_EACH(name, &hint->value)) {
            DefaultHint added = {.hint = value_text_or(&hint->key, STR(""))};
            TRY(read_pattern(arena, value_text_or(name, STR("")), &added.pattern));
            VEC_PUSH(arena, &out->hints, added);
        }
    }
    return NULL;
}

static void read_detections(Arena *arena, const Value *names, Inference *out)
{
    for (VALUE_EACH(name, names)) {
        for (size_t i = 0; i < ARRAY_LEN(detectors); i++) {
            if (str_is(value_text_or(name, STR("")), detectors[i].name)) {
                VEC_PUSH(arena, &out->detectors, detectors[i].detect);
            }
        }
    }
}

Error *inference_new(Arena *arena, const Schema *schema, const Inference **out)
{
    const Value *settings = strmap_find(&schema->members, STR("settings"));
    Inference *inference = ARENA_NEW(arena, Inference);
    TRY(read_preferred(arena, value_find(settings, STR("preferred_types")), inference));
    TRY(read_hints(arena, value_find(settings, STR("default_hints")), inference));
    read_detections(arena, value_find(settings, STR("detections")), inference);
    *out = inference;
    return NULL;
}

/* ---- Types ---- */

static const PreferredType *find_preferred(const Inference *inference, Str column)
{
    for (VEC_EACH(const PreferredType, it, &inference->preferred)) {
        if (pattern_matches(&it->pattern, column)) {
            return it;
        }
    }
    return NULL;
}

DataType infer_variant(const Inference *inference, const Cell *cell)
{
    for (VEC_EACH(const Detector, detect, &inference->detectors)) {
        DataKind kind;
        if ((*detect)(cell, &kind)) {
            return data_type(kind);
        }
    }
    return data_type(cell->kind);
}

DataType infer_column(const Inference *inference, Str column, const Cell *cell)
{
    const PreferredType *preferred = find_preferred(inference, column);
    return preferred != NULL ? preferred->type : infer_variant(inference, cell);
}

bool infer_prefers_json(const Inference *inference, Str column)
{
    const PreferredType *preferred = find_preferred(inference, column);
    return preferred != NULL && preferred->type.kind == DATA_JSON;
}

void infer_default_hints(const Inference *inference, Schema *schema, SchemaColumn *column)
{
    for (VEC_EACH(const DefaultHint, it, &inference->hints)) {
        if (!pattern_matches(&it->pattern, column->name)) {
            continue;
        }
        if (str_is(it->hint, "not_null")) {
            schema_set_hint(schema, column, STR("nullable"), value_bool(false));
        } else {
            schema_set_hint(schema, column, it->hint, value_bool(true));
        }
    }
}
