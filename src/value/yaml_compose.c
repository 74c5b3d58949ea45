/* value/yaml_compose.c - the first half of the YAML reader: libyaml's events to a graph of nodes.
 */
#include <yaml.h>

#include "base/map.h"
#include "value/yaml_node.h"

typedef struct Composer {
    Arena *arena;
    const ReadOptions *options;
    const ValueFile *file;
    yaml_parser_t parser;
    StrMap anchors; /* name to YamlNode; of one document */
    size_t nodes;
} Composer;

static void composer_auto_done(Composer *composer)
{
    yaml_parser_delete(&composer->parser);
}

static void event_auto_done(yaml_event_t *event)
{
    yaml_event_delete(event);
}

static Str text_of(const yaml_char_t *text)
{
    return str_from((const char *)text);
}

static Value place_of(const Composer *composer, yaml_mark_t mark)
{
    Value place = value_null();
    value_set_place(&place, composer->file, composer->options->line_base + mark.line + 1,
                    mark.column + 1);
    return place;
}

/* ---- What libyaml objects to ---- */

static const char *hint_for(const yaml_parser_t *parser, Str line)
{
    Str problem = str_from(parser->problem);
    if (str_starts_with(problem, STR("found character that cannot start any token")) &&
        parser->problem_mark.column < line.len) {
        char c = line.data[parser->problem_mark.column];
        return c == '\t' ? "indent with blanks, not with tabs"
                         : "put the text in quotes, for this character cannot begin it";
    }
    if (str_starts_with(problem, STR("mapping values are not allowed"))) {
        return "check the indentation, or put a text that contains ': ' in quotes";
    }
    if (str_starts_with(problem, STR("could not find expected ':'"))) {
        return "a key needs a ':' after it, and a blank after that";
    }
    return NULL;
}

static Str line_number(Str text, size_t number)
{
    Str line = STR("");
    for (size_t i = 0; i <= number; i++) {
        if (!str_next_line(&text, &line)) {
            return STR("");
        }
    }
    return line;
}

/* A character the reader refuses, such as NUL: libyaml knows its offset only. */
static Error *unreadable(const Composer *composer)
{
    const yaml_parser_t *parser = &composer->parser;
    const Value place = read_place(composer->file, parser->problem_offset);
    return value_error(ERR_CONFIG, &place, "%s: character 0x%02X", parser->problem,
                       (unsigned)parser->problem_value);
}

static Error *parser_error(const Composer *composer)
{
    const yaml_parser_t *parser = &composer->parser;
    if (parser->error == YAML_READER_ERROR) {
        return unreadable(composer);
    }
    const Value place = place_of(composer, parser->problem_mark);
    const char *problem = parser->problem != NULL ? parser->problem : "unreadable";
    Error *err = NULL;
    if (parser->context != NULL) {
        const Value start = place_of(composer, parser->context_mark);
        err = value_error(ERR_CONFIG, &place, "%s (%s from line %u)", problem, parser->context,
                          (unsigned)start.line);
    } else {
        err = value_error(ERR_CONFIG, &place, "%s", problem);
    }
    const char *hint =
        hint_for(parser, line_number(composer->file->text, parser->problem_mark.line));
    return hint != NULL ? error_hint(err, "%s", hint) : err;
}

static Error *next_event(Composer *composer, yaml_event_t *event)
{
    return yaml_parser_parse(&composer->parser, event) ? NULL : parser_error(composer);
}

/* ---- Nodes ---- */

static Error *compose_node(Composer *composer, const yaml_event_t *event, size_t depth,
                           YamlNode **out);

static Error *add_anchor(Composer *composer, const yaml_char_t *anchor, YamlNode *node)
{
    if (anchor == NULL) {
        return NULL;
    }
    Str name = text_of(anchor);
    const YamlNode *first = strmap_find(&composer->anchors, name);
    if (first != NULL) {
        return value_error(ERR_CONFIG, &node->place,
                           "found duplicate anchor '" STR_FMT "' (first occurrence in line %u)",
                           STR_ARG(name), (unsigned)first->place.line);
    }
    strmap_set_copy(&composer->anchors, name, node);
    return NULL;
}

static YamlNode *new_node(Composer *composer, YamlNodeKind kind, const yaml_event_t *event)
{
    YamlNode *node = ARENA_NEW(composer->arena, YamlNode);
    node->kind = kind;
    node->place = place_of(composer, event->start_mark);
    node->start = event->start_mark.index;
    node->end = event->end_mark.index;
    return node;
}

/* What follows a block list or map up to its end event is no part of it. */
static void end_collection(YamlNode *node, const yaml_event_t *end)
{
    if (node->is_flow) {
        node->end = end->end_mark.index;
    }
}

static void extend_collection(YamlNode *node, const yaml_event_t *event, const YamlNode *part)
{
    CHECK(part != NULL);
    size_t end = event->type == YAML_ALIAS_EVENT ? event->end_mark.index : part->end;
    node->end = end > node->end ? end : node->end;
}

/* The tag written, or the one that nodes of this kind have without. */
static void set_tag(Composer *composer, YamlNode *node, const yaml_char_t *tag, YamlTag otherwise)
{
    if (tag == NULL || strcmp((const char *)tag, "!") == 0) {
        node->tag = otherwise;
        return;
    }
    node->tag = yaml_tag_from(text_of(tag));
    node->tag_text = str_dup(composer->arena, text_of(tag));
}

