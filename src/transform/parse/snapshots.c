#include "transform/parse/internal.h"

#include "base/digest.h"
#include "base/limits.h"
#include "transform/parse/deprecated.h"
#include "transform/parse/template_blocks.h"
#include "transform/python/text.h"

/* ---- Blocks ---- */

/* The name of the file stands between its directories and the snapshot's name. */
static void name_file_in_fqn(Parser *parser, Node *node, const ProjectFile *file)
{
    Str name = fs_base_name(file->path);
    size_t dot = str_find_last(name, STR("."));
    VEC_LAST(&node->fqn) = dot != SIZE_MAX ? str_slice(name, 0, dot) : name;
    VEC_PUSH(parser->arena, &node->fqn, node->name);
}

static Error *read_snapshot_file(Parser *parser, const ProjectFile *file)
{
    Str text;
    TemplateBlockVec blocks = {0};
    TRY(fs_read_file(parser->arena, file->absolute.data, LIMIT_TEMPLATE_BYTES, &text));
    StrVec strays = {0};
    TRY(template_blocks(parser->arena, text, file->relative, BLOCKS_OF_SNAPSHOTS, &blocks,
                        &strays));
    report_stray_tags(parser->session, file->path, &strays);
    Str checksum = digest_sha256(parser->arena, str_trim(text));
    for (VEC_EACH(TemplateBlock, block, &blocks)) {
        Node *node = parse_new_node(parser, RESOURCE_SNAPSHOT, block->name, file);
        name_file_in_fqn(parser, node, file);
        node->checksum = checksum;
        node->raw_code = block->body;
        node->lines_before = block->line - 1;
        VEC_PUSH(parser->arena, &parser->pending, (PendingNode){.node = node, .file = file});
    }
    return NULL;
}

Error *parse_snapshot_files(Parser *parser, const IgnoreList *ignored)
{
    static const char *const extensions[] = {".sql", NULL};
    ProjectFileVec files = {0};
    TRY(discover_files(parser->arena, parser->project->root, &parser->project->snapshot_paths,
                       extensions, ignored, &files));
    for (VEC_EACH(ProjectFile, file, &files)) {
        TRY(read_snapshot_file(parser, file));
    }
    return NULL;
}

/* ---- Entries with a relation ---- */

Error *parse_snapshot_entry(Parser *parser, const ProjectFile *file, const Value *entry)
{
    Arena *arena = parser->arena;
    Str name, relation, text;
    TRY(value_get_string(value_find(entry, STR("name")), STR("name"), &name));
    TRY(value_get_string(value_find(entry, STR("relation")), STR("relation"), &relation));
    TRY(fs_read_file(arena, file->absolute.data, LIMIT_TEMPLATE_BYTES, &text));
    Node *node = parse_new_node(parser, RESOURCE_SNAPSHOT, name, file);
    node->path = str_printf(arena, STR_FMT "/" STR_FMT ".sql", STR_ARG(file->path), STR_ARG(name));
    node->build_path = fs_join(arena, file->relative, node->path);
    node->checksum = digest_sha256(arena, str_trim(text));
    node->raw_code = str_printf(arena, "select * from {{ " STR_FMT " }}", STR_ARG(relation));
    VEC_PUSH(arena, &parser->entries,
             (PendingNode){.node = node, .file = file, .patch = entry, .patch_file = file});
    return NULL;
}

/* ---- Configuration ---- */

static bool is_given(const Value *config, const char *name)
{
    const Value *value = value_find(config, str_from(name));
    bool empty = value_is(value, VALUE_LIST) && value_len(value) == 0;
    return value != NULL && !value_is_null(value) && !empty &&
           value_text_or(value, STR("?")).len > 0;
}

static Error *wrong_columns(Arena *arena, const Value *columns)
{
    Str shown = python_str(columns, arena);
    return error_new(ERR_CONFIG,
                     "Invalid value for 'check_cols': " STR_FMT
                     ". Expected 'all' or a list of strings.",
                     STR_ARG(shown));
}

static Error *check_strategy(Arena *arena, const Value *config)
{
    const Value *columns = value_find(config, STR("check_cols"));
    Str strategy = value_text_or(value_find(config, STR("strategy")), STR(""));
    if (strategy.len == 0 || !is_given(config, "unique_key")) {
        return error_new(ERR_CONFIG,
                         "Snapshots must be configured with a 'strategy' and 'unique_key'.");
    }
    if (str_is(strategy, "check")) {
        if (!is_given(config, "check_cols")) {
            return error_new(ERR_CONFIG, "A snapshot configured with the check strategy must "
                                         "specify a check_cols configuration.");
        }
        bool all = str_is(value_text_or(columns, STR("")), "all");
        return all || value_is(columns, VALUE_LIST) ? NULL : wrong_columns(arena, columns);
    }
    if (str_is(strategy, "timestamp") && !is_given(config, "updated_at")) {
        return error_new(ERR_CONFIG, "A snapshot configured with the timestamp strategy must "
                                     "specify an updated_at configuration.");
    }
    if (str_is(strategy, "timestamp") && is_given(config, "check_cols")) {
        return error_new(ERR_CONFIG, "A 'timestamp' snapshot should not have 'check_cols'");
    }
    return NULL;
}

Error *parse_configure_snapshot(Parser *parser, Node *node)
{
    Str database = value_text_or(value_find(node->config, STR("target_database")), STR(""));
    Str schema = value_text_or(value_find(node->config, STR("target_schema")), STR(""));
    node->database = database.len > 0 ? database : node->database;
    node->schema = schema.len > 0 ? schema : node->schema;
    if (!node->enabled) {
        return NULL;
    }
    Error *err = check_strategy(parser->arena, node->config);
    if (err == NULL && !str_is(node_materialized(node), "snapshot")) {
        err = error_new(ERR_CONFIG, "A snapshot must have a materialized value of 'snapshot'");
    }
    return err == NULL ? NULL
                       : error_hint(error_as(err, "dbt"), "in the configuration of " STR_FMT,
                                    STR_ARG(node_label(node, parser->arena)));
}
