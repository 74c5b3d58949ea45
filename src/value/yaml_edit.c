/* value/yaml_edit.c - edits the text, then reads it again and compares with the edited tree. So the
 * code that finds where to cut may know the usual layouts only: what it gets wrong is refused. */
#include "value/yaml_edit.h"

#include "base/limits.h"
#include "base/unicode.h"
#include "value/json_writer.h"
#include "value/value_edit.h"
#include "value/yaml_node.h"
#include "value/yaml_reader.h"
#include "value/yaml_writer.h"

enum { INDENT = 2 };

/* A list or map on the way to the place, and which of its parts leads on. */
typedef struct Step {
    YamlNode *parent;
    size_t index;
} Step;

typedef struct Editor {
    Arena *arena;
    const YamlEdit *edit;
    const ValueFile *file;
    Str text; /* without byte order mark */
    const char *newline;
    VEC(Step) steps;
    YamlNode *node; /* as far as the path leads through what is there; NULL in an empty document */
    size_t found;   /* parts of the path that are there */
    Str result;
} Editor;

/* ---- Places in the text. Nodes count characters, the text has bytes. ---- */

static size_t byte_at(const Editor *editor, size_t character)
{
    return utf8_offset(editor->text, character);
}

static size_t line_start(const Editor *editor, size_t at)
{
    while (at > 0 && editor->text.data[at - 1] != '\n') {
        at--;
    }
    return at;
}

/* Before the line break. */
static size_t line_end(const Editor *editor, size_t at)
{
    while (at < editor->text.len && editor->text.data[at] != '\n' &&
           editor->text.data[at] != '\r') {
        at++;
    }
    return at;
}

static size_t after_line(const Editor *editor, size_t at)
{
    size_t end = str_find(editor->text, STR("\n"), at);
    return end != SIZE_MAX ? end + 1 : editor->text.len;
}

static bool is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Where the node's last visible character ends: block texts end with the line after them. */
static size_t content_end(const Editor *editor, const YamlNode *node)
{
    size_t start = byte_at(editor, node->start);
    size_t end = byte_at(editor, node->end);
    while (end > start && is_white(editor->text.data[end - 1])) {
        end--;
    }
    return end;
}

static bool begins_its_line(const Editor *editor, size_t at)
{
    return str_trim(str_slice(editor->text, line_start(editor, at), at)).len == 0;
}

static size_t column_of(const Editor *editor, size_t at)
{
    return utf8_count(str_slice(editor->text, line_start(editor, at), at));
}

static void replace(Editor *editor, size_t start, size_t end, Str by)
{
    editor->result = str_printf(editor->arena, STR_FMT STR_FMT STR_FMT,
                                STR_ARG(str_slice(editor->text, 0, start)), STR_ARG(by),
                                STR_ARG(str_from_offset(editor->text, end)));
}

static Error *cannot_edit(const Editor *editor)
{
    const Value place = editor->node != NULL ? editor->node->place : (Value){.file = editor->file};
    return error_hint(value_error(ERR_UNSUPPORTED, &place,
                                  "this place is written in a way that "
                                  "cannot be edited here"),
                      "edit the file by hand");
}

/* ---- Finding the place ---- */

static YamlNode *part_of(YamlNode *node, Str name, size_t *out_index)
{
    if (node->kind == YAML_NODE_LIST) {
        *out_index = value_edit_index(name, node->items.len);
        return *out_index != SIZE_MAX ? node->items.data[*out_index] : NULL;
    }
    for (size_t i = node->kind == YAML_NODE_MAP ? node->pairs.len : 0; i > 0; i--) {
        const YamlPair *pair = &node->pairs.data[i - 1];
        if (pair->key->kind == YAML_NODE_SCALAR && str_eq(pair->key->text, name)) {
            *out_index = i - 1;
            return pair->value;
        }
    }
    return NULL;
}

static Error *find_place(Editor *editor)
{
    const ReadOptions options = read_options_complete(&(ReadOptions){.path = editor->edit->file});
    YamlDocumentVec documents = {0};
    TRY(yaml_compose(editor->arena, editor->file, editor->text, &options, &documents));
    if (documents.len == 0 || documents.data[0].root->end == documents.data[0].root->start) {
        return NULL;
    }
    editor->node = documents.data[0].root;
    while (editor->found < editor->edit->depth) {
        size_t index = 0;
        YamlNode *below = part_of(editor->node, editor->edit->path[editor->found], &index);
        if (below == NULL) {
            return NULL;
        }
        VEC_PUSH(editor->arena, &editor->steps, (Step){editor->node, index});
        editor->node = below;
        editor->found++;
    }
    return NULL;
}

