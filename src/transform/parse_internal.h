/* transform/parse_internal.h - what the files parse*.c share. */
#ifndef TRANSFORM_PARSE_INTERNAL_H
#define TRANSFORM_PARSE_INTERNAL_H

#include "transform/context.h"
#include "transform/discover.h"
#include "transform/parse.h"
#include "transform/yaml_render.h"

/* A node whose levels of configuration are still being collected. */
typedef struct PendingNode {
    Node *node;
    const Value *in_file; /* of its own config() calls; may be NULL */
    const Value *patch;   /* its entry of a property file, rendered; may be NULL */
    const ProjectFile *patch_file;
} PendingNode;

typedef struct Parser {
    Session *session;
    Arena *arena;
    JinjaState *state;
    const ProjectFileDef *project; /* the one being read */
    VEC(PendingNode) pending;      /* its nodes */
    StrMap templates; /* path and code -> JinjaTemplate: tests of a file share theirs */
} Parser;

/* A node of the project being read, with path, fqn, id and so on; not yet rendered. */
Node *parse_new_node(Parser *parser, ResourceType type, Str name, const ProjectFile *file);
/* "<before>.<package>.<after>" */
Str parse_unique_id(Parser *parser, const char *before, Str after);
/* Renders the node's code and notes what it refers to. `vars` are further names (may be NULL). The
 * node's own config() calls are merged into *out_config, which may come back NULL. */
MUST_CHECK Error *parse_render_node(Parser *parser, Node *node, JDict *vars,
                                    const Value **out_config);
/* Merges all levels of the node's config and derives tags, schema, alias, relation. `patch` is the
 * `config:` of its property file entry, `in_file` that of its own calls; both may be NULL. */
MUST_CHECK Error *parse_configure(Parser *parser, Node *node, const Value *patch,
                                  const Value *in_file);
/* Adds text to tags unless it is there. */
void parse_add_tags(Arena *arena, const Value *tags, StrVec *out);

/* What dbt prints for the failure of a render, with the place in the file and the line there. */
MUST_CHECK Error *parse_node_error(const Context *ctx, TAKES Error *err);

/* parse_hooks.c: what the pre- and post-hooks of a configured node refer to becomes the node's. */
MUST_CHECK Error *parse_model_hooks(Parser *parser, Node *node);
/* The project's on-run-start and on-run-end as operations. */
MUST_CHECK Error *parse_run_hooks(Parser *parser);

/* parse_properties.c: the property files of the project. */
MUST_CHECK Error *parse_properties(Parser *parser);
/* What reading YAML in the project's name needs. */
Context parse_yaml_context(Parser *parser);
/* parse_sources.c: one entry of `sources:` and of `exposures:`, rendered. */
MUST_CHECK Error *parse_source(Parser *parser, const ProjectFile *file, const Value *entry);
MUST_CHECK Error *parse_exposure(Parser *parser, const ProjectFile *file, const Value *entry);

/* What tests of a property file's entry are about. */
typedef struct TestOwner {
    Str name;     /* "orders", "source_table" */
    Str ref_text; /* "ref('orders')", "source('raw', 'orders')" */
    Str key;      /* "models.orders" */
    Str attached; /* unique_id, empty for a source */
    bool is_source;
    const Value *tags; /* list that all tests inherit; may be NULL */
} TestOwner;

/* parse_tests.c: the tests that an entry and its columns ask for. */
MUST_CHECK Error *parse_tests_of(Parser *parser, const ProjectFile *file, const Value *entry,
                                 const TestOwner *owner);

#endif
