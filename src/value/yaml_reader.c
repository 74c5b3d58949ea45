/* value/yaml_reader.c - the second half of the YAML reader: nodes to values, merge keys included.
 */
#include "value/yaml_reader.h"

#include "value/yaml_node.h"

typedef struct Constructor {
    Arena *arena;   /* of the result */
    Arena *scratch; /* of the nodes */
    size_t merge_depth;
    const ReadOptions *options;
    const ValueFile *file;
} Constructor;

const char *yaml_node_kind_text(YamlNodeKind kind)
{
    switch (kind) {
    case YAML_NODE_SCALAR:
        return "scalar";
    case YAML_NODE_LIST:
        return "sequence";
    case YAML_NODE_MAP:
        return "mapping";
    }
    return "";
}

static Error *wrong_node(const YamlNode *node, const char *expected)
{
    return value_error(ERR_CONFIG, &node->place, "expected a %s node, but found %s", expected,
                       yaml_node_kind_text(node->kind));
}

static Error *contains_itself(const YamlNode *node)
{
    return value_error(ERR_CONFIG, &node->place, "the anchor's content contains itself");
}

static Error *too_deep(const Constructor *constructor, const YamlNode *node)
{
    return value_error(ERR_LIMIT, &node->place, "nested too deeply: more than %zu levels",
                       constructor->options->max_depth);
}

static Error *too_many(const Constructor *constructor, const YamlNode *node)
{
    return error_hint(value_error(ERR_LIMIT, &node->place, "too many values: more than %zu",
                                  constructor->options->max_nodes),
                      "aliases count each time they are used");
}

/* ---- Merge keys: `<<: *other` puts the other map's pairs in front of the own ones. ---- */

typedef VEC(YamlPair) YamlPairVec;

static Error *flatten(Constructor *constructor, YamlNode *node);

static Error *add_merged(Constructor *constructor, YamlNode *map, YamlNode *from,
                         YamlPairVec *merged)
{
    if (from->kind != YAML_NODE_MAP) {
        return value_error(ERR_CONFIG, &from->place, "expected a mapping for merging, but found %s",
                           yaml_node_kind_text(from->kind));
    }
    if (++constructor->merge_depth > constructor->options->max_depth) {
        return too_deep(constructor, from);
    }
    TRY(flatten(constructor, from));
    constructor->merge_depth--;
    if (merged->len + from->pairs.len > constructor->options->max_nodes) {
        return too_many(constructor, map);
    }
    for (VEC_EACH(YamlPair, pair, &from->pairs)) {
        VEC_PUSH(constructor->scratch, merged, *pair);
    }
    return NULL;
}

static Error *merge_one_key(Constructor *constructor, YamlNode *map, YamlNode *value,
                            YamlPairVec *merged)
{
    if (value->kind == YAML_NODE_SCALAR) {
        return value_error(ERR_CONFIG, &value->place,
                           "expected a mapping or list of mappings for merging, but found scalar");
    }
    if (value->kind == YAML_NODE_MAP) {
        return add_merged(constructor, map, value, merged);
    }
    for (size_t i = value->items.len; i > 0; i--) { /* the first of the list counts most */
        TRY(add_merged(constructor, map, value->items.data[i - 1], merged));
    }
    return NULL;
}

static Error *flatten(Constructor *constructor, YamlNode *node)
{
    if (node->merge_state == YAML_MERGE_DONE) {
        return NULL;
    }
    if (node->merge_state == YAML_MERGE_OPEN) {
        return contains_itself(node);
    }
    node->merge_state = YAML_MERGE_OPEN;
    YamlPairVec merged = {0};
    YamlPairVec own = {0};
    for (VEC_EACH(YamlPair, pair, &node->pairs)) {
        if (pair->key->tag == YAML_TAG_MERGE) {
            TRY(merge_one_key(constructor, node, pair->value, &merged));
            continue;
        }
        if (pair->key->tag == YAML_TAG_VALUE) {
            pair->key->tag = YAML_TAG_STR;
        }
        VEC_PUSH(constructor->scratch, &own, *pair);
    }
    node->merged = merged.len;
    if (merged.len > 0 || own.len < node->pairs.len) {
        for (VEC_EACH(YamlPair, pair, &own)) {
            VEC_PUSH(constructor->scratch, &merged, *pair);
        }
        node->pairs.data = merged.data;
        node->pairs.len = merged.len;
        node->pairs.capacity = merged.capacity;
    }
    node->merge_state = YAML_MERGE_DONE;
    return NULL;
}