static Error *compose_scalar(Composer *composer, const yaml_event_t *event, YamlNode **out)
{
    YamlNode *node = new_node(composer, YAML_NODE_SCALAR, event);
    Str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    node->text = str_dup(composer->arena, text);
    yaml_scalar_style_t style = event->data.scalar.style;
    node->is_block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
    YamlTag plain = event->data.scalar.plain_implicit ? yaml_tag_of_plain(text) : YAML_TAG_STR;
    set_tag(composer, node, event->data.scalar.tag, plain);
    *out = node;
    return add_anchor(composer, event->data.scalar.anchor, node);
}

static Error *compose_list(Composer *composer, const yaml_event_t *event, size_t depth,
                           YamlNode **out)
{
    YamlNode *node = new_node(composer, YAML_NODE_LIST, event);
    set_tag(composer, node, event->data.sequence_start.tag, YAML_TAG_SEQ);
    node->is_flow = event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    TRY(add_anchor(composer, event->data.sequence_start.anchor, node));
    for (;;) {
        __attribute__((cleanup(event_auto_done))) yaml_event_t next = {0};
        TRY(next_event(composer, &next));
        if (next.type == YAML_SEQUENCE_END_EVENT) {
            end_collection(node, &next);
            *out = node;
            return NULL;
        }
        YamlNode *item = NULL;
        TRY(compose_node(composer, &next, depth + 1, &item));
        VEC_PUSH(composer->arena, &node->items, item);
        extend_collection(node, &next, item);
    }
}

static Error *compose_map(Composer *composer, const yaml_event_t *event, size_t depth,
                          YamlNode **out)
{
    YamlNode *node = new_node(composer, YAML_NODE_MAP, event);
    set_tag(composer, node, event->data.mapping_start.tag, YAML_TAG_MAP);
    node->is_flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
    TRY(add_anchor(composer, event->data.mapping_start.anchor, node));
    for (;;) {
        __attribute__((cleanup(event_auto_done))) yaml_event_t key_event = {0};
        TRY(next_event(composer, &key_event));
        if (key_event.type == YAML_MAPPING_END_EVENT) {
            end_collection(node, &key_event);
            *out = node;
            return NULL;
        }
        YamlPair pair = {0};
        TRY(compose_node(composer, &key_event, depth + 1, &pair.key));
        __attribute__((cleanup(event_auto_done))) yaml_event_t value_event = {0};
        TRY(next_event(composer, &value_event));
        TRY(compose_node(composer, &value_event, depth + 1, &pair.value));
        VEC_PUSH(composer->arena, &node->pairs, pair);
        extend_collection(node, &value_event, pair.value);
    }
}

static Error *compose_alias(Composer *composer, const yaml_event_t *event, YamlNode **out)
{
    Str name = text_of(event->data.alias.anchor);
    YamlNode *node = strmap_find(&composer->anchors, name);
    if (node == NULL) {
        const Value place = place_of(composer, event->start_mark);
        return value_error(ERR_CONFIG, &place, "found undefined alias '" STR_FMT "'",
                           STR_ARG(name));
    }
    *out = node;
    return NULL;
}

static Error *compose_node(Composer *composer, const yaml_event_t *event, size_t depth,
                           YamlNode **out)
{
    const Value place = place_of(composer, event->start_mark);
    if (depth > composer->options->max_depth) {
        return value_error(ERR_LIMIT, &place, "nested too deeply: more than %zu levels",
                           composer->options->max_depth);
    }
    if (++composer->nodes > composer->options->max_nodes) {
        return value_error(ERR_LIMIT, &place, "too many values: more than %zu",
                           composer->options->max_nodes);
    }
    if (event->type == YAML_ALIAS_EVENT) {
        return compose_alias(composer, event, out);
    }
    if (event->type == YAML_SCALAR_EVENT) {
        return compose_scalar(composer, event, out);
    }
    if (event->type == YAML_SEQUENCE_START_EVENT) {
        return compose_list(composer, event, depth, out);
    }
    CHECK(event->type == YAML_MAPPING_START_EVENT);
    return compose_map(composer, event, depth, out);
}

/* After DOCUMENT-START: the root and DOCUMENT-END. */
static Error *compose_document(Composer *composer, YamlDocument *out)
{
    __attribute__((cleanup(event_auto_done))) yaml_event_t first = {0};
    TRY(next_event(composer, &first));
    composer->anchors = strmap_init(composer->arena);
    TRY(compose_node(composer, &first, 0, &out->root));
    __attribute__((cleanup(event_auto_done))) yaml_event_t end = {0};
    TRY(next_event(composer, &end));
    CHECK(end.type == YAML_DOCUMENT_END_EVENT);
    return NULL;
}

Error *yaml_compose(Arena *arena, const ValueFile *file, Str text, const ReadOptions *options,
                    YamlDocumentVec *out_documents)
{
    __attribute__((cleanup(composer_auto_done)))
    Composer composer = {.arena = arena, .options = options, .file = file};
    CHECK(yaml_parser_initialize(&composer.parser)); /* fails only without memory */
    yaml_parser_set_encoding(&composer.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&composer.parser, (const unsigned char *)text.data, text.len);
    for (;;) {
        __attribute__((cleanup(event_auto_done))) yaml_event_t event = {0};
        TRY(next_event(&composer, &event));
        if (event.type == YAML_STREAM_END_EVENT) {
            return NULL;
        }
        if (event.type == YAML_DOCUMENT_START_EVENT) {
            YamlDocument document = {.place = place_of(&composer, event.start_mark)};
            TRY(compose_document(&composer, &document));
            VEC_PUSH(arena, out_documents, document);
        }
    }
}