static bool in_flow(const Editor *editor)
{
    for (size_t i = 0; i < editor->steps.len; i++) {
        if (editor->steps.data[i].parent->is_flow) {
            return true;
        }
    }
    return false;
}

/* ---- Text for new parts ---- */

/* Within brackets more has to be quoted; JSON is YAML there. */
static Str flow_text(const Editor *editor, const Value *value)
{
    static const JsonStyle style = {.item_separator = ", ", .key_separator = ": "};
    bool scalar = !value_is(value, VALUE_LIST) && !value_is(value, VALUE_MAP);
    Str text = scalar ? yaml_scalar_text(editor->arena, value) : STR("[");
    for (size_t i = 0; i < text.len; i++) {
        if (strchr(",[]{}:?\"'", text.data[i]) != NULL) {
            return json_text(editor->arena, value, &style);
        }
    }
    return text;
}

/* "key: value", in lines that begin at column `indent` save for the first. */
static Str entry_text(const Editor *editor, Str key, const Value *value, size_t indent)
{
    ValueMapBuilder builder = value_map_begin(editor->arena);
    value_map_set(&builder, key, *value);
    Value entry = value_map_end(&builder);
    return yaml_block_text(editor->arena, &entry, indent, editor->newline);
}

/* The value below the parts of the path that are not there yet: maps around it. */
static Value wrapped(const Editor *editor, const Value *value, size_t from)
{
    Value inner = *value;
    for (size_t i = editor->edit->depth; i > from; i--) {
        ValueMapBuilder builder = value_map_begin(editor->arena);
        value_map_set(&builder, editor->edit->path[i - 1], inner);
        inner = value_map_end(&builder);
    }
    return inner;
}

/* ---- Setting ---- */

static void insert_lines(Editor *editor, size_t after, size_t indent, Str lines)
{
    size_t at = line_end(editor, after);
    StrBuf text = strbuf_init(editor->arena, LIMIT_CONFIG_BYTES);
    strbuf_add_c(&text, editor->newline);
    strbuf_add_repeat(&text, ' ', indent);
    strbuf_add(&text, lines);
    replace(editor, at, at, strbuf_str(&text));
}

static bool is_block_value(const Value *value)
{
    return (value_is(value, VALUE_LIST) || value_is(value, VALUE_MAP)) && value_len(value) > 0;
}

/* A whole value of a block map or list: behind its key or dash. */
static Error *replace_block(Editor *editor, const Value *value)
{
    if (editor->steps.len == 0) {
        size_t start = byte_at(editor, editor->node->start);
        replace(editor, start, content_end(editor, editor->node),
                yaml_block_text(editor->arena, value, 0, editor->newline));
        return NULL;
    }
    const Step *step = &VEC_LAST(&editor->steps);
    if (step->parent->kind != YAML_NODE_MAP) {
        return cannot_edit(editor);
    }
    const YamlNode *key = step->parent->pairs.data[step->index].key;
    size_t start = byte_at(editor, key->start);
    size_t key_end = byte_at(editor, key->end);
    size_t end = content_end(editor, editor->node);
    size_t colon = str_find(editor->text, STR(":"), key_end);
    end = colon != SIZE_MAX && end <= colon ? colon + 1 : end;
    Str text = entry_text(editor, key->text, value, column_of(editor, start));
    replace(editor, start, end, text);
    return NULL;
}

static Error *replace_node(Editor *editor, const Value *value)
{
    const YamlNode *node = editor->node;
    size_t start = byte_at(editor, node->start);
    size_t end = byte_at(editor, node->end);
    if (in_flow(editor)) {
        replace(editor, start, end, flow_text(editor, value));
        return NULL;
    }
    if (is_block_value(value) || node->kind != YAML_NODE_SCALAR || node->is_block) {
        return replace_block(editor, value);
    }
    Str text = yaml_block_text(editor->arena, value, 0, editor->newline);
    const char *blank = start == end ? " " : "";
    replace(editor, start, end, str_printf(editor->arena, "%s" STR_FMT, blank, STR_ARG(text)));
    return NULL;
}

