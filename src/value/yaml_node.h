/* value/yaml_node.h - a YAML document as libyaml's events tell it, before tags are turned into
 * values: what PyYAML calls the representation graph. Aliases are pointers to the node they name,
 * so a graph may contain itself. Between the two halves of the YAML reader only; everything lives
 * in one arena. */
#ifndef VALUE_YAML_NODE_H
#define VALUE_YAML_NODE_H

#include "value/reading.h"
#include "value/yaml_scalar.h"

typedef enum YamlNodeKind { YAML_NODE_SCALAR, YAML_NODE_LIST, YAML_NODE_MAP } YamlNodeKind;

typedef struct YamlNode YamlNode;

typedef struct YamlPair {
    YamlNode *key;
    YamlNode *value;
} YamlPair;

struct YamlNode {
    YamlNodeKind kind;
    YamlTag tag;
    Str tag_text; /* as written, in full form, where the tag is unknown */
    Value place;  /* null, with the position */
    Str text;     /* of a scalar */

    /* Where it stands, in characters from the beginning of the text, for editing. A block list or
     * map ends with its last part. */
    size_t start;
    size_t end;
    bool is_flow;  /* a list or map in brackets */
    bool is_block; /* a text after | or > */

    VEC(YamlNode *) items;
    VEC(YamlPair) pairs;

    /* Used while values are made. */
    enum { YAML_NODE_RAW, YAML_NODE_OPEN, YAML_NODE_DONE } state;
    enum { YAML_MERGE_RAW, YAML_MERGE_OPEN, YAML_MERGE_DONE } merge_state;
    size_t merged; /* pairs[0 .. merged) came by merge keys */
    size_t weight; /* values below and including this one, aliases counted each time */
    size_t height; /* levels below this one, through aliases too */
    Value value;
};

typedef struct YamlDocument {
    YamlNode *root;
    Value place; /* of its beginning: the `---`, if there is one */
} YamlDocument;
typedef VEC(YamlDocument) YamlDocumentVec;

/* All documents of the text. */
MUST_CHECK Error *yaml_compose(Arena *arena, const ValueFile *file, Str text,
                               const ReadOptions *options, YamlDocumentVec *out_documents);

/* The name of the kind in PyYAML's messages. */
const char *yaml_node_kind_text(YamlNodeKind kind);

#endif
