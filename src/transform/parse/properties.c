#include "transform/parse/internal.h"

#include "transform/console/fold.h"
#include "transform/parse/deprecated.h"

Context parse_yaml_context(Parser *parser)
{
    return (Context){.session = parser->session,
                     .phase = PHASE_YAML,
                     .package = parser->project->name,
                     .arena = parser->arena,
                     .quoting = parser->project->quoting};
}

/* Descriptions may call doc(), tests are rendered as their arguments, hooks when they run (but dbt
 * does render those whose key has a hyphen). */
static bool keep_unrendered(const StrVec *path)
{
    static const char *const kept[] = {"description", "tests",     "data_tests",
                                       "pre_hook",    "post_hook", "loaded_at_query"};
    for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
        if (str_is(VEC_LAST(path), kept[i])) {
            return true;
        }
    }
    return false;
}

/* The conditions of queries are templates for those who answer them. */
static bool keep_conditions(const StrVec *path)
{
    Str key = VEC_LAST(path);
    return keep_unrendered(path) || str_is(key, "filter") || str_is(key, "where");
}

/* ---- Sections ---- */

typedef Error *(*EntryReader)(Parser *parser, const ProjectFile *file, const Value *entry);

static Error *read_patch(Parser *parser, const ProjectFile *file, const Value *entry,
                         ResourceType type, const char *section);

static Error *read_model(Parser *parser, const ProjectFile *file, const Value *entry)
{
    return value_len(value_find(entry, STR("versions"))) > 0
               ? parse_versions(parser, file, entry)
               : read_patch(parser, file, entry, RESOURCE_MODEL, "models");
}

static Error *read_seed(Parser *parser, const ProjectFile *file, const Value *entry)
{
    return read_patch(parser, file, entry, RESOURCE_SEED, "seeds");
}

static Error *read_analysis(Parser *parser, const ProjectFile *file, const Value *entry)
{
    return read_patch(parser, file, entry, RESOURCE_ANALYSIS, "analyses");
}

static Error *read_singular_test(Parser *parser, const ProjectFile *file, const Value *entry)
{
    return read_patch(parser, file, entry, RESOURCE_TEST, "data_tests");
}

static Error *read_snapshot(Parser *parser, const ProjectFile *file, const Value *entry)
{
    return value_find(entry, STR("relation")) != NULL
               ? parse_snapshot_entry(parser, file, entry)
               : read_patch(parser, file, entry, RESOURCE_SNAPSHOT, "snapshots");
}

static Error *read_macro(Parser *parser, const ProjectFile *file, const Value *entry)
{
    Str name = value_text_or(value_find(entry, STR("name")), (Str){0});
    Str id = parse_unique_id(parser, "macro", name);
    Macro *macro = strmap_find(&parser->session->manifest->macros_by_id, id);
    if (macro == NULL) {
        Str text =
            str_printf(parser->arena, "Found patch for macro \"" STR_FMT "\" which was not found",
                       STR_ARG(name));
        ReportField fields[] = {{"patch_name", value_string(name)}};
        ReportEvent event = {.name = "MacroNotFoundForPatch",
                             .text = text,
                             .fields = fields,
                             .field_count = ARRAY_LEN(fields)};
        report_warning_event(parser->session, &event, true);
        return NULL;
    }
    macro->patch_path = str_printf(parser->arena, STR_FMT "://" STR_FMT, STR_ARG(macro->package),
                                   STR_ARG(file->relative));
    macro->description = value_text_or(value_find(entry, STR("description")), (Str){0});
    macro->properties = entry;
    return NULL;
}

/* A key of property files; what it needs that is not here is read by a later one. */
typedef struct Section {
    const char *key;
    EntryReader read;
    YamlKeep keep; /* what stays as it is written */
    bool plain;    /* descriptions are no templates */
} Section;

