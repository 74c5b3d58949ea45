/* tests/fuzz/fuzz_dbt_files.c - the files around a dbt project, without its models:
 * dbt_project.yml, profiles.yml, selectors.yml, packages.yml, package-lock.yml, the artifacts of an
 * earlier run, seeds; and words of --select, on a small manifest. See dbt_archive.h for the form.
 */
#include "base/fs.h"
#include "fuzz/dbt_archive.h"
#include "transform/package/package_file.h"
#include "transform/seed/csv_rows.h"
#include "transform/seed/type.h"
#include "transform/session_open.h"
#include "unit/transform/small_manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

static void try_project(const TransformOptions *options)
{
    Reporter reporter = archive_reporter();
    Session *session = NULL;
    Error *err = session_open(options, &reporter, "clean", &session);
    if (err != NULL) {
        error_discard(err, "refusing is fine");
        return;
    }
    session_close(session);
}

static void try_packages(Arena *arena, const Archive *archive)
{
    ProjectFileDef project;
    PackageSpecVec wanted = {0}, locked = {0};
    bool found = false;
    Str hash;
    Error *err = package_lock_read(arena, archive->directory, &found, &hash, &locked);
    error_discard(err, "refusing is fine");
    err = project_file_raw(arena, archive->directory, &project);
    if (err == NULL) {
        (void)package_specs_hash(arena, &locked);
        err = package_list_read(arena, &project, project.file, &wanted);
    }
    error_discard(err, "refusing is fine");
}

static void ignore_warning(void *context, Str message)
{
    (void)context, (void)message;
}

static void try_selection(Arena *arena, const Archive *archive, const TransformOptions *options)
{
    const Graph *graph = NULL;
    Manifest *manifest = small_manifest(arena);
    error_discard(graph_new(arena, manifest, &graph), "it has no cycle");
    Selection selection = options->selection;
    error_discard(
        state_load(arena, archive->directory, archive->directory, manifest, &selection.state),
        "refusing is fine");
    NodeSet set;
    error_discard(select_nodes(graph, arena, &selection, ignore_warning, NULL, &set),
                  "refusing is fine");
    for (VEC_EACH(const NodePtr, node, &manifest->nodes)) {
        RelationName relation;
        (void)state_relation(selection.state, *node, &relation);
        (void)state_matches(selection.state, arena, STR("modified"), *node);
        (void)state_result(selection.state, (*node)->unique_id);
    }
}

static void try_seed(Arena *arena, Str text)
{
    CsvRowVec rows = {0};
    csv_rows_parse(arena, text, ',', &rows);
    SeedGuess guess = SEED_GUESS_START;
    for (VEC_EACH(const CsvRow, row, &rows)) {
        for (VEC_EACH(const Str, cell, &row->cells)) {
            seed_guess_add(&guess, *cell);
            (void)seed_number_text(arena, *cell);
        }
    }
    (void)seed_guess_sql(&guess);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    Str text = str_dup(arena, (Str){(const char *)data, size});
    Archive archive;
    if (!archive_unpack(arena, text, &archive)) {
        return 0;
    }
    Cancel cancel = {0};
    TransformOptions options = archive_options(arena, &archive, &cancel);
    if (archive_text(&archive, "dbt_project.yml").len > 0) {
        try_project(&options);
        try_packages(arena, &archive);
    }
    try_selection(arena, &archive, &options);
    try_seed(arena, archive_text(&archive, "seed.csv"));
    archive_remove(&archive);
    return 0;
}
