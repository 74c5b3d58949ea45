/* value/json_filter.h - a condition on a JSON value, as jsonpath-ng writes it in [?(...)]:
 *
 *     @.k > 1    state == 'open' & @.user.id != 7    @.name =~ '^a'    @.email    !@.bot
 *
 * Paths are those of json_path.h, with or without `@`. A bare path asks whether there is such a
 * place, with ! whether there is none. Numbers compare with numbers, texts with texts; what cannot
 * be compared does not fit. Immutable; thread-safe. */
#ifndef VALUE_JSON_FILTER_H
#define VALUE_JSON_FILTER_H

#include <stdbool.h>
#include <yyjson.h>

#include "base/error.h"

typedef struct JsonFilter JsonFilter;

/* In `arena`. ERR_CONFIG says what is wrong with the text. */
MUST_CHECK Error *json_filter_parse(Arena *arena, Str text, const JsonFilter **out);
bool json_filter_matches(const JsonFilter *filter, yyjson_val *value);

#endif
