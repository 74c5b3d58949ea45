#include "base/limits.h"
#include "transform/parse/internal.h"
#include "transform/parse/unit_rows.h"
#include "transform/python/text.h"

/* Entries of `unit_tests:`. What they are about is known only when all models of the project are:
 * until then they are noted. */

/* ---- Entries that are none ---- */

static Error *wrong_entry(const ProjectFile *file, const Value *entry, Str problem)
{
    AUTO_FREE(arena) Arena *arena = arena_new("unit test");
    StrBuf shown = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    python_repr(entry, &shown);
    Error *err = error_new(ERR_CONFIG,
                           "Invalid unit_tests config given in " STR_FMT " @ unit_tests: " STR_FMT
                           " - at path " STR_FMT,
                           STR_ARG(file->relative), STR_ARG(strbuf_str(&shown)), STR_ARG(problem));
    return error_hint(error_as(err, "ParsingError"), "at " STR_FMT,
                      STR_ARG(value_place(arena, entry)));
}

/* A member of a map in the entry: its name, the kinds of values it takes, what a refusal says. */
typedef struct Member {
    const char *key;
    unsigned kinds; /* bits by ValueKind */
    bool required;
    const char *type; /* "is not of type 'string'" */
} Member;

#define KIND(kind) (1u << VALUE_##kind)
#define NOT_OF_TYPE(type) "is not of type '" type "'"
#define NO_SCHEMA "is not valid under any of the given schemas"

static const Member test_members[] = {
    {"name", KIND(STRING), true, NOT_OF_TYPE("string")},
    {"model", KIND(STRING), true, NOT_OF_TYPE("string")},
    {"given", KIND(LIST), true, NOT_OF_TYPE("array")},
    {"expect", KIND(MAP), true, NOT_OF_TYPE("object")},
    {"description", KIND(STRING), false, NOT_OF_TYPE("string")},
    {"overrides", KIND(MAP) | KIND(NULL), false, NO_SCHEMA},
    {"config", KIND(MAP), false, NOT_OF_TYPE("object")},
    {"versions", KIND(MAP) | KIND(NULL), false, NO_SCHEMA},
    {0},
};

static const Member given_members[] = {
    {"input", KIND(STRING), true, NOT_OF_TYPE("string")},
    {"rows", KIND(LIST) | KIND(STRING) | KIND(NULL), false, NO_SCHEMA},
    {"format", KIND(STRING), false, "is not one of ['csv', 'dict', 'sql']"},
    {"fixture", KIND(STRING) | KIND(NULL), false, NO_SCHEMA},
    {0},
};

static const Member override_members[] = {
    {"macros", KIND(MAP), false, NOT_OF_TYPE("object")},
    {"vars", KIND(MAP), false, NOT_OF_TYPE("object")},
    {"env_vars", KIND(MAP), false, NOT_OF_TYPE("object")},
    {0},
};

static const Member version_members[] = {
    {"include", KIND(LIST) | KIND(NULL), false, NO_SCHEMA},
    {"exclude", KIND(LIST) | KIND(NULL), false, NO_SCHEMA},
    {0},
};

/* Where in the entry a map stands, as messages have it: "[]", "['given'][0]". */
typedef struct MapCheck {
    Arena *arena;
    const ProjectFile *file;
    const Value *entry;
    Str path;
} MapCheck;

static Str member_path(const MapCheck *check, const char *key)
{
    Str before = str_is(check->path, "[]") ? STR("") : check->path;
    return str_printf(check->arena, STR_FMT "['%s']", STR_ARG(before), key);
}

static Error *check_member(const MapCheck *check, const Member *member, const Value *value)
{
    if (value == NULL && member->required) {
        return wrong_entry(check->file, check->entry,
                           str_printf(check->arena, STR_FMT ": '%s' is a required property",
                                      STR_ARG(check->path), member->key));
    }
    if (value == NULL || (member->kinds >> value_kind(value) & 1) != 0) {
        return NULL;
    }
    StrBuf shown = strbuf_init(check->arena, LIMIT_CONFIG_BYTES);
    python_repr(value, &shown);
    return wrong_entry(check->file, check->entry,
                       str_printf(check->arena, STR_FMT ": " STR_FMT " %s",
                                  STR_ARG(member_path(check, member->key)),
                                  STR_ARG(strbuf_str(&shown)), member->type));
}

static bool is_member(const Member *members, Str key)
{
    for (; members->key != NULL; members++) {
        if (str_is(key, members->key)) {
            return true;
        }
    }
    return false;
}

