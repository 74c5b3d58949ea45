/* transform/graph/node.h - the things a project consists of, as plain data: models, seeds, tests,
 * sources and the rest are all Nodes, macros are Macros. They live in the manifest's arena. While a
 * project is parsed one thread fills them in; from manifest_finish() on they never change, and all
 * threads may read them. What a run finds out about a node is kept apart (result.h). */
#ifndef TRANSFORM_GRAPH_NODE_H
#define TRANSFORM_GRAPH_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "base/vec.h"
#include "value/value.h"

/* Kind, the name in ids and artifacts, how many of them are called, key of its config tree, member
 * of the manifest. */
#define RESOURCE_TYPES(X) \
    X(MODEL, "model", "models", "models", "nodes") \
    X(ANALYSIS, "analysis", "analyses", "models", "nodes") \
    X(TEST, "test", "data tests", "data_tests", "nodes") \
    X(SNAPSHOT, "snapshot", "snapshots", "snapshots", "nodes") \
    X(OPERATION, "operation", "operations", "models", "nodes") \
    X(SEED, "seed", "seeds", "seeds", "nodes") \
    X(INLINE, "sql_operation", "sql operations", "", "nodes") \
    X(SOURCE, "source", "sources", "sources", "sources") \
    X(EXPOSURE, "exposure", "exposures", "exposures", "exposures") \
    X(METRIC, "metric", "metrics", "metrics", "metrics") \
    X(SEMANTIC_MODEL, "semantic_model", "semantic models", "semantic-models", "semantic_models") \
    X(SAVED_QUERY, "saved_query", "saved queries", "saved-queries", "saved_queries") \
    X(UNIT_TEST, "unit_test", "unit tests", "unit_tests", "unit_tests") \
    X(FUNCTION, "function", "functions", "functions", "functions")

typedef enum ResourceType {
#define X(name, text, plural, tree, member) RESOURCE_##name,
    RESOURCE_TYPES(X)
#undef X
        RESOURCE_TYPE_COUNT
} ResourceType;

Str resource_type_name(ResourceType type);
Str resource_type_plural(ResourceType type);
/* "models" for RESOURCE_MODEL: where dbt_project.yml configures it. Empty for those without a tree.
 */
Str resource_type_tree(ResourceType type);
/* "nodes" for RESOURCE_MODEL: the member of manifest.json, and of `graph`, that has it. */
Str resource_type_member(ResourceType type);
/* Metrics, semantic models and saved queries: entries of property files that describe queries. */
bool resource_type_is_semantic(ResourceType type);
/* False when no resource is called so. */
bool resource_type_parse(Str name, ResourceType *out_type);
/* Models, seeds and snapshots: what ref() may name. */
bool resource_type_is_refable(ResourceType type);

/* One call of ref(); an empty package or version was not given. */
typedef struct RefCall {
    Str package;
    Str name;
    Str version;
} RefCall;
typedef VEC(RefCall) RefCallVec;

/* One call of source(). */
typedef struct SourceCall {
    Str source;
    Str table;
} SourceCall;
typedef VEC(SourceCall) SourceCallVec;

/* One call of metric() or function(). */
typedef struct NamedCall {
    Str package; /* empty = not given */
    Str name;
} NamedCall;
typedef VEC(NamedCall) NamedCallVec;

/* What makes a test a generic one. */
typedef struct TestInfo {
    Str macro_name;    /* "unique", without namespace and prefix */
    Str macro_package; /* empty = looked up as usual */
    const Value
        *kwargs;     /* map, in the order of the entry; "model" is the text of a Jinja expression */
    Str column_name; /* empty for a test of the whole relation */
    Str group;       /* of what is tested */
    Str attached_node; /* unique_id of what is tested; empty when that is missing */
    Str file_key_name; /* "models.orders" */
} TestInfo;

