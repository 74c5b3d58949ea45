/* transform/parse/internal.h - what the files parse*.c share. */
#ifndef TRANSFORM_PARSE_INTERNAL_H
#define TRANSFORM_PARSE_INTERNAL_H

#include "transform/context/context.h"
#include "transform/parse/discover.h"
#include "transform/parse/parse.h"
#include "transform/parse/yaml_render.h"

/* A node whose levels of configuration are still being collected. */
typedef struct PendingNode {
    Node *node;
    const ProjectFile *file; /* it stands in */
    const Value *in_file;    /* of its own config() calls; may be NULL */
    const Value *patch;      /* its entry of a property file, rendered; may be NULL */
    const ProjectFile *patch_file;
} PendingNode;

typedef struct PendingTest PendingTest; /* see tests.c */

/* What one thread parses with. The first one also collects what comes in order; the others help it
 * for the length of a parse_each(). */
typedef struct Parser {
    Session *session;
    Arena *arena;   /* for what becomes part of the manifest */
    Arena *scratch; /* for work on one node */
    JinjaState *state;
    const ProjectFileDef *project; /* the one being read */
    StrMap templates; /* path and code -> JinjaTemplate: tests of a file share theirs */
    StrMap configs;   /* see configure.c */

    /* Of the first one only. */
    VEC(PendingNode) pending; /* the project's nodes */
    StrMap pending_by_name;   /* "model orders" -> its entry in `pending` */
    VEC(PendingNode) entries; /* made by property files, which come behind those */
    VEC(PendingTest) tests;
    NodeVec unit_tests; /* of the project, not yet attached to their models */
    struct Parser *helpers;
    size_t helper_count;
} Parser;

/* Does work(parser, items, i) for each i below `count`, on all processors when there is enough of
 * it; each thread gets a Parser of its own, whose scratch is empty again afterwards. What follows
 * may depend on the order, so work() only fills in its own item; the error is that of the first
 * item that fails. */
typedef Error *(*ParseWork)(Parser *parser, void *items, size_t index);
MUST_CHECK Error *parse_each(Parser *parser, size_t count, ParseWork work, void *items);
void parser_done(Parser *parser);
/* What it makes for the manifest lies in `arena`. */
void parser_init(Session *session, Arena *arena, Parser *out);
DEFINE_AUTO_DONE(parser, Parser)

/* A template in `arena`, with which it is freed. */
MUST_CHECK Error *parse_compile(const JinjaEnv *env, Arena *arena, Str path, Str code,
                                const JinjaTemplate **out);
/* A node of the project being read, with path, fqn, id and so on; not yet rendered. */
Node *parse_new_node(Parser *parser, ResourceType type, Str name, const ProjectFile *file);
/* "<before>.<package>.<after>" */
Str parse_unique_id(Parser *parser, const char *before, Str after);
/* What a node's code is rendered with. */
typedef struct ParseInput {
    JDict *vars;     /* names of this render alone; may be NULL */
    RefCallVec refs; /* what it refers to already */
    SourceCallVec sources;
} ParseInput;

/* Renders the node's code and notes what it refers to. Its own config() calls are merged into
 * *out_config, which may come back NULL; it lies in the scratch. */
MUST_CHECK Error *parse_render_node(Parser *parser, Node *node, const ParseInput *input,
                                    const Value **out_config);
/* Renders "ref('orders')" as if the node's code called it. What it refers to becomes the node's,
 * and stands alone in `out_call` (may be NULL). */
MUST_CHECK Error *parse_reference(Parser *parser, Node *node, Str text, Node *out_call);
/* Adds what was noted to what the node refers to, in `arena`: captures lie in a scratch. */
void parse_keep_capture(Arena *arena, const Capture *capture, Node *node);
/* Merges all levels of the node's config and derives tags, schema, alias, relation. `patch` is the
 * `config:` of its property file entry, `in_file` that of its own calls; both may be NULL. */
MUST_CHECK Error *parse_configure(Parser *parser, Node *node, const Value *patch,
                                  const Value *in_file);
/* The same for what has no relation; `config` is that of its entry. */
MUST_CHECK Error *parse_configure_entry(Parser *parser, Node *node, const Value *config);
/* Adds text to tags unless it is there. */
void parse_add_tags(Arena *arena, const Value *tags, StrVec *out);

/* What dbt prints for the failure of a render, with the place in the file and the line there. */
MUST_CHECK Error *parse_node_error(const Context *ctx, TAKES Error *err);

/* macros.c: the built-in macros and those of all projects, and the library made of them. */
MUST_CHECK Error *parse_macros(Session *session);

/* hooks.c: what the pre- and post-hooks of a configured node refer to becomes the node's. */
MUST_CHECK Error *parse_model_hooks(Parser *parser, Node *node);
/* The project's on-run-start and on-run-end as operations. */
MUST_CHECK Error *parse_run_hooks(Parser *parser);

/* The node of that type and name in the project; NULL when there is none. */
PendingNode *parse_find_pending(Parser *parser, ResourceType type, Str name);

/* ParseWork on PendingNodes: reads the file and renders its code. */
MUST_CHECK Error *parse_read_node(Parser *parser, void *items, size_t index);
/* versions.c: an entry of `models:` with `versions:`. */
MUST_CHECK Error *parse_versions(Parser *parser, const ProjectFile *file, const Value *entry);

/* groups.c: an entry of `groups:`. */
MUST_CHECK Error *parse_group(Parser *parser, const ProjectFile *file, const Value *entry);
/* A wrong `access`. */
MUST_CHECK Error *parse_check_access(const Node *node);
/* The date as artifacts have it. */
Str parse_deprecation_date(Arena *arena, const Value *date);
/* References to what is private, groups that do not exist; warns about what is deprecated. After
 * manifest_resolve. */
