#include "base/embed.h"
#include "base/fs.h"
#include "base/limits.h"
#include "transform/artifact/catalog.h"
#include "transform/command/command.h"
#include "transform/console/console.h"

/* The page that shows manifest.json and catalog.json; see ui/docs/. */
extern const EmbedFile dango_docs_files[];
extern const size_t dango_docs_count;

static Str target_directory(const Session *session)
{
    return fs_join(session->arena, session->projects.data[0].root, session->target_path);
}

/* ---- The page ---- */

static Str page_text(void)
{
    for (size_t i = 0; i < dango_docs_count; i++) {
        if (strcmp(dango_docs_files[i].path, "index.html") == 0) {
            return (Str){dango_docs_files[i].data, dango_docs_files[i].size};
        }
    }
    return (Str){0};
}

static Error *put_page(const Session *session, const char *name, Str text)
{
    Str path = fs_join(session->arena, target_directory(session), str_from(name));
    return fs_put_file(str_to_c(session->arena, path), text, 0644);
}

/* An artifact as the page has it inside: no `</script>` may end it early. */
static Error *artifact_text(const Session *session, Arena *arena, const char *name, Str *out)
{
    Str path = fs_join(arena, target_directory(session), str_from(name)), text;
    TRY(fs_read_file(arena, str_to_c(arena, path), LIMIT_JSON_BYTES, &text));
    *out = str_replace(arena, text, STR("</"), STR("<\\/"));
    return NULL;
}

/* The page with both artifacts in it, which needs no server. */
static Error *put_static_page(const Session *session)
{
    AUTO_FREE(arena) Arena *arena = arena_new("static page");
    Str manifest, catalog, page = page_text();
    TRY(artifact_text(session, arena, "manifest.json", &manifest));
    TRY(artifact_text(session, arena, "catalog.json", &catalog));
    page = str_replace(arena, page, STR("\"MANIFEST.JSON INLINE DATA\""), manifest);
    page = str_replace(arena, page, STR("\"CATALOG.JSON INLINE DATA\""), catalog);
    return put_page(session, "static_index.html", page);
}

/* ---- Assets ---- */

static Error *copy_directory(const Session *session, Str name)
{
    AUTO_FREE(arena) Arena *arena = arena_new("assets");
    Str from = fs_join(arena, session->projects.data[0].root, name);
    Str to = fs_join(arena, target_directory(session), name);
    FsEntryVec files = {0};
    if (!fs_is_directory(str_to_c(arena, from))) {
        return NULL;
    }
    TRY(fs_walk(arena, str_to_c(arena, from), FS_WALK_RECURSIVE, &files));
    for (VEC_EACH(const FsEntry, file, &files)) {
        Str below = str_from_offset(file->path, from.len + 1);
        Str target = fs_join(arena, to, below);
        TRY(fs_make_directory(str_to_c(arena, fs_directory_name(target))));
        TRY(fs_copy_file(str_to_c(arena, file->path), str_to_c(arena, target)));
    }
    return NULL;
}

static Error *copy_assets(const Session *session)
{
    const Value *paths = value_find(session->projects.data[0].file, STR("asset-paths"));
    for (VALUE_EACH(path, paths)) {
        TRY(copy_directory(session, value_text_or(path, (Str){0})));
    }
    return NULL;
}

/* ---- The command ---- */

static Error *compile_first(Session *session, NodeSet *out_selected, RunOutcome *outcome)
{
    TRY(command_choose(session, TYPES_COMPILE, out_selected));
    if (node_set_count(out_selected) == 0) {
        console_nothing(session);
        return NULL;
    }
    TRY(session_connect(session));
    TRY(runner_run(session, out_selected, RUN_COMPILE, outcome));
    TRY(command_first_failure(outcome));
    command_print_compiled(session, outcome);
    return NULL;
}

/* Sources are not compiled, but the catalog tells of those that are selected. */
static Error *add_sources(Session *session, NodeSet *selected)
{
    NodeSet sources;
    TRY(command_select(session, 1U << RESOURCE_SOURCE, true, &sources));
    node_set_unite(selected, &sources);
    return NULL;
}

static Error *write_catalog(Session *session, const NodeSet *only, bool by_relation)
{
    Worker worker = {0};
    Str path = {0};
    Error *err = NULL;
    if (session->options->empty_catalog) {
        err = catalog_write(session, NULL, NULL, by_relation, &path);
    } else {
        report_text(session, LOG_INFO, "BuildingCatalog", STR("Building catalog"));
        err = session->warehouse == NULL ? session_connect(session) : NULL;
        err = err == NULL ? worker_open(&worker, session, 0) : err;
        err = err == NULL ? catalog_write(session, &worker, only, by_relation, &path) : err;
        worker_close(&worker);
    }
    TRY(err);
    report_text(session, LOG_INFO, "CatalogWritten",
                str_printf(session->arena, "Catalog written to " STR_FMT, STR_ARG(path)));
    return NULL;
}

Error *transform_docs(const TransformOptions *options, Reporter *reporter,
                      TransformCounts *out_counts)
{
    AUTO_FREE(session) Session *session = NULL;
    RunOutcome outcome = {0};
    NodeSet selected = {0};
    bool compiles = !options->no_compile;
    TRY(command_begin(options, reporter, "generate", &session));
    if (compiles) {
        TRY(compile_first(session, &selected, &outcome));
        TRY(command_finish(session, &outcome, out_counts));
    }
    TRY(put_page(session, "index.html", page_text()));
    TRY(copy_assets(session));
    bool filtered = compiles && command_has_selection(options);
    if (filtered) {
        TRY(add_sources(session, &selected));
    }
    TRY(write_catalog(session, filtered ? &selected : NULL, compiles));
    return options->static_page ? put_static_page(session) : NULL;
}
