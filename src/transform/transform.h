/* transform/transform.h - dbt's job: a project of models is read, ordered, compiled, built and
 * tested. This is what the command line and the sync process call; each function is one invocation
 * from beginning to end, with its log, artifacts below target/ and lines on the reporter. Calls do
 * not share anything, save the warehouse file. */
#ifndef TRANSFORM_TRANSFORM_H
#define TRANSFORM_TRANSFORM_H

#include "base/error.h"
#include "base/thread.h"
#include "project/project.h"
#include "transform/report.h"
#include "transform/select.h"
#include "warehouse/warehouse.h"

/* All zeroes is a good start: everything from the project and profile, everything selected. */
typedef struct TransformOptions {
    const char
        *project_dir; /* NULL: the nearest dbt_project.yml at or above the current directory */
    const char *profiles_dir; /* NULL: searched for, see profile.h */
    const char
        *fallback_profiles_dir; /* looked at before ~/.dbt: .dango of the project around it */
    const char *profile;        /* --profile */
    const char *target;         /* --target */
    const char *target_path;    /* --target-path */
    const char *log_path;       /* --log-path */
    const char *vars;           /* --vars: YAML text of a mapping */
    const char *warehouse_path; /* in place of the profile's path */
    const char
        *made_up_path; /* the warehouse where there is no profiles.yml; NULL: that is an error */
    size_t threads;    /* --threads; 0 = the profile's */
    Selection selection;
    const char *selector;  /* --selector: a name of selectors.yml, in place of the selection */
    StrVec resource_types; /* --resource-type */
    StrVec exclude_resource_types;
    const char *macro;      /* run-operation: "name" or "package.name" */
    const char *macro_args; /* --args: YAML text of a mapping; NULL: none */
    bool full_refresh;
    bool fail_fast;
    bool store_failures;
    bool empty;
    bool no_write_json;
    bool relative_to_project; /* the profile's path counts from the project, as dango has it; else
                               * from the current directory, as dbt has it */
    Warehouse *warehouse;     /* what is open at made_up_path, to be used in place of opening the
                               * profile's, which must be the same, and whose settings it takes on;
                               * or NULL */
    Str invocation_command;   /* "dbt run --select a", for artifacts */
    const Cancel *cancel;     /* may be NULL */
} TransformOptions;

/* Fills in what a project of ours around the models says: where they, profiles and the warehouse
 * are. */
void transform_use_project(Arena *arena, const Project *project, TransformOptions *options);

/* How many nodes ended how. */
typedef struct TransformCounts {
    size_t pass;
    size_t warn;
    size_t error;
    size_t skip;
    size_t no_op; /* exposures */
    size_t total;
} TransformCounts;

/* Models. ERR_FAILED, with everything told to the reporter, when a node failed; other errors mean
 * that the work did not begin, and are for the caller to show. `out_counts` may be NULL. */
MUST_CHECK Error *transform_run(const TransformOptions *options, Reporter *reporter,
                                TransformCounts *out_counts);
/* Tests. */
MUST_CHECK Error *transform_test(const TransformOptions *options, Reporter *reporter,
                                 TransformCounts *out_counts);
/* Seeds: the CSV files of the project. */
MUST_CHECK Error *transform_seed(const TransformOptions *options, Reporter *reporter,
                                 TransformCounts *out_counts);
/* Snapshots. */
MUST_CHECK Error *transform_snapshot(const TransformOptions *options, Reporter *reporter,
                                     TransformCounts *out_counts);
/* Seeds, models, tests and exposures in one order: what stands behind a failed test is skipped. */
MUST_CHECK Error *transform_build(const TransformOptions *options, Reporter *reporter,
                                  TransformCounts *out_counts);
/* Calls the macro of the options. What it leaves in an open transaction is undone. ERR_FAILED, with
 * everything told to the reporter, when it fails; ERR_USAGE for arguments that are no mapping. */
MUST_CHECK Error *transform_run_operation(const TransformOptions *options, Reporter *reporter,
                                          TransformCounts *out_counts);
/* Renders the selected nodes without running them, and prints their SQL when there was a selection.
 */
MUST_CHECK Error *transform_compile(const TransformOptions *options, Reporter *reporter,
                                    TransformCounts *out_counts);
/* Renders a text as if it were a model; the SQL in `arena`. */
MUST_CHECK Error *transform_compile_inline(const TransformOptions *options, Reporter *reporter,
                                           Arena *arena, Str text, Str *out_sql);
/* Reads the project and writes manifest.json. */
MUST_CHECK Error *transform_parse(const TransformOptions *options, Reporter *reporter);

/* How ls writes a node. */
#define LIST_OUTPUTS(X) \
    X(SELECTOR, "selector") \
    X(NAME, "name") \
    X(PATH, "path") \
    X(JSON, "json")

typedef enum ListOutput {
#define X(name, text) LIST_##name,
    LIST_OUTPUTS(X)
#undef X
} ListOutput;

/* ERR_USAGE with the known ones for anything else. */
MUST_CHECK Error *list_output_parse(Str text, ListOutput *out);
/* Prints the selected nodes, sorted by unique_id. `keys` (may be empty) are those of LIST_JSON. */
MUST_CHECK Error *transform_list(const TransformOptions *options, Reporter *reporter,
                                 ListOutput output, const StrVec *keys);

/* The text that a failure to begin is shown with: "Compilation Error in model b (models/b.sql)\n
 * ..." */
Str transform_error_text(const Error *err, Arena *arena);

#endif