MUST_CHECK Error *parse_check_references(Session *session);

/* unused_config.c: warns about what dbt_project.yml configures where nothing is. After
 * manifest_finish. */
void parse_warn_unused_configs(const Session *session);

/* microbatch.c: the configuration of models that are built batch by batch, and what they read.
 * After manifest_resolve. */
MUST_CHECK Error *parse_check_microbatches(Session *session);

/* functions.c: an entry of `functions:`. */
MUST_CHECK Error *parse_function(Parser *parser, const ProjectFile *file, const Value *entry);
/* Arguments with a default stand behind those without. */
MUST_CHECK Error *parse_check_arguments(const Manifest *manifest);

/* The node's part for models, made when it has none yet. */
ModelInfo *parse_model_info(Arena *arena, Node *node);
/* models.c: what the entry of a configured model says of it alone: constraints, contract. One
 * node after the other, for what it warns about. */
MUST_CHECK Error *parse_model_properties(Parser *parser, const PendingNode *pending);
/* Which columns identify the rows of the models. After manifest_resolve. */
void parse_primary_keys(Manifest *manifest);
/* foreign_keys.c: notes what foreign keys of the model refer to, as if it called ref(). */
MUST_CHECK Error *parse_foreign_keys(Parser *parser, Node *node);
/* Puts the relations in place of the references. After manifest_resolve. */
MUST_CHECK Error *parse_resolve_foreign_keys(Session *session);

/* properties.c: the property files of the project. */
MUST_CHECK Error *parse_properties(Parser *parser);
/* Gives a node its entry; `pending` is NULL when nothing is called `name`, which is a warning. */
MUST_CHECK Error *parse_attach_patch(Parser *parser, PendingNode *pending, const ProjectFile *file,
                                     const Value *entry, const char *section, Str name);
/* The list `columns` of an entry as a map by name. */
const Value *parse_columns_by_name(Arena *arena, const Value *entry);
/* What reading YAML in the project's name needs. */
Context parse_yaml_context(Parser *parser);
/* sources.c: one entry of `sources:` and of `exposures:`, rendered. */
MUST_CHECK Error *parse_source(Parser *parser, const ProjectFile *file, const Value *entry);
MUST_CHECK Error *parse_exposure(Parser *parser, const ProjectFile *file, const Value *entry);

/* The entry with a shape's complaint "at path ...", in dbt's words; other errors as they are. */
MUST_CHECK Error *parse_wrong_entry(const ProjectFile *file, ResourceType type, const Value *entry,
                                    TAKES Error *err);

/* time_spine.c: what the entry of a configured model says of it as the calendar of metrics. */
MUST_CHECK Error *parse_time_spine(Parser *parser, const PendingNode *pending);
/* semantic_check.c: what only all metrics and semantic models together show, and that there is a
 * calendar for them. After the graph is made. */
MUST_CHECK Error *parse_check_semantics(Session *session);

/* semantic.c: an entry of `metrics:`, `semantic_models:` and `saved_queries:`. */
MUST_CHECK Error *parse_metric(Parser *parser, const ProjectFile *file, const Value *entry);
MUST_CHECK Error *parse_semantic_model(Parser *parser, const ProjectFile *file, const Value *entry);
MUST_CHECK Error *parse_saved_query(Parser *parser, const ProjectFile *file, const Value *entry);

/* docs.c: the {% docs %} blocks of all projects, before what refers to them. */
MUST_CHECK Error *parse_docs(Session *session);
/* Renders the descriptions in an entry of the section, and notes their blocks as "doc_blocks". */
MUST_CHECK Error *parse_descriptions(Parser *parser, const char *section, Value *entry);
/* The blocks noted in the entry become the node's. */
void parse_doc_blocks(Arena *arena, const Value *entry, Node *node);

/* snapshots.c: the {% snapshot %} blocks of the project, still to be rendered. */
MUST_CHECK Error *parse_snapshot_files(Parser *parser, const IgnoreList *ignored);
/* An entry of `snapshots:` that names a relation, which needs no block. */
MUST_CHECK Error *parse_snapshot_entry(Parser *parser, const ProjectFile *file, const Value *entry);
/* Where the configured snapshot is kept. ERR_CONFIG when its configuration lacks something. */
MUST_CHECK Error *parse_configure_snapshot(Parser *parser, Node *node);

/* parse_unit_tests.c: an entry of `unit_tests:`, and, once its models are known, all those of the
 * project. */
MUST_CHECK Error *parse_unit_test(Parser *parser, const ProjectFile *file, const Value *entry);
MUST_CHECK Error *parse_noted_unit_tests(Parser *parser);

/* What tests of a property file's entry are about. */
typedef struct TestOwner {
    Str name;     /* "orders", "source_table" */
    Str ref_text; /* "ref('orders')", "source('raw', 'orders')" */
    Str key;      /* "models.orders" */
    Str attached; /* unique_id, empty for a source */
    Str group;    /* of the model */
    bool is_source;
    const Value *tags; /* list that all tests inherit; may be NULL */
} TestOwner;

/* tests.c: takes note of the tests that an entry and its columns ask for, and makes nodes of
 * all that were noted. `owner` is copied, what it names must live on. */
MUST_CHECK Error *parse_tests_of(Parser *parser, const ProjectFile *file, const Value *entry,
                                 const TestOwner *owner);
MUST_CHECK Error *parse_noted_tests(Parser *parser);

#endif