static const Section sections[] = {
    {"models", read_model, keep_unrendered, false},
    {"seeds", read_seed, keep_unrendered, false},
    {"snapshots", read_snapshot, keep_unrendered, false},
    {"sources", parse_source, keep_unrendered, false},
    {"macros", read_macro, keep_unrendered, false},
    {"data_tests", read_singular_test, keep_unrendered, false},
    {"analyses", read_analysis, keep_unrendered, false},
    {"exposures", parse_exposure, keep_unrendered, false},
    {"functions", parse_function, keep_unrendered, true},
    {"metrics", parse_metric, keep_conditions, false},
    {"groups", parse_group, keep_unrendered, false},
    {"semantic_models", parse_semantic_model, keep_unrendered, false},
    {"unit_tests", parse_unit_test, keep_unrendered, true},
    {"saved_queries", parse_saved_query, keep_conditions, false},
};
enum { SECTION_COUNT = ARRAY_LEN(sections) };

/* ---- Patches ---- */

static Error *two_patches(Str name, Str before, const ProjectFile *file)
{
    bool same = str_eq(before, file->relative);
    return error_new(ERR_TEMPLATE,
                     "dbt found two schema.yml entries for the same resource named " STR_FMT
                     ". Resources and their associated columns may only be described a single "
                     "time. To fix this, remove %s for " STR_FMT " in %s:\n - " STR_FMT
                     "%s" STR_FMT,
                     STR_ARG(name), same ? "one of the resource entries" : "the resource entry",
                     STR_ARG(name), same ? "this file" : "one of these files",
                     STR_ARG(file->relative), same ? "" : "\n", STR_ARG(same ? STR("") : before));
}

/* A model described as a seed, and so on: the description counts all the same. */
static PendingNode *find_in_other_section(Parser *parser, const ProjectFile *file, Str name,
                                          const char *section)
{
    static const ResourceType types[] = {RESOURCE_MODEL, RESOURCE_SEED, RESOURCE_SNAPSHOT};
    PendingNode *found = NULL;
    for (size_t i = 0; i < ARRAY_LEN(types) && found == NULL; i++) {
        found = parse_find_pending(parser, types[i], name);
    }
    if (found != NULL) {
        Str type = resource_type_name(found->node->type);
        Str right = resource_type_plural(found->node->type);
        Str text = str_printf(parser->arena,
                              "'" STR_FMT "' is a " STR_FMT " node, but it is specified in the %s "
                              "section of " STR_FMT ". To fix this error, place the `" STR_FMT
                              "` specification under the " STR_FMT " key instead.",
                              STR_ARG(name), STR_ARG(type), section, STR_ARG(file->relative),
                              STR_ARG(name), STR_ARG(right));
        text = text_fold(parser->arena, text, flag_width(parser->session->flags));
        ReportField fields[] = {{"patch_name", value_string(name)},
                                {"resource_type", value_string(type)},
                                {"plural_resource_type", value_string(right)},
                                {"yaml_key", value_string(str_from(section))},
                                {"file_path", value_string(file->relative)}};
        ReportEvent event = {.name = "WrongResourceSchemaFile",
                             .text = text,
                             .fields = fields,
                             .field_count = ARRAY_LEN(fields)};
        report_warning_event(parser->session, &event, true);
    }
    return found;
}

Error *parse_attach_patch(Parser *parser, PendingNode *pending, const ProjectFile *file,
                          const Value *entry, const char *section, Str name)
{
    if (pending == NULL) {
        Str text = str_printf(parser->arena,
                              "Did not find matching node for patch with name '" STR_FMT
                              "' in the '%s' section of file '" STR_FMT "'",
                              STR_ARG(name), section, STR_ARG(file->relative));
        ReportField fields[] = {{"patch_name", value_string(name)},
                                {"yaml_key", value_string(str_from(section))},
                                {"file_path", value_string(file->relative)}};
        ReportEvent event = {.name = "NoNodeForYamlKey",
                             .text = text,
                             .fields = fields,
                             .field_count = ARRAY_LEN(fields)};
        report_warning_event(parser->session, &event, true);
        return NULL;
    }
    if (pending->patch != NULL) {
        return two_patches(pending->node->name, pending->patch_file->relative, file);
    }
    pending->patch = entry;
    pending->patch_file = file;
    return NULL;
}