/* Before the closing bracket, behind what is there. */
static Error *add_to_flow(Editor *editor, Str text)
{
    const YamlNode *node = editor->node;
    bool is_empty = node->pairs.len + node->items.len == 0;
    size_t at = byte_at(editor, node->end) - 1;
    while (at > 0 && is_white(editor->text.data[at - 1])) {
        at--;
    }
    bool has_comma = at > 0 && editor->text.data[at - 1] == ',';
    const char *between = is_empty ? "" : has_comma ? " " : ", ";
    replace(editor, at, at, str_printf(editor->arena, "%s" STR_FMT, between, STR_ARG(text)));
    return NULL;
}

/* Adds the first part of the path that is missing to the map before it. */
static Error *add_key(Editor *editor, const Value *value)
{
    YamlNode *node = editor->node;
    Str key = editor->edit->path[editor->found];
    Value inner = wrapped(editor, value, editor->found + 1);
    bool block_place = !in_flow(editor);
    bool is_empty = node->kind == YAML_NODE_SCALAR || node->pairs.len == 0;
    if (node->kind == YAML_NODE_LIST) {
        return cannot_edit(editor);
    }
    if (block_place && is_empty) {
        Value whole = wrapped(editor, value, editor->found);
        return replace_node(editor, &whole);
    }
    if (node->is_flow || !block_place) {
        Value name = value_string(key);
        return add_to_flow(editor, str_printf(editor->arena, STR_FMT ": " STR_FMT,
                                              STR_ARG(yaml_scalar_text(editor->arena, &name)),
                                              STR_ARG(flow_text(editor, &inner))));
    }
    size_t indent = column_of(editor, byte_at(editor, node->pairs.data[0].key->start));
    insert_lines(editor, content_end(editor, node), indent,
                 entry_text(editor, key, &inner, indent));
    return NULL;
}

/* The '-' before an item of a block list; SIZE_MAX if something else is there. */
static size_t dash_of(const Editor *editor, const YamlNode *item)
{
    size_t at = byte_at(editor, item->start);
    if (at < editor->text.len && item->start == item->end && at > 0) {
        at--; /* an empty item stands directly behind its dash */
    } else {
        while (at > 0 && is_white(editor->text.data[at - 1])) {
            at--;
        }
        at -= at > 0 ? 1 : 0;
    }
    return at < editor->text.len && editor->text.data[at] == '-' ? at : SIZE_MAX;
}

static Error *append_item(Editor *editor, const Value *item)
{
    const YamlNode *node = editor->node;
    if (node->kind != YAML_NODE_LIST || (node->items.len == 0 && !in_flow(editor))) {
        Value list = value_list(item, 1);
        return replace_node(editor, &list);
    }
    if (node->is_flow) {
        return add_to_flow(editor, flow_text(editor, item));
    }
    size_t dash = dash_of(editor, node->items.data[0]);
    if (dash == SIZE_MAX) {
        return cannot_edit(editor);
    }
    size_t indent = column_of(editor, dash);
    Str lines = yaml_block_text(editor->arena, item, indent + INDENT, editor->newline);
    insert_lines(editor, content_end(editor, node), indent,
                 str_printf(editor->arena, "- " STR_FMT, STR_ARG(lines)));
    return NULL;
}

static Error *write_document(Editor *editor, const Value *value)
{
    Value whole = wrapped(editor, value, 0);
    bool ended = editor->text.len == 0 || editor->text.data[editor->text.len - 1] == '\n';
    Str lines = yaml_block_text(editor->arena, &whole, 0, editor->newline);
    editor->result = str_printf(editor->arena, STR_FMT "%s" STR_FMT "%s", STR_ARG(editor->text),
                                ended ? "" : editor->newline, STR_ARG(lines), editor->newline);
    return NULL;
}

/* ---- Removing ---- */

static size_t part_count(const YamlNode *parent)
{
    return parent->kind == YAML_NODE_MAP ? parent->pairs.len : parent->items.len;
}

static size_t part_start(const Editor *editor, const YamlNode *parent, size_t index)
{
    if (parent->kind == YAML_NODE_MAP) {
        return byte_at(editor, parent->pairs.data[index].key->start);
    }
    const YamlNode *item = parent->items.data[index];
    return parent->is_flow ? byte_at(editor, item->start) : dash_of(editor, item);
}

static size_t part_end(const Editor *editor, const YamlNode *parent, size_t index)
{
    if (parent->kind == YAML_NODE_LIST) {
        return content_end(editor, parent->items.data[index]);
    }
    size_t value_end = content_end(editor, parent->pairs.data[index].value);
    size_t key_end = byte_at(editor, parent->pairs.data[index].key->end);
    return value_end > key_end ? value_end : key_end;
}