static Error *check_map(const MapCheck *check, const Member *members, const Value *map)
{
    for (VALUE_EACH_ENTRY(it, map)) {
        Str key = value_text_or(&it->key, (Str){0});
        if (!is_member(members, key)) {
            return wrong_entry(check->file, check->entry,
                               str_printf(check->arena,
                                          STR_FMT
                                          ": Additional properties are not allowed ('" STR_FMT
                                          "' was unexpected)",
                                          STR_ARG(check->path), STR_ARG(key)));
        }
    }
    for (const Member *member = members; member->key != NULL; member++) {
        TRY(check_member(check, member, value_find(map, str_from(member->key))));
    }
    return NULL;
}

static Error *check_fixture(const MapCheck *within, const char *path, const Member *members,
                            const Value *fixture)
{
    MapCheck check = *within;
    check.path = str_from(path);
    if (!value_is(fixture, VALUE_MAP)) {
        return wrong_entry(check.file, check.entry,
                           str_printf(check.arena, "%s: it is not of type 'object'", path));
    }
    TRY(check_map(&check, members, fixture));
    const Value *format = value_find(fixture, STR("format"));
    Str name = value_text_or(format, STR("dict"));
    return unit_format_is_known(name)
               ? NULL
               : check_member(&check, &(Member){"format", 0, false, given_members[2].type}, format);
}

/* A map that need not be there: it fits as a whole or not at all. */
static Error *check_optional(const MapCheck *check, const char *key, const Member *members)
{
    const Value *map = value_find(check->entry, str_from(key));
    Error *err = check_map(check, members, map);
    if (err == NULL) {
        return NULL;
    }
    error_discard(err, "the map does not fit, which is told");
    return check_member(check, &(Member){key, 0, false, NO_SCHEMA}, map);
}

static Error *check_parts(const MapCheck *check)
{
    const Value *given = value_find(check->entry, STR("given"));
    for (VALUE_EACH(fixture, given)) {
        Str path =
            str_printf(check->arena, "['given'][%zu]", (size_t)(fixture - value_items(given)));
        TRY(check_fixture(check, path.data, given_members, fixture));
    }
    TRY(check_fixture(check, "['expect']", given_members + 1,
                      value_find(check->entry, STR("expect"))));
    const Value *versions = value_find(check->entry, STR("versions"));
    TRY(check_optional(check, "overrides", override_members));
    TRY(check_optional(check, "versions", version_members));
    bool both = !value_is_null(value_find(versions, STR("include"))) &&
                !value_is_null(value_find(versions, STR("exclude")));
    return both ? wrong_entry(check->file, check->entry,
                              STR("[]: Unit tests can not both include and exclude versions."))
                : NULL;
}

static Error *check_entry(const ProjectFile *file, const Value *entry)
{
    AUTO_FREE(arena) Arena *arena = arena_new("unit test");
    MapCheck check = {.arena = arena, .file = file, .entry = entry, .path = STR("[]")};
    TRY(check_map(&check, test_members, entry));
    return check_parts(&check);
}

/* ---- Reading ---- */

static Str text_of(const Value *map, const char *key)
{
    return value_text_or(value_find(map, str_from(key)), (Str){0});
}

static Error *read_fixture(Parser *parser, const ProjectFile *file, Str test, const Value *entry,
                           UnitFixture *out)
{
    *out = (UnitFixture){
        .input = text_of(entry, "input"),
        .format = value_text_or(value_find(entry, STR("format")), STR("dict")),
        .fixture = text_of(entry, "fixture"),
    };
    UnitRowsInput input = {.parser = parser, .file = file, .test = test, .entry = entry};
    return unit_rows_read(&input, out);
}

/* All three parts are there, empty ones too. */
static const Value *overrides_of(Arena *arena, const Value *entry)
{
    const Value *given = value_find(entry, STR("overrides"));
    if (value_is_null(given)) {
        return NULL;
    }
    ValueMapBuilder map = value_map_begin(arena);
    for (const Member *member = override_members; member->key != NULL; member++) {
        const Value *part = value_find(given, str_from(member->key));
        ValueMapBuilder empty = value_map_begin(arena);
        value_map_set(&map, str_from(member->key),
                      part != NULL ? unit_plain_value(arena, part) : value_map_end(&empty));
    }
    Value *overrides = ARENA_NEW(arena, Value);
    *overrides = value_map_end(&map);
    return overrides;
}

static const Value *versions_of(Arena *arena, const Value *entry)
{
    const Value *given = value_find(entry, STR("versions"));
    if (value_is_null(given)) {
        return NULL;
    }
    ValueMapBuilder map = value_map_begin(arena);
    for (const Member *member = version_members; member->key != NULL; member++) {
        const Value *part = value_find(given, str_from(member->key));
        value_map_set(&map, str_from(member->key), part != NULL ? *part : value_null());
    }
    Value *versions = ARENA_NEW(arena, Value);
    *versions = value_map_end(&map);
    return versions;
}

/* ---- The node ---- */

