/* source/rest/template.h - placeholders in what is asked for: `{name}` stands for a parameter of
 * the path, `{resources.users.id}` for a field of the parent's row, `{incremental.start_value}` for
 * where a load begins. Literal braces are doubled. */
#ifndef SOURCE_REST_TEMPLATE_H
#define SOURCE_REST_TEMPLATE_H

#include <yyjson.h>

#include "base/error.h"
#include "value/value.h"

/* What placeholders stand for in one series of requests. Everything is borrowed. */
typedef struct TemplateScope {
    const Value *bound; /* map: names of the path to values or to texts with placeholders */
    Str parent;         /* the resource that `row` is of; empty without one */
    yyjson_val *row;
    const Value
        *incremental; /* map of start_value, initial_value, last_value, end_value; or NULL */
} TemplateScope;

/* ERR_CONFIG for a placeholder that stands for nothing, ERR_INPUT for a field that the parent's row
 * does not have. `text` may be said at `place`. */
MUST_CHECK Error *template_fill(Arena *arena, const TemplateScope *scope, Str text,
                                const Value *place, Str *out);
/* All texts within a tree, keys of maps too. With `keeps_types` a text that is one placeholder and
 * nothing else becomes the value itself. */
typedef enum TemplateTypes { TEMPLATE_TEXTS, TEMPLATE_KEEPS_TYPES } TemplateTypes;
MUST_CHECK Error *template_fill_tree(Arena *arena, const TemplateScope *scope, const Value *tree,
                                     TemplateTypes types, Value *out);

/* Calls visit(context, name, format) for each placeholder of a text. ERR_CONFIG for a brace without
 * its partner. */
MUST_CHECK Error *template_each(Str text, const Value *place,
                                Error *(*visit)(void *context, Str name), void *context);
/* Of all texts within a tree. */
MUST_CHECK Error *template_each_in(const Value *tree, Error *(*visit)(void *context, Str name),
                                   void *context);

/* The value as Python's str() has it: what goes into addresses. */
Str template_text_of(Arena *arena, const Value *value);
/* "resources.users.id" -> "users", "id"; false for another name. */
bool template_parent_of(Str name, Str *out_resource, Str *out_field);

#endif
