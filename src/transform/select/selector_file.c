#include "transform/select/selector_file.h"

#include "base/fs.h"
#include "base/limits.h"
#include "base/suggest.h"
#include "transform/parse/yaml_render.h"
#include "transform/python/text.h"
#include "value/yaml_writer.h"

/* What a definition is read with. */
typedef struct DefinitionReader {
    Arena *arena;
    IndirectMode indirect;
    const NamedSelectorVec *earlier; /* those that may be named */
    size_t *parts;                   /* of the selector that is read */
} DefinitionReader;

/* A definition, as a tree and as the manifest shows it. */
typedef struct Definition {
    SelectExpr *expr;
    Value document;
} Definition;

static Error *read_definition(const DefinitionReader *reader, const Value *given, bool root,
                              const char *key, Definition *out);

static SelectExpr *new_expr(const DefinitionReader *reader, SelectKind kind)
{
    ++*reader->parts;
    SelectExpr *expr = ARENA_NEW(reader->arena, SelectExpr);
    *expr = (SelectExpr){.kind = kind, .indirect = reader->indirect};
    return expr;
}

/* Selectors may name others more than once: a few lines could stand for more than all memory. */
static Error *check_parts(const DefinitionReader *reader)
{
    return *reader->parts <= LIMIT_SELECTOR_PARTS
               ? NULL
               : error_new(ERR_LIMIT, "The definition stands for more than %d criteria.",
                           LIMIT_SELECTOR_PARTS);
}

/* ---- Criteria ---- */

static void show_depth(ValueMapBuilder *map, const char *key, const char *depth_key, int depth)
{
    value_map_set(map, str_from(key), value_bool(true));
    if (depth != GRAPH_UNLIMITED) {
        value_map_set(map, str_from(depth_key), value_int(depth));
    }
}

/* "2+tag:nightly" as a map of its parts. */
static Value criterion_document(Arena *arena, const Criterion *criterion)
{
    ValueMapBuilder map = value_map_begin(arena);
    StrBuf method = strbuf_init(arena, SIZE_MAX / 4);
    strbuf_add(&method, criterion->method);
    for (VEC_EACH(const Str, argument, &criterion->arguments)) {
        strbuf_printf(&method, "." STR_FMT, STR_ARG(*argument));
    }
    value_map_set(&map, STR("method"), value_string(strbuf_str(&method)));
    value_map_set(&map, STR("value"), value_string(criterion->value));
    if (criterion->childrens_parents) {
        value_map_set(&map, STR("childrens_parents"), value_bool(true));
    }
    if (criterion->parents) {
        show_depth(&map, "parents", "parents_depth", criterion->parents_depth);
    }
    if (criterion->children) {
        show_depth(&map, "children", "children_depth", criterion->children_depth);
    }
    return value_map_end(&map);
}

static Error *read_text(const DefinitionReader *reader, const Value *given, Definition *out)
{
    SelectExpr *expr = new_expr(reader, SELECT_CRITERION);
    TRY(criterion_parse(reader->arena, given->as.text, &expr->criterion));
    TRY(criterion_check_method(expr->criterion.method));
    *out = (Definition){expr, criterion_document(reader->arena, &expr->criterion)};
    return NULL;
}

static bool is_true(const Value *map, const char *key)
{
    const Value *value = value_find(map, str_from(key));
    return value_is(value, VALUE_BOOL) && value->as.boolean;
}

static int depth_in(const Value *map, const char *key)
{
    const Value *depth = value_find(map, str_from(key));
    bool given =
        value_is(depth, VALUE_INT) && depth->as.integer >= 0 && depth->as.integer < INT32_MAX;
    return given ? (int)depth->as.integer : GRAPH_UNLIMITED;
}

/* "config.materialized" is a method and what it looks at. */
static Error *set_method(const DefinitionReader *reader, Str method, const Value *value,
                         Criterion *out)
{
    Str piece;
    Str rest = method;
    (void)str_next_piece(&rest, '.', &out->method);
    while (str_next_piece(&rest, '.', &piece)) {
        VEC_PUSH(reader->arena, &out->arguments, piece);
    }
    out->value = python_str(value, reader->arena);
    return criterion_check_method(out->method);
}