static Error *read_patch(Parser *parser, const ProjectFile *file, const Value *entry,
                         ResourceType type, const char *section)
{
    Str name = value_text_or(value_find(entry, STR("name")), (Str){0});
    PendingNode *pending = parse_find_pending(parser, type, name);
    if (pending == NULL && resource_type_is_refable(type)) {
        pending = find_in_other_section(parser, file, name, section);
    }
    return parse_attach_patch(parser, pending, file, entry, section, name);
}

const Value *parse_columns_by_name(Arena *arena, const Value *entry)
{
    const Value *columns = value_find(entry, STR("columns"));
    ValueMapBuilder builder = value_map_begin_sized(arena, value_len(columns));
    for (VALUE_EACH(column, columns)) {
        const Value *name = value_find(column, STR("name"));
        if (value_is(name, VALUE_STRING)) {
            value_map_put(&builder, *name, *column);
        }
    }
    Value *map = ARENA_NEW(arena, Value);
    *map = value_map_end(&builder);
    return map;
}

/* In the scratch. */
static const Value *patch_level(Parser *parser, const Value *entry)
{
    static const char *const beside[] = {"meta",   "docs", "group", "contract",
                                         "access", "tags", NULL};
    return config_of_entry(parser->scratch, entry, beside);
}

static void describe_node(Parser *parser, const PendingNode *pending, Node *node)
{
    node->description = value_text_or(value_find(pending->patch, STR("description")), (Str){0});
    if (node->type != RESOURCE_FUNCTION) { /* whose columns say nothing */
        node->columns = parse_columns_by_name(parser->arena, pending->patch);
    }
    parse_doc_blocks(parser->arena, pending->patch, node);
    node->patch_path =
        str_printf(parser->arena, STR_FMT "://" STR_FMT, STR_ARG(parser->project->name),
                   STR_ARG(pending->patch_file->relative));
}

/* A model in Python is a table unless something says otherwise; what the project says does not. */
static const Value *python_level(Parser *parser, const Value *patch)
{
    ValueMapBuilder level = value_map_begin(parser->scratch);
    value_map_set(&level, STR("materialized"), value_string(STR("table")));
    if (patch != NULL) {
        value_map_put_all(&level, patch);
    }
    Value *kept = ARENA_NEW(parser->scratch, Value);
    *kept = value_map_end(&level);
    return kept;
}

static Error *configure_pending(Parser *parser, void *items, size_t index)
{
    const PendingNode *pending = (const PendingNode *)items + index;
    Node *node = pending->node;
    const Value *patch = NULL;
    if (pending->patch != NULL) {
        patch = patch_level(parser, pending->patch);
        describe_node(parser, pending, node);
    }
    if (node->type == RESOURCE_MODEL && node_is_python(node)) {
        patch = python_level(parser, patch);
    }
    return parse_configure(parser, node, patch, pending->in_file);
}

/* A package's node that is turned off, and stands in another project: there its entry counts. Its
 * configuration is left as that project says. NULL when there is no such node. */