/* fqn: the folders of the property file, the model, the test. */
static Node *new_test(Parser *parser, const ProjectFile *file, const Value *entry)
{
    Str name = text_of(entry, "name"), model = text_of(entry, "model");
    Node *node = parse_new_node(parser, RESOURCE_UNIT_TEST, name, file);
    VEC_LAST(&node->fqn) = model;
    VEC_PUSH(parser->arena, &node->fqn, name);
    node->description = text_of(entry, "description");
    node->alias = (Str){0};
    return node;
}

static Error *configure_test(Parser *parser, Node *node, const Value *entry)
{
    const ProjectFileDef *root = &parser->session->projects.data[0];
    const Value *tree = project_file_tree(parser->project, STR("unit_tests"));
    const Value *merged = config_of_tree(parser->arena, tree, &node->fqn, config_merge);
    merged = config_merge(parser->arena, merged, value_find(entry, STR("config")));
    if (parser->project != root) {
        const Value *over = project_file_tree(root, STR("unit_tests"));
        merged = config_merge(parser->arena, merged,
                              config_of_tree(parser->arena, over, &node->fqn, config_merge));
    }
    Error *err = config_finish(parser->arena, RESOURCE_UNIT_TEST, merged, &node->config);
    if (err != NULL) {
        return error_kind(err) == ERR_CONFIG ? error_as(err, "ParsingError") : err;
    }
    node->unrendered_config = merged;
    node->enabled = value_find(node->config, STR("enabled"))->as.boolean;
    node->meta = value_find(node->config, STR("meta"));
    parse_add_tags(parser->arena, value_find(node->config, STR("tags")), &node->tags);
    return NULL;
}

Error *parse_unit_test(Parser *parser, const ProjectFile *file, const Value *entry)
{
    TRY(check_entry(file, entry));
    Node *node = new_test(parser, file, entry);
    TRY(configure_test(parser, node, entry));
    UnitTestInfo *info = ARENA_NEW(parser->arena, UnitTestInfo);
    *info = (UnitTestInfo){.model = text_of(entry, "model"),
                           .overrides = overrides_of(parser->arena, entry),
                           .versions = versions_of(parser->arena, entry)};
    const Value *given = value_find(entry, STR("given"));
    for (VALUE_EACH(fixture, given)) {
        UnitFixture read;
        TRY(read_fixture(parser, file, node->name, fixture, &read));
        VEC_PUSH(parser->arena, &info->given, read);
    }
    TRY(read_fixture(parser, file, node->name, value_find(entry, STR("expect")), &info->expected));
    node->unit_test = info;
    node->checksum = unit_checksum(parser->arena, info);
    VEC_PUSH(parser->arena, &parser->unit_tests, node);
    return NULL;
}

/* ---- What the tests are about ---- */

static Error *parsing_error(TAKES Error *err)
{
    return error_as(err, "ParsingError");
}

static bool depends_on_macro(const Node *node, const char *macro)
{
    for (VEC_EACH(const Str, it, &node->depends_on_macros)) {
        if (str_is(*it, macro)) {
            return true;
        }
    }
    return false;
}

static bool is_given(const UnitTestInfo *info, const char *input)
{
    for (VEC_EACH(const UnitFixture, it, &info->given)) {
        if (str_is(it->input, input)) {
            return true;
        }
    }
    return false;
}

/* Whether a model is incremental in a test is for the test to say. */
static Error *check_incremental(const Node *test, const Node *tested)
{
    if (!depends_on_macro(tested, "macro.dbt.is_incremental")) {
        return NULL;
    }
    const Value *macros = value_find(test->unit_test->overrides, STR("macros"));
    const Value *wanted = value_find(macros, STR("is_incremental"));
    if (!value_is(wanted, VALUE_BOOL)) {
        return error_hint(
            parsing_error(error_new(ERR_CONFIG,
                                    "Boolean override for 'is_incremental' must be provided "
                                    "for unit test '" STR_FMT "' in model '" STR_FMT "'",
                                    STR_ARG(test->name), STR_ARG(tested->name))),
            "add `overrides: {macros: {is_incremental: true}}` (or false) to it");
    }
    if (wanted->as.boolean && !is_given(test->unit_test, "this")) {
        return error_hint(
            parsing_error(error_new(ERR_CONFIG,
                                    "Unit test '" STR_FMT "' for incremental model '" STR_FMT
                                    "' must have a 'this' input",
                                    STR_ARG(test->name), STR_ARG(tested->name))),
            "add `- {input: this, rows: [...]}` to its `given`");
    }
    return NULL;
}

