/* value/yaml_block.c - values as lines of a file that people edit: block style, lists indented. */
#include "base/limits.h"
#include "value/yaml_writer.h"

enum { INDENT = 2 };

typedef struct Block {
    Arena *arena;
    StrBuf out;
    const char *newline;
} Block;

static void add_block(Block *block, const Value *value, size_t indent);

static void break_line(Block *block, size_t indent)
{
    strbuf_add_c(&block->out, block->newline);
    strbuf_add_repeat(&block->out, ' ', indent);
}

static bool is_scalar(const Value *value)
{
    return !value_is(value, VALUE_LIST) && !value_is(value, VALUE_MAP);
}

/* Behind "key:" or "-": on the same line if it is short, else as a block below. */
static void add_after_key(Block *block, const Value *value, size_t indent)
{
    if (is_scalar(value) || value_len(value) == 0) {
        strbuf_add_char(&block->out, ' ');
    } else {
        break_line(block, indent);
    }
    add_block(block, value, indent);
}

static void add_map(Block *block, const Value *map, size_t indent)
{
    for (VALUE_EACH_ENTRY(it, map)) {
        if (it != value_entries(map)) {
            break_line(block, indent);
        }
        strbuf_add(&block->out, yaml_scalar_text(block->arena, &it->key));
        strbuf_add_char(&block->out, ':');
        add_after_key(block, &it->value, indent + INDENT);
    }
}

static void add_list(Block *block, const Value *list, size_t indent)
{
    for (VALUE_EACH(it, list)) {
        if (it != value_items(list)) {
            break_line(block, indent);
        }
        strbuf_add_c(&block->out, "- ");
        add_block(block, it, indent + INDENT);
    }
}

static void add_block(Block *block, const Value *value, size_t indent)
{
    if (is_scalar(value)) {
        strbuf_add(&block->out, yaml_scalar_text(block->arena, value));
    } else if (value_len(value) == 0) {
        strbuf_add_c(&block->out, value->kind == VALUE_LIST ? "[]" : "{}");
    } else if (value->kind == VALUE_MAP) {
        add_map(block, value, indent);
    } else {
        add_list(block, value, indent);
    }
}

Str yaml_block_text(Arena *arena, const Value *value, size_t indent, const char *newline)
{
    Block block = {
        .arena = arena, .out = strbuf_init(arena, LIMIT_CONFIG_BYTES), .newline = newline};
    add_block(&block, value, indent);
    return strbuf_str(&block.out);
}