static Node *find_replacement(Parser *parser, const PendingNode *pending)
{
    const Session *session = parser->session;
    Str type = resource_type_name(pending->node->type);
    for (VEC_EACH(const ProjectFileDef, project, &session->projects)) {
        Str id = str_printf(parser->scratch, STR_FMT "." STR_FMT "." STR_FMT, STR_ARG(type),
                            STR_ARG(project->name), STR_ARG(pending->node->name));
        Node *found = manifest_find(session->manifest, id);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

static Error *describe_replacement(Parser *parser, const PendingNode *pending, Node *replacement)
{
    Node *own = pending->node;
    size_t at = str_find(replacement->patch_path, STR("://"), 0);
    if (at != SIZE_MAX) {
        Str other = str_from_offset(replacement->patch_path, at + strlen("://"));
        return two_patches(own->name, other, pending->patch_file);
    }
    describe_node(parser, pending, replacement);
    own->description = (Str){0};
    own->columns = NULL;
    own->doc_blocks = (StrVec){0};
    own->patch_path = (Str){0};
    return NULL;
}

static Error *tests_of_pending(Parser *parser, const PendingNode *pending)
{
    const Node *node = pending->node;
    if (pending->patch == NULL || !resource_type_is_refable(node->type)) {
        return NULL;
    }
    if (!node->enabled) {
        Node *replacement = find_replacement(parser, pending);
        if (replacement == NULL) {
            return NULL;
        }
        TRY(describe_replacement(parser, pending, replacement));
        node = replacement;
    }
    Str tree = resource_type_tree(node->type);
    TestOwner owner = {
        .name = node->name,
        .ref_text = str_printf(parser->arena, "ref('" STR_FMT "')", STR_ARG(node->name)),
        .key = str_printf(parser->arena, STR_FMT "." STR_FMT, STR_ARG(tree), STR_ARG(node->name)),
        .attached = pending->node->unique_id,
        .group = node_group(node),
    };
    if (node_is_versioned(node)) {
        Str version = node_version_text(parser->arena, &node->model->version);
        owner.name =
            str_printf(parser->arena, STR_FMT "_v" STR_FMT, STR_ARG(node->name), STR_ARG(version));
        owner.ref_text = str_printf(parser->arena, "ref('" STR_FMT "', version='" STR_FMT "')",
                                    STR_ARG(node->name), STR_ARG(version));
    }
    return parse_tests_of(parser, pending->patch_file, pending->patch, &owner);
}

/* ---- Files ---- */

static Error *shape_error(const Value *at, const ProjectFile *file, const char *section,
                          const char *problem)
{
    bool whole = strcmp(problem, "is not a list") == 0;
    AUTO_FREE(arena) Arena *arena = arena_new("place");
    Str place = value_place(arena, at);
    Error *err = error_new(
        ERR_CONFIG, "The schema file at " STR_FMT " is invalid because %s '%s' %s",
        STR_ARG(file->relative), whole ? "the value of" : "a list element for", section, problem);
    return error_hint(error_as(err, "ParsingError"), "at " STR_FMT, STR_ARG(place));
}

/* A property file: the entries of each section, rendered. */
typedef struct PropertyFile {
    ProjectFile file;
    DuplicateKeyVec twice;
    ValueVec entries[SECTION_COUNT];
} PropertyFile;
typedef VEC(PropertyFile) PropertyFileVec;

/* Where a source lies is also told as it is written. */
static void note_written(Arena *arena, const Section *section, const Value *written, Value *entry)
{
    static const char *const places[][2] = {{"database", "unrendered_database"},
                                            {"schema", "unrendered_schema"}};
    if (section->read != parse_source) {
        return;
    }
    ValueMapBuilder map = value_map_begin(arena);
    value_map_put_all(&map, entry);
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        const Value *place = value_find(written, str_from(places[i][0]));
        if (place != NULL) {
            value_map_set(&map, str_from(places[i][1]), *place);
        }
    }
    *entry = value_placed_at(value_map_end(&map), entry);
}

static Error *read_section(Parser *parser, const ProjectFile *file, const Section *kind,
                           const Value *list, ValueVec *out)
{
    const char *section = kind->key;
    if (value_is_null(list)) {
        return NULL;
    }
    if (!value_is(list, VALUE_LIST)) {
        return shape_error(list, file, section, "is not a list");
    }
    Context ctx = parse_yaml_context(parser);
    YamlRenderer renderer = {.state = parser->state, .context = &ctx};
    VEC_RESERVE(parser->arena, out, value_len(list));
    for (VALUE_EACH(entry, list)) {
        if (!value_is(entry, VALUE_MAP)) {
            return shape_error(entry, file, section, "is not a dictionary");
        }
        if (value_find(entry, STR("name")) == NULL) {
            return shape_error(entry, file, section, "does not have a name attribute.");
        }
        Value rendered;
        TRY(yaml_render(&renderer, entry, kind->keep, &rendered));
        note_written(parser->arena, kind, entry, &rendered);
        if (!kind->plain) {
            TRY(parse_descriptions(parser, section, &rendered));
        }
        VEC_PUSH(parser->arena, out, rendered);
    }
    return NULL;
}

/* In the words of dbt, whose parser's complaint stands below them. */
static Error *read_document(Parser *parser, const ProjectFile *file, DuplicateKeyVec *out_twice,
                            const Value **out)
{
    Error *err = yaml_load_noting(parser->arena, file->absolute, file->relative, out_twice, out);
    if (err == NULL) {
        return NULL;
    }
    Str text = str_printf(parser->arena,
                          "Parsing Error\n  Error reading " STR_FMT ": " STR_FMT
                          " - Runtime Error\n    Syntax error\n    " STR_FMT,
                          STR_ARG(parser->project->name), STR_ARG(file->path),
                          STR_ARG(error_message(error_root(err))));
    Str excerpt = error_excerpt_text(err, parser->arena);
    error_discard(err, "its text is in the new one");
    Error *told = error_as(error_new(ERR_CONFIG, STR_FMT, STR_ARG(text)), "dbt");
    return excerpt.len > 0 ? error_hint(told, STR_FMT, STR_ARG(excerpt)) : told;
}

static Error *read_file(Parser *parser, void *items, size_t index)
{
    PropertyFile *file = (PropertyFile *)items + index;
    const Value *document = NULL;
    TRY(read_document(parser, &file->file, &file->twice, &document));
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        const Value *list = value_find(document, str_from(sections[i].key));
        TRY(read_section(parser, &file->file, &sections[i], list, &file->entries[i]));
    }
    return NULL;
}

