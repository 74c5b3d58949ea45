/* transform/transform.h - dbt's job: a project of models is read, ordered, compiled, built and
 * tested. This is what the command line and the sync process call; each function is one invocation
 * from beginning to end, with its log, artifacts below target/ and lines on the reporter. Calls do
 * not share anything, save the warehouse file. */
#ifndef TRANSFORM_TRANSFORM_H
#define TRANSFORM_TRANSFORM_H

#include "base/error.h"
#include "base/map.h"
#include "base/thread.h"
#include "project/project.h"
#include "transform/console/report.h"
#include "transform/flag/flags.h"
#include "transform/flag/sample.h"
#include "transform/select/select.h"
#include "warehouse/warehouse.h"

/* The release of dbt whose behaviour this follows. */
#define TRANSFORM_DBT_VERSION "1.11.16"
#define TRANSFORM_ADAPTER_VERSION "1.11.1"

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
    bool models_option;      /* it was given by the old name of --select */
    const char *selector;    /* --selector: a name of selectors.yml, in place of the selection */
    const char *state;       /* --state: a directory with earlier artifacts, from where we are */
    const char *defer_state; /* --defer-state: the same for deferral alone */
    bool defer;              /* --defer: read what is not built here from where it was built then */
    bool favor_state;        /* --favor-state: and what is built here but not selected, too */
    StrVec resource_types;   /* --resource-type */
    StrVec exclude_resource_types;
    const char *inline_code;  /* --inline of compile and show: a query to be rendered, or NULL */
    const char *inline_plain; /* --inline-direct of show: a query without Jinja, or NULL */
    const StrVec *only;       /* retry: ids of the nodes to work on; NULL: as selected */
    const char *retry_state;  /* --state of retry: the directory of the results, or NULL */
    bool clean_outside;       /* --no-clean-project-files-only */
    const char *output_path;  /* --output of source freshness, in place of target/sources.json */
    bool no_compile;          /* docs generate: without compiling first */
    bool empty_catalog;       /* --empty-catalog */
    bool static_page;         /* --static */
    bool show_seeds;          /* --show of seed: print rows of what was loaded */
    int64_t limit;            /* rows to show; negative: all */
    bool output_json;         /* --output json of compile and show */
    bool quiet;               /* results without headings */
    bool no_introspect;       /* compile asks nothing of the warehouse */
    bool no_inject_ctes;      /* ephemeral models stay names */
    const char *macro;        /* run-operation: "name" or "package.name" */
    const char *macro_args;   /* --args: YAML text of a mapping; NULL: none */
    SampleWindow sample;      /* --sample: what is read of nodes that have a time of events */
    bool has_event_time;      /* --event-time-start and --event-time-end: the part of time that
                               * microbatch models are built for */
    int64_t event_time_start_us, event_time_end_us;
    const StrMap *retried_batches; /* retry: unique id -> BatchResults of the run before, of models
                                    * some of whose batches succeeded; or NULL */
    int64_t retried_started_us;    /* when that run began; 0: there was none */
    bool full_refresh;
    bool fail_fast;
    bool strict;   /* --strict: all models are bound before the first is built */
    bool foretell; /* the same where it costs little, to tell of them and go on */
    bool store_failures;
    bool empty;
    bool no_write_json;
    bool no_version_check;    /* require-dbt-version of projects does not count */
    bool relative_to_project; /* the profile's path counts from the project, as dango has it; else
                               * from the current directory, as dbt has it */
    Warehouse *warehouse;     /* what is open at made_up_path, to be used in place of opening the
                               * profile's, which must be the same, and whose settings it takes on;
                               * or NULL */
    Str invocation_command;   /* "dbt run --select a", for artifacts */
    Str invocation_id;        /* empty: a new one */
    const Flags *flags;       /* all flags, see transform_use_flags(); NULL: the presets */
    const Cancel *cancel;     /* may be NULL */
} TransformOptions;

/* Fills in what a project of ours around the models says: where they, profiles and the warehouse
 * are. */
void transform_use_project(Arena *arena, const Project *project, TransformOptions *options);

/* Settles the flags of dbt: `given` on the command line (see flags.h; may be NULL), the
 * environment, the files of the project, and fills in the options they stand for. Of use after the
 * directories of project and profiles are known. ERR_USAGE for values that cannot be, ERR_CONFIG;
 * the options then hold what was understood. */
MUST_CHECK Error *transform_use_flags(Arena *arena, const FlagGiven *given,
                                      TransformOptions *options);

/* A new random id of an invocation. */
Str transform_new_id(Arena *arena);

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
/* Makes the relations of another project, whose artifacts lie in the --state directory, visible in
 * the places of this one. */
MUST_CHECK Error *transform_clone(const TransformOptions *options, Reporter *reporter,
                                  TransformCounts *out_counts);
/* Calls the macro of the options. What it leaves in an open transaction is undone. ERR_FAILED, with
 * everything told to the reporter, when it fails; ERR_USAGE for arguments that are no mapping. */
MUST_CHECK Error *transform_run_operation(const TransformOptions *options, Reporter *reporter,
                                          TransformCounts *out_counts);
/* Renders the selected nodes, or the query of the options, without running them, and prints the SQL
 * when there was a selection. */
MUST_CHECK Error *transform_compile(const TransformOptions *options, Reporter *reporter,
                                    TransformCounts *out_counts);
/* Runs the queries of the selected nodes, or the one of the options, and prints the first rows. */
MUST_CHECK Error *transform_show(const TransformOptions *options, Reporter *reporter,
                                 TransformCounts *out_counts);
/* Asks the sources how old they are, and writes sources.json. ERR_FAILED when one is too old or
 * could not be asked. Counts nothing. */
MUST_CHECK Error *transform_freshness(const TransformOptions *options, Reporter *reporter,
                                      TransformCounts *out_counts);
/* Compiles the selected nodes and writes catalog.json and the page that shows it and the manifest.
 */
MUST_CHECK Error *transform_docs(const TransformOptions *options, Reporter *reporter,
                                 TransformCounts *out_counts);
/* Does again what failed or was skipped in the run before, with its arguments. ERR_CONFIG when
 * there are no results of one. */
MUST_CHECK Error *transform_retry(const TransformOptions *options, Reporter *reporter,
                                  TransformCounts *out_counts);
/* Removes the directories of `clean-targets`. ERR_CONFIG, with nothing removed, when one of them
 * has sources or lies outside of the project. */
MUST_CHECK Error *transform_clean(const TransformOptions *options, Reporter *reporter);

typedef enum DebugPart { DEBUG_ALL, DEBUG_CONNECTION, DEBUG_CONFIG_DIR } DebugPart;
/* Tells what is configured and whether the warehouse can be opened; ERR_FAILED when it cannot. */
MUST_CHECK Error *transform_debug(const TransformOptions *options, Reporter *reporter,
                                  DebugPart part);
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
