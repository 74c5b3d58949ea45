#include "value/json_filter.h"

#include "base/number.h"
#include "base/regex.h"
#include "base/vec.h"
#include "value/json_path.h"

typedef enum Comparison {
    IS_THERE,
    IS_ABSENT,
    IS_EQUAL,
    IS_NOT_EQUAL,
    IS_LESS,
    IS_LESS_OR_EQUAL,
    IS_GREATER,
    IS_GREATER_OR_EQUAL,
    IS_LIKE,
} Comparison;

typedef enum OperandKind { OPERAND_NUMBER, OPERAND_TEXT, OPERAND_BOOL, OPERAND_NULL } OperandKind;

typedef struct Condition {
    const JsonPath *path; /* NULL: the value itself */
    Comparison comparison;
    OperandKind kind;
    Str text;
    double number;
    bool boolean;
    const Regex *pattern;
} Condition;

struct JsonFilter {
    VEC(Condition) conditions; /* all of them must hold */
};

/* Longer signs first, so that `<=` is not read as `<`. */
static const struct {
    const char *sign;
    Comparison comparison;
} comparisons[] = {
    {"==", IS_EQUAL}, {"!=", IS_NOT_EQUAL}, {"<=", IS_LESS_OR_EQUAL}, {">=", IS_GREATER_OR_EQUAL},
    {"=~", IS_LIKE},  {"<", IS_LESS},       {">", IS_GREATER},        {"=", IS_EQUAL},
};

/* Where `wanted` says the piece ends, outside of quotes; SIZE_MAX without one. */
static size_t find_outside_quotes(Str text, bool (*wanted)(Str rest))
{
    char quote = '\0';
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (wanted(str_from_offset(text, i))) {
            return i;
        }
    }
    return SIZE_MAX;
}

static bool begins_and(Str rest)
{
    return rest.data[0] == '&';
}

static bool begins_comparison(Str rest)
{
    char c = rest.data[0];
    return c == '<' || c == '>' || c == '=' || (c == '!' && rest.len > 1 && rest.data[1] == '=');
}

static Error *parse_operand(Arena *arena, Str text, Condition *out)
{
    if (text.len >= 2 && (text.data[0] == '\'' || text.data[0] == '"') &&
        text.data[text.len - 1] == text.data[0]) {
        out->kind = OPERAND_TEXT;
        out->text = str_dup(arena, str_slice(text, 1, text.len - 1));
        return NULL;
    }
    if (str_eq_nocase(text, STR("true")) || str_eq_nocase(text, STR("false"))) {
        out->kind = OPERAND_BOOL;
        out->boolean = str_eq_nocase(text, STR("true"));
        return NULL;
    }
    if (str_eq_nocase(text, STR("null")) || str_is(text, "None")) {
        out->kind = OPERAND_NULL;
        return NULL;
    }
    out->kind = OPERAND_NUMBER;
    if (number_parse_double(text, &out->number)) {
        return NULL;
    }
    return error_hint(
        error_new(ERR_CONFIG, "'" STR_FMT "' in a condition is no value", STR_ARG(text)),
        "write a number, true, false, null, or a text in quotes");
}

static Error *parse_place(Arena *arena, Str text, const JsonPath **out)
{
    if (text.len > 0 && text.data[0] == '@') {
        text = str_from_offset(text, 1);
        text = text.len > 0 && text.data[0] == '.' ? str_from_offset(text, 1) : text;
        if (text.len == 0) {
            return NULL;
        }
    }
    return json_path_parse(arena, text, out);
}