static Error *read_single(const DefinitionReader *reader, Str method, const Value *given,
                          Definition *out)
{
    SelectExpr *expr = new_expr(reader, SELECT_CRITERION);
    Criterion *criterion = &expr->criterion;
    criterion->parents_depth = criterion->children_depth = GRAPH_UNLIMITED;
    TRY(set_method(reader, method, value_at(given, 0), criterion));
    ValueMapBuilder shown = value_map_begin(reader->arena);
    value_map_set(&shown, STR("method"), value_string(method));
    value_map_set(&shown, STR("value"), *value_at(given, 0));
    *out = (Definition){expr, value_map_end(&shown)};
    return NULL;
}

/* The definition of another selector, which stands earlier in the file. */
static Error *read_reference(const DefinitionReader *reader, Str name, Definition *out)
{
    for (VEC_EACH(const NamedSelector, it, reader->earlier)) {
        if (str_eq(it->name, name)) {
            SelectExpr *copy = ARENA_NEW(reader->arena, SelectExpr);
            *copy = *it->definition;
            const Value *document = value_find(&it->document, STR("definition"));
            *out = (Definition){copy, *document};
            *reader->parts += it->parts;
            return check_parts(reader);
        }
    }
    return error_new(ERR_CONFIG, "Existing selector definition for " STR_FMT " not found.",
                     STR_ARG(name));
}

/* Into expr->excluded; `shown` gets the documents of what is excluded. */
static Error *read_excluded(const DefinitionReader *reader, const Value *list, SelectExpr *expr,
                            Value *shown)
{
    if (!value_is(list, VALUE_LIST)) {
        return error_new(ERR_CONFIG, "Invalid value for key \"exclude\". Expected a list.");
    }
    SelectExpr *excluded = new_expr(reader, SELECT_UNION);
    ValueVec documents = {0};
    for (VALUE_EACH(item, list)) {
        Definition part = {0};
        TRY(read_definition(reader, item, false, "exclude", &part));
        VEC_PUSH(reader->arena, &excluded->parts, part.expr);
        VEC_PUSH(reader->arena, &documents, part.document);
    }
    expr->excluded = excluded;
    *shown = value_list_of(&documents);
    return NULL;
}

/* {method, value, parents, ...} */
static Error *read_full(const DefinitionReader *reader, const Value *given, Definition *out)
{
    const Value *method = value_find(given, STR("method")),
                *value = value_find(given, STR("value"));
    if (str_is(value_text_or(method, (Str){0}), "selector")) {
        return read_reference(reader, python_str(value, reader->arena), out);
    }
    SelectExpr *expr = new_expr(reader, SELECT_CRITERION);
    Criterion *criterion = &expr->criterion;
    TRY(set_method(reader, value_text_or(method, (Str){0}), value, criterion));
    criterion->childrens_parents = is_true(given, "childrens_parents");
    criterion->parents = is_true(given, "parents");
    criterion->children = is_true(given, "children");
    criterion->parents_depth = depth_in(given, "parents_depth");
    criterion->children_depth = depth_in(given, "children_depth");
    Str indirect = value_text_or(value_find(given, STR("indirect_selection")), (Str){0});
    (void)indirect_mode_parse(indirect, &expr->indirect);
    const Value *excluded = value_find(given, STR("exclude"));
    *out = (Definition){expr, *given};
    Value unused;
    return excluded != NULL ? read_excluded(reader, excluded, expr, &unused) : NULL;
}

/* ---- Sets ---- */

/* Whatever else it says: so does dbt read it. */
static bool is_exclusion(const Value *item)
{
    return value_find(item, STR("exclude")) != NULL;
}

static Value one_entry(Arena *arena, const char *key, Value value)
{
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, str_from(key), value);
    return value_map_end(&map);
}

static Error *two_exclusions(Arena *arena, const Value *item)
{
    Str text = yaml_text(arena, item, &yaml_style_python);
    return error_new(ERR_CONFIG,
                     "You cannot provide multiple exclude arguments to the same selector set "
                     "operator:\n" STR_FMT,
                     STR_ARG(text));
}