static Error *add_test(Parser *parser, const Node *like, const Node *tested, bool versioned)
{
    Arena *arena = parser->arena;
    TRY(check_incremental(like, tested));
    Node *node = ARENA_NEW(arena, Node);
    UnitTestInfo *info = ARENA_NEW(arena, UnitTestInfo);
    *node = *like;
    *info = *like->unit_test;
    info->tested = tested;
    node->unit_test = info;
    node->schema = tested->schema;
    Str version = versioned ? str_printf(arena, "_v" STR_FMT,
                                         STR_ARG(node_version_text(arena, &tested->model->version)))
                            : STR("");
    node->unique_id =
        parse_unique_id(parser, "unit_test",
                        str_printf(arena, STR_FMT "." STR_FMT STR_FMT, STR_ARG(info->model),
                                   STR_ARG(node->name), STR_ARG(version)));
    node->depends_on = (StrVec){0};
    VEC_PUSH(arena, &node->depends_on, tested->unique_id);
    Str file = str_printf(arena, STR_FMT ".sql", STR_ARG(node_unit_test_name(node, arena)));
    Str folder = fs_directory_name(node->original_path);
    node->build_path = fs_join(arena, node->original_path, fs_join(arena, folder, file));
    return manifest_add_node(parser->session->manifest, node);
}

static bool lists_version(const Value *versions, const Value *wanted)
{
    for (VALUE_EACH(it, versions)) {
        if (version_compare(it, wanted) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_version(const NodeVec *models, const Value *version)
{
    for (VEC_EACH(const NodePtr, it, models)) {
        if (version_compare(&(*it)->model->version, version) == 0) {
            return true;
        }
    }
    return false;
}

/* One test per version that it names, or for all that it does not leave out. */
static Error *add_versions(Parser *parser, const Node *test, const NodeVec *models)
{
    const Value *include = value_find(test->unit_test->versions, STR("include"));
    const Value *exclude = value_find(test->unit_test->versions, STR("exclude"));
    for (VALUE_EACH(version, include)) {
        if (!has_version(models, version)) {
            return parsing_error(error_new(ERR_CONFIG,
                                           "Unit test '" STR_FMT
                                           "' referenced a version of '" STR_FMT
                                           "' which was not found.",
                                           STR_ARG(test->name), STR_ARG(test->unit_test->model)));
        }
    }
    for (VEC_EACH(const NodePtr, it, models)) {
        const Value *version = &(*it)->model->version;
        bool taken = value_is_null(include) ? !lists_version(exclude, version)
                                            : lists_version(include, version);
        if (taken) {
            TRY(add_test(parser, test, *it, true));
        }
    }
    return NULL;
}

/* The model of that name in the project, or its versions; *out_disabled when it is switched off. */
static NodeVec find_models(Parser *parser, Str name, bool *out_disabled)
{
    NodeVec found = {0};
    *out_disabled = false;
    for (VEC_EACH(const PendingNode, it, &parser->pending)) {
        if (it->node->type == RESOURCE_MODEL && str_eq(it->node->name, name)) {
            *out_disabled = *out_disabled || !it->node->enabled;
            if (it->node->enabled) {
                VEC_PUSH(parser->arena, &found, it->node);
            }
        }
    }
    return found;
}

static Error *attach_test(Parser *parser, Node *test)
{
    bool disabled = false;
    Str model = test->unit_test->model;
    NodeVec models = find_models(parser, model, &disabled);
    if (!test->enabled) {
        Str id =
            str_printf(parser->arena, STR_FMT "." STR_FMT, STR_ARG(model), STR_ARG(test->name));
        test->unique_id = parse_unique_id(parser, "unit_test", id);
        test->schema = (Str){0};
        return manifest_add_node(parser->session->manifest, test);
    }
    if (models.len == 0) {
        return disabled
                   ? NULL /* it goes with its model */
                   : parsing_error(error_new(ERR_CONFIG,
                                             "Unable to find model '" STR_FMT "." STR_FMT
                                             "' for unit test '" STR_FMT "' in " STR_FMT,
                                             STR_ARG(test->package), STR_ARG(model),
                                             STR_ARG(test->name), STR_ARG(test->original_path)));
    }
    if (node_is_versioned(models.data[0])) {
        return add_versions(parser, test, &models);
    }
    const Value *versions = test->unit_test->versions;
    if (value_len(value_find(versions, STR("include"))) > 0 ||
        value_len(value_find(versions, STR("exclude"))) > 0) {
        return parsing_error(error_new(ERR_CONFIG,
                                       "Unit test '" STR_FMT
                                       "' should not have a versions include or exclude when "
                                       "referencing non-versioned model '" STR_FMT "'",
                                       STR_ARG(test->name), STR_ARG(model)));
    }
    return add_test(parser, test, models.data[0], false);
}

Error *parse_noted_unit_tests(Parser *parser)
{
    for (VEC_EACH(const NodePtr, it, &parser->unit_tests)) {
        TRY(attach_test(parser, *it));
    }
    parser->unit_tests.len = 0;
    return NULL;
}