static Error *parse_condition(Arena *arena, Str text, Condition *out)
{
    size_t at = find_outside_quotes(text, begins_comparison);
    if (at == SIZE_MAX) {
        Str place = str_trim(text);
        if (place.len > 0 && place.data[0] == '!') {
            out->comparison = IS_ABSENT;
            place = str_trim(str_from_offset(place, 1));
        }
        return parse_place(arena, place, &out->path);
    }
    TRY(parse_place(arena, str_trim(str_slice(text, 0, at)), &out->path));
    Str rest = str_from_offset(text, at);
    for (size_t i = 0; i < ARRAY_LEN(comparisons); i++) {
        Str sign = str_from(comparisons[i].sign);
        if (str_starts_with(rest, sign)) {
            out->comparison = comparisons[i].comparison;
            rest = str_from_offset(rest, sign.len);
            break;
        }
    }
    TRY(parse_operand(arena, str_trim(rest), out));
    if (out->comparison != IS_LIKE) {
        return NULL;
    }
    if (out->kind != OPERAND_TEXT) {
        return error_new(ERR_CONFIG, "=~ needs a pattern in quotes, not '" STR_FMT "'",
                         STR_ARG(str_trim(rest)));
    }
    return regex_compile(arena, out->text, &out->pattern);
}

Error *json_filter_parse(Arena *arena, Str text, const JsonFilter **out)
{
    JsonFilter *filter = ARENA_NEW(arena, JsonFilter);
    Str rest = str_trim(text);
    while (rest.len > 0 || filter->conditions.len == 0) {
        size_t end = find_outside_quotes(rest, begins_and);
        Condition condition = {.comparison = IS_THERE};
        Str piece = end == SIZE_MAX ? rest : str_slice(rest, 0, end);
        TRY_WRAP(parse_condition(arena, piece, &condition), "the condition '" STR_FMT "'",
                 STR_ARG(text));
        VEC_PUSH(arena, &filter->conditions, condition);
        rest = end == SIZE_MAX ? STR("") : str_from_offset(rest, end + 1);
        rest = rest.len > 0 && rest.data[0] == '&' ? str_from_offset(rest, 1) : rest;
    }
    *out = filter;
    return NULL;
}

/* ---- Asking ---- */

/* Below 0, 0 or above; false when the two cannot be compared. */
static bool order_of(const Condition *condition, yyjson_val *value, int *out)
{
    double number = 0;
    switch (condition->kind) {
    case OPERAND_NUMBER:
        if (yyjson_is_raw(value)) { /* digits beyond 64 bits */
            Str digits = {unsafe_yyjson_get_raw(value), unsafe_yyjson_get_len(value)};
            (void)number_parse_double(digits, &number);
        } else if (yyjson_is_num(value)) {
            number = yyjson_get_num(value);
        } else {
            return false;
        }
        *out = (number > condition->number) - (number < condition->number);
        return true;
    case OPERAND_TEXT:
        *out = str_compare((Str){yyjson_get_str(value), yyjson_get_len(value)}, condition->text);
        return yyjson_is_str(value);
    case OPERAND_BOOL:
        *out = yyjson_get_bool(value) - condition->boolean;
        return yyjson_is_bool(value);
    case OPERAND_NULL:
        *out = 0;
        return yyjson_is_null(value);
    }
    return false;
}

static bool holds(const Condition *condition, yyjson_val *root)
{
    yyjson_val *value = condition->path == NULL ? root : json_path_first(condition->path, root);
    if (value == NULL || condition->comparison <= IS_ABSENT) {
        return (value != NULL) == (condition->comparison != IS_ABSENT);
    }
    if (condition->comparison == IS_LIKE) {
        return yyjson_is_str(value) &&
               regex_search(condition->pattern,
                            (Str){yyjson_get_str(value), yyjson_get_len(value)});
    }
    int order = 0;
    if (!order_of(condition, value, &order)) {
        return condition->comparison == IS_NOT_EQUAL;
    }
    switch (condition->comparison) {
    case IS_EQUAL:
        return order == 0;
    case IS_NOT_EQUAL:
        return order != 0;
    case IS_LESS:
        return order < 0;
    case IS_LESS_OR_EQUAL:
        return order <= 0;
    case IS_GREATER:
        return order > 0;
    case IS_GREATER_OR_EQUAL:
        return order >= 0;
    case IS_THERE:
    case IS_ABSENT:
    case IS_LIKE:
        break; /* done above */
    }
    return false;
}

bool json_filter_matches(const JsonFilter *filter, yyjson_val *value)
{
    for (VEC_EACH(const Condition, it, &filter->conditions)) {
        if (!holds(it, value)) {
            return false;
        }
    }
    return true;
}