static Error *read_set(const DefinitionReader *reader, SelectKind kind, const char *key,
                       const Value *list, Definition *out)
{
    if (!value_is(list, VALUE_LIST)) {
        return error_new(ERR_CONFIG, "Invalid value for key \"%s\". Expected a list.", key);
    }
    SelectExpr *expr = new_expr(reader, kind);
    ValueVec shown = {0};
    for (VALUE_EACH(item, list)) {
        Definition part = {0};
        if (is_exclusion(item)) {
            if (expr->excluded != NULL) {
                return two_exclusions(reader->arena, item);
            }
            Value documents = value_null();
            TRY(read_excluded(reader, value_find(item, STR("exclude")), expr, &documents));
            part.document = one_entry(reader->arena, "exclude", documents);
        } else {
            TRY(read_definition(reader, item, false, key, &part));
            VEC_PUSH(reader->arena, &expr->parts, part.expr);
        }
        VEC_PUSH(reader->arena, &shown, part.document);
    }
    *out = (Definition){expr, one_entry(reader->arena, key, value_list_of(&shown))};
    return NULL;
}

static Error *single_set_only(const Value *given, Arena *arena)
{
    StrVec keys = {0};
    for (VALUE_EACH_ENTRY(entry, given)) {
        VEC_PUSH(arena, &keys, python_str(&entry->key, arena));
    }
    Str found = str_join(arena, keys.data, keys.len, STR(","));
    return error_new(ERR_CONFIG,
                     "Only a single 'union' or 'intersection' key is allowed in a root level "
                     "selector definition; found " STR_FMT ".",
                     STR_ARG(found));
}

static Error *read_map(const DefinitionReader *reader, const Value *given, bool root,
                       Definition *out)
{
    const Value *united = value_find(given, STR("union"));
    const Value *intersected = value_find(given, STR("intersection"));
    if ((united != NULL || intersected != NULL) && root && value_len(given) > 1) {
        return single_set_only(given, reader->arena);
    }
    if (united != NULL) {
        return read_set(reader, SELECT_UNION, "union", united, out);
    }
    if (intersected != NULL) {
        return read_set(reader, SELECT_INTERSECTION, "intersection", intersected, out);
    }
    if (value_find(given, STR("method")) != NULL && value_find(given, STR("value")) != NULL) {
        return read_full(reader, given, out);
    }
    if (value_len(given) == 1) {
        return read_single(reader, python_str(&value_entries(given)[0].key, reader->arena), given,
                           out);
    }
    ValueVec keys = {0};
    for (VALUE_EACH_ENTRY(entry, given)) {
        VEC_PUSH(reader->arena, &keys, entry->key);
    }
    Value list = value_list_of(&keys);
    return error_new(
        ERR_CONFIG, "Expected either 1 key or else \"method\" and \"value\" keys, but got " STR_FMT,
        STR_ARG(python_str(&list, reader->arena)));
}

/* Documents are at most LIMIT_DOCUMENT_DEPTH deep, so this recursion is, too. */
static Error *read_definition(const DefinitionReader *reader, const Value *given, bool root,
                              const char *key, Definition *out)
{
    if (value_is(given, VALUE_STRING)) {
        return read_text(reader, given, out);
    }
    if (value_is(given, VALUE_MAP)) {
        return read_map(reader, given, root, out);
    }
    Str shown = python_str(given, reader->arena);
    return error_new(
        ERR_CONFIG,
        "Invalid value type <class '%s'> in key \"%s\", expected dict or str (value: " STR_FMT ").",
        python_type_name(given), key, STR_ARG(shown));
}

/* ---- The file ---- */

static Error *wrong_shape(Arena *arena, const Value *at)
{
    Str text = yaml_text(arena, at, &yaml_style_python);
    return error_new(ERR_CONFIG,
                     "Could not parse selector file data: \n" STR_FMT
                     "\nValid root-level selector definitions: union, intersection, string, "
                     "dictionary. No lists. \n"
                     "https://docs.getdbt.com/reference/node-selection/yaml-selectors",
                     STR_ARG(text));
}

static Error *unreadable(Arena *arena, TAKES Error *cause)
{
    StrBuf text = strbuf_init(arena, LIMIT_ERROR_BYTES);
    Str line;
    for (Str rest = error_message(cause); str_next_line(&rest, &line);) {
        strbuf_printf(&text, "\n  " STR_FMT, STR_ARG(line));
    }
    error_discard(cause, "its text is in the new one");
    return error_new(ERR_CONFIG, "Could not read selector file data: Runtime Error" STR_FMT,
                     STR_ARG(strbuf_str(&text)));
}