typedef struct SourceInfo {
    Str source_name;
    Str identifier; /* name in the database */
    Str external;   /* what is read in place of a table, see external_source.h; empty for a table */
    Str source_description;
    Str loader;
    const Value *raw_source; /* the entries of the property file, for artifacts */
    const Value *raw_table;
    bool quote_database, quote_schema, quote_identifier;
} SourceInfo;

/* The target of a foreign key, "ref('orders')" or "source('raw', 'orders')". */
typedef struct ForeignKey {
    Str to;
    RefCall ref;
    SourceCall source; /* where `ref` has no name */
} ForeignKey;

/* What a property file says of models alone. */
typedef struct ModelInfo {
    const Value *constraints; /* list as written; may be NULL */
    Str contract_checksum;    /* empty without an enforced contract */
    VEC(ForeignKey) foreign_keys;
    StrVec primary_key; /* of the constraints, else as tests let suppose */
    Value version;      /* null for most models */
    Value latest_version;
    const Value *time_spine; /* as artifacts have it, or NULL */
    Str deprecation_date;    /* "2024-01-01T00:00:00+00:00"; empty when there is none */
} ModelInfo;

/* Rows that a unit test gives to its model, or expects of it. */
typedef struct UnitFixture {
    Str input; /* "ref('orders')", "source('raw', 'orders')" or "this"; empty for expected ones */
    const Value *rows; /* list of maps; the text of a query where the format is sql */
    Str format;        /* "dict", "csv" or "sql" */
    Str fixture;       /* the file that has them, without its extension; empty without one */
} UnitFixture;
typedef VEC(UnitFixture) UnitFixtureVec;

/* What makes a unit test. */
typedef struct UnitTestInfo {
    Str model; /* as written */
    const struct Node *tested;
    UnitFixtureVec given;
    UnitFixture expected;
    const Value *overrides; /* map of `macros`, `vars` and `env_vars`; NULL = none */
    const Value *versions;  /* map of `include` and `exclude`; NULL = none */
} UnitTestInfo;

/* What a property file says of a function alone, as artifacts have it. */
typedef struct FunctionInfo {
    const Value *arguments; /* list of maps */
    const Value *returns;
} FunctionInfo;

typedef struct Node {
    ResourceType type;
    Str unique_id;
    Str name;
    Str package;
    Str path;          /* below the resource path: "marts/orders.sql" */
    Str original_path; /* below the project: "models/marts/orders.sql" */
    Str build_path;    /* where it is written below compiled/<package>/ and run/<package>/ */
    StrVec fqn;
    Str raw_code;
    unsigned lines_before;           /* how many lines of the file stand before raw_code */
    const struct JinjaTemplate *tpl; /* of raw_code; NULL for what has none */
    Str root_path;                   /* of the project, of a seed */
    Str checksum;                    /* hex, or empty for generic tests */
    bool checksum_of_path;           /* it is the file's path: the file is too large to be hashed */
    Str database;
    Str schema;
    Str alias;
    Str relation_name; /* rendered; empty for what has no relation */
    bool enabled;
    const Value *config;            /* map: declared fields in their order, then the user's own */
    const Value *unrendered_config; /* map: what the user wrote, all levels together */
    StrVec tags;                    /* sorted, each once */
    const Value *meta;              /* map */
    const Value *columns;           /* map of column name to its entry, see constraint.h */
    Str description;
    StrVec doc_blocks; /* unique ids of the blocks in it */
    Str patch_path;    /* "package://models/schema.yml"; empty when no property file names it */
    RefCallVec refs;
    SourceCallVec sources;
    NamedCallVec metrics;
    NamedCallVec functions;
    StrVec depends_on;        /* unique ids of nodes, in order of first use */
    StrVec depends_on_macros; /* unique ids */
    int64_t created_us;
    const TestInfo *test;     /* of a generic test, else NULL */
    const SourceInfo *source; /* of a source, else NULL */
    ModelInfo *model;         /* of a model that a property file describes, else NULL */
    const Value *entry;       /* of an exposure: that of the property file. Of metrics and their
                               * like: the same in the shape of artifacts. Else NULL */
    const UnitTestInfo *unit_test; /* of a unit test, else NULL */
    const FunctionInfo *function;  /* of a function that a property file describes, else NULL */
    size_t hook_index;             /* of an operation, among those of its kind */
    size_t index;                  /* place in the manifest's `nodes` once it is finished */
} Node;

