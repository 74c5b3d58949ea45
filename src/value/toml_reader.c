/* value/toml_reader.c - the upper half of the TOML reader: keys, tables, lists. Tables stay open
 * until the end of the file, since a later header may add to them; then they become maps. */
#include "value/toml_reader.h"

#include "base/map.h"
#include "value/toml_scan.h"

typedef struct Table Table;
typedef VEC(Table *) TableVec;

/* What a key stands for: a finished value, a table, or a list of tables. */
typedef struct Node {
    enum { NODE_VALUE, NODE_TABLE, NODE_TABLES } kind;
    Value key;
    Value value;
    Table *table;
    TableVec tables;
} Node;

/* How a table came to be decides who may add to it. */
typedef enum TableOrigin {
    TABLE_IMPLICIT, /* as a part of [a.b]: its own header may still come */
    TABLE_HEADER,   /* by [a] or [[a]] */
    TABLE_DOTTED,   /* by a.b = 1: more dotted keys may add to it, headers only below it */
} TableOrigin;

struct Table {
    TableOrigin origin;
    Value place;
    StrMap nodes;
};

typedef VEC(Value) KeyVec;

static Table *new_table(TomlScan *scan, TableOrigin origin, const Value *place)
{
    Table *table = ARENA_NEW(scan->arena, Table);
    *table = (Table){.origin = origin, .place = *place, .nodes = strmap_init(scan->arena)};
    return table;
}

static Node *add_node(TomlScan *scan, Table *table, const Value *key)
{
    Node *node = ARENA_NEW(scan->arena, Node);
    node->key = *key;
    strmap_set(&table->nodes, key->as.text, node);
    return node;
}

static Error *count_node(TomlScan *scan, const Value *place)
{
    if (++scan->nodes > scan->options->max_nodes) {
        return value_error(ERR_LIMIT, place, "too many values: more than %zu",
                           scan->options->max_nodes);
    }
    return NULL;
}

static Error *given_twice(const Value *key, const Node *first)
{
    return value_error(ERR_CONFIG, key, "not valid TOML: '" STR_FMT "' is there already (line %u)",
                       STR_ARG(key->as.text), (unsigned)first->key.line);
}

/* ---- Keys ---- */

static bool is_bare_key_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
}

static Error *scan_simple_key(TomlScan *scan, Value *out)
{
    const Value place = toml_place(scan, scan->at);
    Str text;
    if (toml_peek(scan) == '"' || toml_peek(scan) == '\'') {
        TRY(toml_scan_string(scan, true, &text));
    } else {
        size_t start = scan->at;
        while (is_bare_key_char(toml_peek(scan))) {
            scan->at++;
        }
        text = str_slice(scan->text, start, scan->at);
        if (text.len == 0) {
            return toml_error(scan, "expected a key");
        }
    }
    *out = value_placed_at(value_string(text), &place);
    return count_node(scan, &place);
}

/* a."b".c */
static Error *scan_key(TomlScan *scan, KeyVec *out)
{
    for (;;) {
        Value key;
        TRY(scan_simple_key(scan, &key));
        VEC_PUSH(scan->arena, out, key);
        if (out->len > scan->options->max_depth) {
            return value_error(ERR_LIMIT, &key, "a key of more than %zu parts",
                               scan->options->max_depth);
        }
        toml_skip_blanks(scan);
        if (toml_peek(scan) != '.') {
            return NULL;
        }
        scan->at++;
        toml_skip_blanks(scan);
    }
}

/* ---- Values ---- */

static Error *scan_value(TomlScan *scan, size_t depth, Value *out);
static Error *scan_assignment(TomlScan *scan, Table *table, size_t depth);
static Value table_value(TomlScan *scan, const Table *table);

static Error *scan_list(TomlScan *scan, size_t depth, Value *out)
{
    ValueVec items = {0};
    scan->at++;
    for (;;) {
        TRY(toml_skip_lines(scan));
        if (toml_peek(scan) == ']') {
            break;
        }
        Value item;
        TRY(scan_value(scan, depth + 1, &item));
        VEC_PUSH(scan->arena, &items, item);
        TRY(toml_skip_lines(scan));
        if (toml_peek(scan) != ',' && toml_peek(scan) != ']') {
            return toml_error(scan, "expected ',' or ']' in the list");
        }
        scan->at += toml_peek(scan) == ',' ? 1 : 0;
    }
    scan->at++;
    *out = value_list_of(&items);
    return NULL;
}

