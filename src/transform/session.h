/* transform/session.h - one invocation: what was asked for, the project and its packages, the
 * manifest and the tools to render templates with. Made once by transform.c on one thread; then
 * shared by the workers, who do not change it. */
#ifndef TRANSFORM_SESSION_H
#define TRANSFORM_SESSION_H

#include "base/thread.h"
#include "jinja/jinja.h"
#include "transform/console/report.h"
#include "transform/context/relation_cache.h"
#include "transform/graph/graph.h"
#include "transform/graph/macro_library.h"
#include "transform/graph/manifest.h"
#include "transform/parse/project_file.h"
#include "transform/run/profile.h"
#include "transform/select/selector_file.h"
#include "transform/select/state.h"
#include "transform/transform.h"

/* Where lines go: the reporter and the log file; see report.c. */
typedef struct ReportSink ReportSink;
/* Ephemeral models that were rendered; see run/ephemeral.h. */
typedef struct EphemeralCache EphemeralCache;

typedef struct Session {
    Arena *arena;
    const TransformOptions *options;
    const Flags *flags;
    const Value *flag_values; /* all by name in small letters, a map */
    Reporter *reporter;
    Str invocation_id;
    int64_t started_us;
    Str command;           /* "run", as flags.WHICH has it */
    const Value *cli_vars; /* map */
    const Profile *profile;
    Error
        *profile_fault; /* of `debug` alone: why there is no profile, and what is wrong with the */
    Error *project_fault;       /* project, else NULL */
    ProjectFileDefVec projects; /* the root, then its packages by name */
    NamedSelectorVec selectors; /* of the root */
    Manifest *manifest;
    const Graph *graph;
    const MacroLibrary *macros;
    StrVec selected;               /* unique ids */
    const NodeSet *selected_nodes; /* the same, while they are run; else NULL */
    const State *deferred;         /* with --defer, from before the first node; else NULL */
    JinjaEnv *env;
    JSharedHeap *shared;
    Mutex graph_mutex;
    JValue graph_value;         /* see session_graph(); guarded by graph_mutex */
    RelationCache *relations;   /* guards itself */
    EphemeralCache *ephemerals; /* guards itself */
    Str target_path;            /* as shown: "target"; from the root project's directory */
    ReportSink *sink;           /* guards itself */
    Warehouse *warehouse;       /* NULL until a command needs it */
    bool owns_warehouse;
    Cancel stop; /* what all work of the session looks at: the caller's token, and --fail-fast while
                  * nodes are run */
    VEC(Arena *) arenas; /* of workers, freed with the session */
    size_t worker_count;
} Session;

/* The project of that name; NULL when there is none. */
const ProjectFileDef *session_project(const Session *session, Str package);
/* The value of a variable for a node of `package`, or NULL. */
const Value *session_var(const Session *session, Str package, Str name);
/* All that a node of `package` can ask for, and the variables of other packages under their names.
 */
Value session_vars(const Session *session, Arena *arena, Str package);

/* What templates know as `graph`, on the shared heap; made when it is first asked for, which most
 * projects never do. Any thread. */
JValue session_graph(Session *session);

/* An arena that lives as long as the session. */
Arena *session_new_arena(Session *session, const char *name);

/* Tells the reporter and the log; one caller at a time gets through. */
void report_text(const Session *session, LogLevel level, const char *name, Str text);
/* A warning by the name of dbt's event. What --warn-error-options silence is not told; what they
 * make an error is kept instead, for report_raised(). report_text() does so, too, with "[WARNING]:
 * " in front. */
void report_warning(const Session *session, const char *name, Str text);
/* The same with the members that JSON shows of it; "[WARNING]: " is put in front of the text when
 * `marked`. */
void report_warning_event(const Session *session, const ReportEvent *event, bool marked);
/* The first warning that is an error, or NULL: asked for where the work can stop. ERR_TEMPLATE. */
MUST_CHECK Error *report_raised(const Session *session);
bool report_has_raised(const Session *session);
/* A warning in lines of --printer-width, as dbt folds some of them. */
void report_folded_warning(const Session *session, const char *name, Str text);
/* A warning as it stands, and only the first time the text is told. */
void report_warning_once(const Session *session, const char *name, Str text);
/* The same with "[WARNING]: " in front. */
void report_marked_warning_once(const Session *session, const char *name, Str text);
void report_event(const Session *session, const ReportEvent *event);
void report_print(const Session *session, Str text);
/* What a command was called for: told as it is, without a time, however much is told besides; as an
 * event where lines are JSON. */
void report_result(const Session *session, const ReportEvent *event);

#endif