/* ---- Values ---- */

static Error *construct(Constructor *constructor, YamlNode *node, Value *out);

/* Constructs a part of `node`, and counts how much and how deep that makes it. */
static Error *construct_part(Constructor *constructor, YamlNode *node, YamlNode *part, Value *out)
{
    TRY(construct(constructor, part, out));
    node->weight += part->weight;
    node->height = part->height >= node->height ? part->height + 1 : node->height;
    if (node->height > constructor->options->max_depth) {
        return too_deep(constructor, node);
    }
    return node->weight > constructor->options->max_nodes ? too_many(constructor, node) : NULL;
}

static Error *construct_list(Constructor *constructor, YamlNode *node, Value *out)
{
    Value *items = ARENA_ARRAY(constructor->arena, Value, node->items.len);
    for (size_t i = 0; i < node->items.len; i++) {
        TRY(construct_part(constructor, node, node->items.data[i], &items[i]));
    }
    *out = value_list(items, node->items.len);
    return NULL;
}

static Error *construct_key(Constructor *constructor, YamlNode *map, YamlNode *key, Value *out)
{
    TRY(construct_part(constructor, map, key, out));
    if (key->kind != YAML_NODE_SCALAR) {
        return value_error(ERR_CONFIG, &key->place,
                           "found unhashable key (while constructing a mapping from line %u)",
                           (unsigned)map->place.line);
    }
    return NULL;
}

static Error *construct_map(Constructor *constructor, YamlNode *node, Value *out)
{
    TRY(flatten(constructor, node));
    ValueMapBuilder builder = value_map_begin(constructor->arena);
    ValueMapBuilder own = node->merged > 0 ? value_map_begin(constructor->scratch) : builder;
    for (size_t i = 0; i < node->pairs.len; i++) {
        Value key;
        Value value;
        TRY(construct_key(constructor, node, node->pairs.data[i].key, &key));
        TRY(construct_part(constructor, node, node->pairs.data[i].value, &value));
        if (i >= node->merged) {
            read_note_duplicate(constructor->arena, constructor->options, &own, &key);
        }
        if (i >= node->merged && node->merged > 0) {
            value_map_put(&own, key, value_null());
        }
        value_map_put(&builder, key, value);
    }
    *out = value_map_end(&builder);
    return NULL;
}

/* !!omap and !!pairs: a list of maps with one entry each. */
static Error *construct_pairs(Constructor *constructor, YamlNode *node, Value *out)
{
    if (node->kind != YAML_NODE_LIST) {
        return value_error(ERR_CONFIG, &node->place, "expected a sequence, but found %s",
                           yaml_node_kind_text(node->kind));
    }
    Value *pairs = ARENA_ARRAY(constructor->arena, Value, node->items.len);
    for (size_t i = 0; i < node->items.len; i++) {
        YamlNode *item = node->items.data[i];
        if (item->kind != YAML_NODE_MAP) {
            return value_error(ERR_CONFIG, &item->place,
                               "expected a mapping of length 1, but found %s",
                               yaml_node_kind_text(item->kind));
        }
        if (item->pairs.len != 1) {
            return value_error(ERR_CONFIG, &item->place,
                               "expected a single mapping item, but found %zu items",
                               item->pairs.len);
        }
        Value *pair = ARENA_ARRAY(constructor->arena, Value, 2);
        TRY(construct_part(constructor, node, item->pairs.data[0].key, &pair[0]));
        TRY(construct_part(constructor, node, item->pairs.data[0].value, &pair[1]));
        pairs[i] = value_placed_at(value_list(pair, 2), &item->place);
    }
    *out = value_list(pairs, node->items.len);
    return NULL;
}

/* The scalar behind a map's `=` key, YAML 1.1's default value; else the node itself. */
static YamlNode *default_scalar(YamlNode *node)
{
    for (VEC_EACH(YamlPair, pair, &node->pairs)) {
        if (pair->key->tag == YAML_TAG_VALUE && pair->value != node) {
            return pair->value;
        }
    }
    return node;
}