static Error *scan_inline_table(TomlScan *scan, size_t depth, Value *out)
{
    const Value place = toml_place(scan, scan->at);
    Table *table = new_table(scan, TABLE_HEADER, &place);
    scan->at++;
    toml_skip_blanks(scan);
    bool more = toml_peek(scan) != '}';
    while (more) {
        TRY(scan_assignment(scan, table, depth + 1));
        toml_skip_blanks(scan);
        more = toml_peek(scan) == ',';
        if (!more && toml_peek(scan) != '}') {
            return toml_error(scan, "expected ',' or '}' in the inline table");
        }
        scan->at += more ? 1 : 0;
        toml_skip_blanks(scan);
    }
    scan->at++;
    *out = table_value(scan, table);
    return NULL;
}

static Error *scan_value(TomlScan *scan, size_t depth, Value *out)
{
    const Value place = toml_place(scan, scan->at);
    TRY(count_node(scan, &place));
    if (depth > scan->options->max_depth) {
        return value_error(ERR_LIMIT, &place, "nested too deeply: more than %zu levels",
                           scan->options->max_depth);
    }
    Value value;
    Str text;
    switch (toml_peek(scan)) {
    case '"':
    case '\'':
        TRY(toml_scan_string(scan, false, &text));
        value = value_string(text);
        break;
    case '[':
        TRY(scan_list(scan, depth, &value));
        break;
    case '{':
        TRY(scan_inline_table(scan, depth, &value));
        break;
    default:
        TRY(toml_scan_word(scan, &value));
        break;
    }
    *out = value_placed_at(value, &place);
    return NULL;
}

/* The table that the parts of a dotted key before its last lead to. */
static Error *enter_dotted(TomlScan *scan, const KeyVec *keys, Table **table)
{
    for (size_t i = 0; i + 1 < keys->len; i++) {
        const Value *key = &keys->data[i];
        Node *node = strmap_find(&(*table)->nodes, key->as.text);
        if (node == NULL) {
            node = add_node(scan, *table, key);
            node->kind = NODE_TABLE;
            node->table = new_table(scan, TABLE_DOTTED, key);
        } else if (node->kind != NODE_TABLE || node->table->origin != TABLE_DOTTED) {
            return given_twice(key, node);
        }
        *table = node->table;
    }
    return NULL;
}

/* key = value */
static Error *scan_assignment(TomlScan *scan, Table *table, size_t depth)
{
    KeyVec keys = {0};
    TRY(scan_key(scan, &keys));
    TRY(enter_dotted(scan, &keys, &table));
    const Value *key = &VEC_LAST(&keys);
    const Node *there = strmap_find(&table->nodes, key->as.text);
    if (there != NULL) {
        return given_twice(key, there);
    }
    if (toml_peek(scan) != '=') {
        return toml_error(scan, "expected '=' after the key");
    }
    scan->at++;
    toml_skip_blanks(scan);
    Node *node = add_node(scan, table, key);
    return scan_value(scan, depth, &node->value);
}

/* ---- Headers ---- */

/* Goes down one part of a header: into a table, or into the last of a list of tables. */
static Error *enter_part(TomlScan *scan, const Value *key, Table **table)
{
    Node *node = strmap_find(&(*table)->nodes, key->as.text);
    if (node == NULL) {
        node = add_node(scan, *table, key);
        node->kind = NODE_TABLE;
        node->table = new_table(scan, TABLE_IMPLICIT, key);
    }
    if (node->kind == NODE_VALUE) {
        return given_twice(key, node);
    }
    *table = node->kind == NODE_TABLE ? node->table : VEC_LAST(&node->tables);
    return NULL;
}