typedef Node *NodePtr;
typedef VEC(NodePtr) NodeVec;

/* Versions: models of one name told apart by `v`. The text of a version; "orders.v2" is what a
 * reference to it names, plain "orders" for all else. */
bool node_is_versioned(const Node *node);
bool node_is_latest(const Node *node);
Str node_version_text(Arena *arena, const Value *version);
Str node_reference_name(Arena *arena, const Node *node);
/* Versions that are numbers compare as such, others as text; below, at or above 0. */
int version_compare(const Value *a, const Value *b);
/* That of a test of a model is the model's. Empty for none. */
Str node_group(const Node *node);

/* "view", "table", "test"; empty for what is never materialised. */
Str node_materialized(const Node *node);
bool node_is_ephemeral(const Node *node);
/* "sql", or "python": the language of its code, as its file's name says. */
Str node_language(const Node *node);
bool node_is_python(const Node *node);
/* True for what becomes a relation of its own: models that are not ephemeral, seeds, snapshots, and
 * tests that store their failures. */
bool node_is_relational(const Node *node);
/* A generic or singular test. */
bool node_is_test(const Node *node);
bool node_is_unit_test(const Node *node);
/* What a unit test is called where it runs: that of a model with versions has the version behind
 * its name. */
Str node_unit_test_name(const Node *node, Arena *arena);
/* Whether the node itself has the tag. */
bool node_has_tag(const Node *node, Str tag);
/* "model", "macro": what messages call the kind of it. */
Str node_type_word(const Node *node);
/* "model orders (models/orders.sql)": how messages call it. */
Str node_label(const Node *node, Arena *arena);
/* "marts.orders", or with the database in front when that is not `default_database`. */
Str node_display_relation(const Node *node, Str default_database, Arena *arena);

/* An entry of `groups:`. */
typedef struct Group {
    Str unique_id;
    Str name;
    Str package;
    Str path;
    Str original_path;
    const Value *entry;
    const Value *config; /* map */
} Group;

typedef Group *GroupPtr;
typedef VEC(GroupPtr) GroupVec;

/* A {% docs %} block: text that descriptions refer to. */
typedef struct DocBlock {
    Str unique_id; /* "doc.pkg.name" */
    Str name;
    Str package;
    Str path;          /* below its resource path */
    Str original_path; /* below the project */
    Str contents;
} DocBlock;

/* A macro, test or materialization block of a file. */
typedef struct Macro {
    Str unique_id; /* "macro.pkg.name" */
    Str name;      /* "generate_schema_name", "test_unique", "materialization_view_default" */
    Str package;
    Str path;                        /* below the project: "macros/names.sql" */
    Str sql;                         /* the block as it stands in the file */
    const struct JinjaTemplate *tpl; /* of its file; NULL until it is compiled */
    size_t tpl_index;                /* which of the template's macros */
    unsigned line;                   /* of the block in its file, from 1 */
    Str description;
    const Value *properties; /* the entry of a property file, or NULL */
    Str patch_path;          /* "package://macros/schema.yml" of that file */
    int64_t created_us;
    StrVec depends_on; /* unique ids of macros it names, found without running it */
    size_t index;      /* place in the manifest's `macros` */
} Macro;

typedef Macro *MacroPtr;
typedef VEC(MacroPtr) MacroVec;
typedef const Macro *MacroRef;
typedef VEC(MacroRef) MacroRefVec;

#endif