static Error *construct_scalar(Constructor *constructor, YamlNode *node, Value *out)
{
    const YamlNode *scalar = node->kind == YAML_NODE_MAP ? default_scalar(node) : node;
    if (scalar->kind != YAML_NODE_SCALAR) {
        return wrong_node(scalar, "scalar");
    }
    Str problem = {0};
    Str text = str_dup(constructor->arena, scalar->text);
    if (!yaml_scalar_value(constructor->arena, node->tag, text, out, &problem)) {
        return value_error(ERR_CONFIG, &node->place, STR_FMT, STR_ARG(problem));
    }
    return NULL;
}

static Error *construct_by_tag(Constructor *constructor, YamlNode *node, Value *out)
{
    switch (node->tag) {
    case YAML_TAG_STR:
    case YAML_TAG_NULL:
    case YAML_TAG_BOOL:
    case YAML_TAG_INT:
    case YAML_TAG_FLOAT:
    case YAML_TAG_TIMESTAMP:
    case YAML_TAG_BINARY:
        return construct_scalar(constructor, node, out);
    case YAML_TAG_SEQ:
        return node->kind == YAML_NODE_LIST ? construct_list(constructor, node, out)
                                            : wrong_node(node, "sequence");
    case YAML_TAG_MAP:
    case YAML_TAG_SET:
        return node->kind == YAML_NODE_MAP ? construct_map(constructor, node, out)
                                           : wrong_node(node, "mapping");
    case YAML_TAG_OMAP:
    case YAML_TAG_PAIRS:
        return construct_pairs(constructor, node, out);
    case YAML_TAG_MERGE:
    case YAML_TAG_VALUE:
    case YAML_TAG_UNKNOWN:
        break;
    }
    Str tag = node->tag == YAML_TAG_MERGE   ? STR("tag:yaml.org,2002:merge")
              : node->tag == YAML_TAG_VALUE ? STR("tag:yaml.org,2002:value")
                                            : node->tag_text;
    return value_error(ERR_CONFIG, &node->place,
                       "could not determine a constructor for the tag '" STR_FMT "'", STR_ARG(tag));
}

/* A node that several aliases name is made once, and shared. */
static Error *construct(Constructor *constructor, YamlNode *node, Value *out)
{
    if (node->state == YAML_NODE_OPEN) {
        return contains_itself(node);
    }
    if (node->state == YAML_NODE_RAW) {
        node->state = YAML_NODE_OPEN;
        node->weight = 1;
        Value value;
        TRY(construct_by_tag(constructor, node, &value));
        node->value = value_placed_at(value, &node->place);
        node->state = YAML_NODE_DONE;
    }
    *out = node->value;
    return NULL;
}

static Error *read_documents(Arena *arena, Str text, const ReadOptions *options, bool only_one,
                             ValueVec *out, const ValueFile **out_file)
{
    ReadOptions full = read_options_complete(options);
    const ValueFile *file = read_file_of(arena, text, &full);
    *out_file = file;
    TRY(read_check_text(file, &full));
    AUTO_FREE(arena) Arena *scratch = arena_new("YAML nodes");
    YamlDocumentVec documents = {0};
    TRY(yaml_compose(scratch, file, read_skip_bom(text), &full, &documents));
    if (only_one && documents.len > 1) {
        return value_error(ERR_CONFIG, &documents.data[1].place,
                           "expected a single document in the stream, but found another document");
    }
    Constructor constructor = {.arena = arena, .scratch = scratch, .options = &full, .file = file};
    ValueVec values = {0};
    for (size_t i = 0; i < documents.len; i++) {
        Value value;
        TRY(construct(&constructor, documents.data[i].root, &value));
        VEC_PUSH(arena, &values, value);
    }
    *out = values;
    return NULL;
}

Error *yaml_read_all(Arena *arena, Str text, const ReadOptions *options, ValueVec *out)
{
    const ValueFile *file = NULL;
    return read_documents(arena, text, options, false, out, &file);
}

Error *yaml_read(Arena *arena, Str text, const ReadOptions *options, const Value **out)
{
    ValueVec values = {0};
    const ValueFile *file = NULL;
    TRY(read_documents(arena, text, options, true, &values, &file));
    Value *root = ARENA_NEW(arena, Value);
    *root = values.len > 0 ? values.data[0] : (Value){.kind = VALUE_NULL, .file = file};
    *out = root;
    return NULL;
}