static Error *apply_file(Parser *parser, const PropertyFile *file)
{
    report_duplicate_keys(parser->session, file->file.relative, &file->twice);
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        for (VEC_EACH(const Value, entry, &file->entries[i])) {
            TRY(sections[i].read(parser, &file->file, entry));
        }
    }
    return NULL;
}

static Error *find_files(Parser *parser, PropertyFileVec *out)
{
    static const char *const extensions[] = {".yml", ".yaml", NULL};
    const ProjectFileDef *project = parser->project;
    const StrVec *const groups[] = {&project->model_paths,    &project->seed_paths,
                                    &project->snapshot_paths, &project->test_paths,
                                    &project->macro_paths,    &project->analysis_paths,
                                    &project->function_paths};
    StrVec paths = {0};
    for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
        for (VEC_EACH(const Str, it, groups[i])) {
            VEC_PUSH(parser->arena, &paths, *it);
        }
    }
    const IgnoreList *ignored = NULL;
    TRY(ignore_list_read(parser->arena, project->root, &ignored));
    ProjectFileVec files = {0};
    TRY(discover_files(parser->arena, project->root, &paths, extensions, ignored, &files));
    for (VEC_EACH(const ProjectFile, file, &files)) {
        VEC_PUSH(parser->arena, out, (PropertyFile){.file = *file});
    }
    return NULL;
}

static Error *add_entries(Parser *parser)
{
    TRY(parse_each(parser, parser->entries.len, parse_read_node, parser->entries.data));
    for (VEC_EACH(const PendingNode, it, &parser->entries)) {
        VEC_PUSH(parser->arena, &parser->pending, *it);
    }
    parser->entries.len = 0;
    return NULL;
}

Error *parse_properties(Parser *parser)
{
    PropertyFileVec files = {0};
    TRY(find_files(parser, &files));
    TRY(parse_each(parser, files.len, read_file, files.data));
    for (VEC_EACH(const PropertyFile, file, &files)) {
        TRY(apply_file(parser, file));
    }
    TRY(add_entries(parser));
    TRY(parse_each(parser, parser->pending.len, configure_pending, parser->pending.data));
    for (VEC_EACH(const PendingNode, pending, &parser->pending)) {
        TRY(parse_model_properties(parser, pending));
        TRY(manifest_add_node(parser->session->manifest, pending->node));
    }
    for (VEC_EACH(const PendingNode, pending, &parser->pending)) {
        TRY(tests_of_pending(parser, pending));
    }
    TRY(parse_noted_tests(parser));
    return parse_noted_unit_tests(parser);
}
