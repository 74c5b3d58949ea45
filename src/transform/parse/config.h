/* transform/parse/config.h - what is configured for a node. Levels are maps as users write them;
 * they are merged by the rule of each field (replace, append, update), later levels over earlier
 * ones, and completed with the defaults of the node's type. A field is a row of the table in
 * config.c; unknown ones are kept. */
#ifndef TRANSFORM_PARSE_CONFIG_H
#define TRANSFORM_PARSE_CONFIG_H

#include "base/error.h"
#include "transform/graph/node.h"

/* `over` merged onto `base`; either may be NULL. The result is a map in `arena` that shares what it
 * can. */
const Value *config_merge(Arena *arena, const Value *base, const Value *over);
/* `config` of an entry over those keys that may also stand beside it; `beside` ends with NULL. */
const Value *config_of_entry(Arena *arena, const Value *entry, const char *const *beside);

/* The same where what `over` says stands in place of what was there: what was written, not what it
 * comes to. */
const Value *config_overlay(Arena *arena, const Value *base, const Value *over);
typedef const Value *(*ConfigCombine)(Arena *arena, const Value *base, const Value *over);

/* The levels of a tree of dbt_project.yml (`models:`) that apply to a fqn, combined from outside
 * in.
 */
const Value *config_of_tree(Arena *arena, const Value *tree, const StrVec *fqn,
                            ConfigCombine combine);

/* The innermost of those levels, NULL when there is none: what config_of_tree gives depends on it
 * alone. */
const Value *config_innermost(const Value *tree, const StrVec *fqn);

/* All fields of the type in their order, then the user's own. ERR_CONFIG "at path ['enabled']: ..."
 * for a wrong type. */
MUST_CHECK Error *config_finish(Arena *arena, ResourceType type, const Value *merged,
                                const Value **out_config);

/* True when the type declares this field: then a null value is a value. */
bool config_is_declared(ResourceType type, Str name);

/* "pre_hook" and "post_hook" are other spellings of the hyphenated names. ERR_TEMPLATE when a map
 * has both. */
MUST_CHECK Error *config_normalize(Arena *arena, const Value *level, const Value **out_level);

/* A hook written as the text of a JSON object, as make_hook_config() gives it, is that object; any
 * other is the hook itself. */
const Value *config_hook_parts(Arena *arena, const Value *hook);

#endif