static Error *read_selector(DefinitionReader *reader, const Value *entry, NamedSelectorVec *out)
{
    const Value *name = value_find(entry, STR("name"));
    const Value *given = value_find(entry, STR("definition"));
    bool known = value_is(given, VALUE_STRING) || value_is(given, VALUE_MAP);
    if (!value_is(name, VALUE_STRING) || !known) {
        return wrong_shape(reader->arena, given != NULL ? given : entry);
    }
    Definition definition = {0};
    size_t parts = 0;
    reader->parts = &parts; // cppcheck-suppress autoVariables; taken away below
    Error *err = read_definition(reader, given, true, "definition", &definition);
    if (err == NULL) {
        err = check_parts(reader);
    }
    reader->parts = NULL;
    if (err != NULL) {
        return unreadable(reader->arena, err);
    }
    ValueMapBuilder shown = value_map_begin(reader->arena);
    value_map_set(&shown, STR("name"), *name);
    const Value *description = value_find(entry, STR("description"));
    if (description != NULL) {
        value_map_set(&shown, STR("description"), *description);
    }
    value_map_set(&shown, STR("definition"), definition.document);
    NamedSelector selector = {.name = name->as.text,
                              .definition = definition.expr,
                              .parts = parts,
                              .is_default = is_true(entry, "default"),
                              .document = value_map_end(&shown)};
    VEC_PUSH(reader->arena, out, selector);
    return NULL;
}

static Error *check_defaults(Arena *arena, const NamedSelectorVec *selectors)
{
    StrVec names = {0};
    for (VEC_EACH(const NamedSelector, it, selectors)) {
        if (it->is_default) {
            VEC_PUSH(arena, &names, it->name);
        }
    }
    if (names.len < 2) {
        return NULL;
    }
    Str list = str_join(arena, names.data, names.len, STR(" and "));
    return error_new(ERR_CONFIG,
                     "Could not read selector file data: Runtime Error\n  Error when parsing the "
                     "selector file. Found multiple selectors with `default: true`:" STR_FMT,
                     STR_ARG(list));
}

Error *selector_file_load(Arena *arena, Str root, YamlRenderer *renderer, IndirectMode indirect,
                          NamedSelectorVec *out)
{
    Str path = fs_join(arena, root, STR("selectors.yml"));
    if (!fs_is_file(path.data)) {
        return NULL;
    }
    const Value *file = NULL;
    Value rendered;
    TRY(yaml_load(arena, path, STR("selectors.yml"), &file));
    TRY(yaml_render(renderer, file, NULL, &rendered));
    if (value_is_null(&rendered)) {
        return NULL;
    }
    const Value *entries = value_find(&rendered, STR("selectors"));
    if (!value_is(entries, VALUE_LIST)) {
        return wrong_shape(arena, entries != NULL ? entries : &rendered);
    }
    DefinitionReader reader = {.arena = arena, .indirect = indirect, .earlier = out};
    for (VALUE_EACH(entry, entries)) {
        TRY(read_selector(&reader, entry, out));
    }
    return check_defaults(arena, out);
}

Error *selector_find(const NamedSelectorVec *selectors, Str name, const NamedSelector **out)
{
    AUTO_FREE(arena) Arena *arena = arena_new("selectors");
    Suggestion nearest = suggestion_init(name);
    ValueVec names = {0};
    for (VEC_EACH(const NamedSelector, it, selectors)) {
        if (str_eq(it->name, name)) {
            *out = it;
            return NULL;
        }
        suggestion_try(&nearest, it->name);
        VEC_PUSH(arena, &names, value_string(it->name));
    }
    Value list = value_list_of(&names);
    Error *err =
        error_new(ERR_USAGE, "Could not find selector named " STR_FMT ", expected one of " STR_FMT,
                  STR_ARG(name), STR_ARG(python_str(&list, arena)));
    return nearest.name.len > 0
               ? error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(nearest.name))
               : err;
}

const NamedSelector *selector_default(const NamedSelectorVec *selectors)
{
    for (VEC_EACH(const NamedSelector, it, selectors)) {
        if (it->is_default) {
            return it;
        }
    }
    return NULL;
}