/* The last part leaves: what is left is an empty list or map. */
static Error *remove_only_part(Editor *editor, const Step *step)
{
    ValueMapBuilder none = value_map_begin(editor->arena);
    Value empty = step->parent->kind == YAML_NODE_MAP ? value_map_end(&none) : value_list(NULL, 0);
    editor->node = step->parent;
    editor->steps.len--;
    return replace_node(editor, &empty);
}

static Error *remove_part(Editor *editor)
{
    if (editor->found < editor->edit->depth) {
        return cannot_edit(editor); /* it is there by a merge key, and written elsewhere */
    }
    CHECK(editor->steps.len > 0); /* one for each part of the path, and that is not empty */
    const Step step = VEC_LAST(&editor->steps);
    size_t count = part_count(step.parent);
    if (count == 1) {
        return remove_only_part(editor, &step);
    }
    size_t start = part_start(editor, step.parent, step.index);
    size_t end = part_end(editor, step.parent, step.index);
    if (start == SIZE_MAX) {
        return cannot_edit(editor);
    }
    bool is_last = step.index + 1 == count;
    if (step.parent->is_flow && is_last) {
        replace(editor, part_end(editor, step.parent, step.index - 1), end, STR(""));
    } else if (step.parent->is_flow || !begins_its_line(editor, start)) {
        size_t next = is_last ? SIZE_MAX : part_start(editor, step.parent, step.index + 1);
        if (next == SIZE_MAX) {
            return cannot_edit(editor);
        }
        replace(editor, start, next, STR(""));
    } else {
        replace(editor, line_start(editor, start), after_line(editor, end), STR(""));
    }
    return NULL;
}

/* ---- The whole ---- */

static Error *change_text(Editor *editor, const ValueEdit *meant)
{
    if (meant->kind == VALUE_EDIT_REMOVE) {
        return remove_part(editor);
    }
    bool complete = editor->found == editor->edit->depth;
    if (meant->kind == VALUE_EDIT_APPEND && editor->node != NULL && complete) {
        return append_item(editor, meant->value);
    }
    Value value = meant->kind == VALUE_EDIT_APPEND ? value_list(meant->value, 1) : *meant->value;
    if (editor->node == NULL) {
        return write_document(editor, &value);
    }
    return complete ? replace_node(editor, &value) : add_key(editor, &value);
}

static Error *apply(Arena *arena, const YamlEdit *edit, const ValueEdit *meant, Str *out)
{
    const ReadOptions options = {.path = edit->file};
    const Value *before = NULL;
    Value expected;
    TRY(yaml_read(arena, edit->text, &options, &before));
    TRY(value_edit(arena, before, meant, &expected));
    AUTO_FREE(arena) Arena *scratch = arena_new("YAML edit");
    Str body = read_skip_bom(edit->text);
    ReadOptions full = read_options_complete(&options);
    Editor editor = {.arena = scratch,
                     .edit = edit,
                     .file = read_file_of(scratch, body, &full),
                     .text = body,
                     .newline = str_contains(body, STR("\r\n")) ? "\r\n" : "\n"};
    TRY(find_place(&editor));
    TRY(change_text(&editor, meant));
    const Value *after = NULL;
    Error *err = yaml_read(scratch, editor.result, &options, &after);
    if (err != NULL || !value_equal(after, &expected)) {
        error_free(err);
        return cannot_edit(&editor);
    }
    Str mark = str_slice(edit->text, 0, edit->text.len - body.len);
    *out = str_printf(arena, STR_FMT STR_FMT, STR_ARG(mark), STR_ARG(editor.result));
    return NULL;
}

Error *yaml_edit_set(Arena *arena, const YamlEdit *edit, const Value *value, Str *out)
{
    const ValueEdit meant = {VALUE_EDIT_SET, edit->path, edit->depth, value};
    return apply(arena, edit, &meant, out);
}

Error *yaml_edit_append(Arena *arena, const YamlEdit *edit, const Value *item, Str *out)
{
    const ValueEdit meant = {VALUE_EDIT_APPEND, edit->path, edit->depth, item};
    return apply(arena, edit, &meant, out);
}

Error *yaml_edit_remove(Arena *arena, const YamlEdit *edit, Str *out)
{
    const ValueEdit meant = {VALUE_EDIT_REMOVE, edit->path, edit->depth, NULL};
    return apply(arena, edit, &meant, out);
}