/* [a.b] */
static Error *open_table(TomlScan *scan, const Value *key, Table **table)
{
    Node *node = strmap_find(&(*table)->nodes, key->as.text);
    if (node == NULL) {
        node = add_node(scan, *table, key);
        node->kind = NODE_TABLE;
        node->table = new_table(scan, TABLE_HEADER, key);
    } else if (node->kind != NODE_TABLE || node->table->origin != TABLE_IMPLICIT) {
        return given_twice(key, node);
    }
    node->table->origin = TABLE_HEADER;
    *table = node->table;
    return NULL;
}

/* [[a.b]] */
static Error *append_table(TomlScan *scan, const Value *key, Table **table)
{
    Node *node = strmap_find(&(*table)->nodes, key->as.text);
    if (node == NULL) {
        node = add_node(scan, *table, key);
        node->kind = NODE_TABLES;
    } else if (node->kind != NODE_TABLES) {
        return given_twice(key, node);
    }
    *table = new_table(scan, TABLE_HEADER, key);
    VEC_PUSH(scan->arena, &node->tables, *table);
    return count_node(scan, key);
}

static Error *scan_header(TomlScan *scan, Table *root, Table **out)
{
    bool is_list = scan->at + 1 < scan->text.len && scan->text.data[scan->at + 1] == '[';
    scan->at += is_list ? 2 : 1;
    toml_skip_blanks(scan);
    KeyVec keys = {0};
    TRY(scan_key(scan, &keys));
    for (int i = 0; i < (is_list ? 2 : 1); i++) {
        if (toml_peek(scan) != ']') {
            return toml_error(scan, "expected '%s' after the table's name", is_list ? "]]" : "]");
        }
        scan->at++;
    }
    Table *table = root;
    for (size_t i = 0; i + 1 < keys.len; i++) {
        TRY(enter_part(scan, &keys.data[i], &table));
    }
    TRY(is_list ? append_table(scan, &VEC_LAST(&keys), &table)
                : open_table(scan, &VEC_LAST(&keys), &table));
    *out = table;
    return toml_end_line(scan);
}

/* ---- The document ---- */

static Value tables_value(TomlScan *scan, const Node *node)
{
    Value *items = ARENA_ARRAY(scan->arena, Value, node->tables.len);
    for (size_t i = 0; i < node->tables.len; i++) {
        items[i] = table_value(scan, node->tables.data[i]);
    }
    return value_placed_at(value_list(items, node->tables.len), &node->key);
}

static Value node_value(TomlScan *scan, const Node *node)
{
    switch (node->kind) {
    case NODE_VALUE:
        return node->value;
    case NODE_TABLE:
        return table_value(scan, node->table);
    case NODE_TABLES:
        return tables_value(scan, node);
    }
    return value_null();
}

static Value table_value(TomlScan *scan, const Table *table)
{
    ValueMapBuilder map = value_map_begin(scan->arena);
    for (STRMAP_EACH(it, &table->nodes)) {
        const Node *node = it->value;
        value_map_put(&map, node->key, node_value(scan, node));
    }
    return value_placed_at(value_map_end(&map), &table->place);
}

Error *toml_read(Arena *arena, Str text, const ReadOptions *options, const Value **out)
{
    ReadOptions full = read_options_complete(options);
    const ValueFile *file = read_file_of(arena, text, &full);
    TRY(read_check_text(file, &full));
    TomlScan scan = {.arena = arena,
                     .options = &full,
                     .file = file,
                     .text = read_skip_bom(text),
                     .line = (size_t)full.line_base + 1,
                     .column = 1};
    const Value start = toml_place(&scan, 0);
    Table *root = new_table(&scan, TABLE_HEADER, &start);
    Table *table = root;
    TRY(toml_skip_lines(&scan));
    while (!toml_at_end(&scan)) {
        if (toml_peek(&scan) == '[') {
            TRY(scan_header(&scan, root, &table));
        } else {
            TRY(scan_assignment(&scan, table, 0));
            TRY(toml_end_line(&scan));
        }
        TRY(toml_skip_lines(&scan));
    }
    Value *value = ARENA_NEW(arena, Value);
    *value = table_value(&scan, root);
    *out = value;
    return NULL;
}
