#include "transform/parse/macro_file.h"

#include "transform/parse/template_blocks.h"

/* The adapter a materialization is for: `adapter='duckdb'`, or `default`. */
static Str adapter_of(Str arguments)
{
    size_t at = str_find(arguments, STR("adapter"), 0);
    if (at == SIZE_MAX) {
        return STR("default");
    }
    size_t open = at;
    while (open < arguments.len && arguments.data[open] != '\'' && arguments.data[open] != '"') {
        open++;
    }
    size_t close = open + 1;
    while (close < arguments.len && arguments.data[close] != arguments.data[open]) {
        close++;
    }
    return close < arguments.len ? str_slice(arguments, open + 1, close) : STR("default");
}

static Macro *macro_of_block(Arena *arena, const TemplateBlock *block)
{
    Macro *macro = ARENA_NEW(arena, Macro);
    switch (block->kind) {
    case BLOCK_MACRO:
        macro->name = block->name;
        break;
    case BLOCK_TEST:
    case BLOCK_DATA_TEST:
        macro->name = str_printf(arena, "test_" STR_FMT, STR_ARG(block->name));
        break;
    case BLOCK_MATERIALIZATION: {
        Str adapter = adapter_of(block->arguments);
        macro->name = str_printf(arena, "materialization_" STR_FMT "_" STR_FMT,
                                 STR_ARG(block->name), STR_ARG(adapter));
        break;
    }
    case BLOCK_SNAPSHOT:
    case BLOCK_DOCS:
        break; /* not asked for */
    }
    macro->sql = block->full;
    macro->line = block->line;
    return macro;
}

/* The text with blanks for what stands around the blocks, so that lines stay where they are. */
static Str blocks_alone(Arena *arena, Str text, const TemplateBlockVec *blocks)
{
    char *kept = ARENA_ARRAY(arena, char, text.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        kept[i] = text.data[i] == '\n' ? '\n' : ' ';
    }
    for (VEC_EACH(const TemplateBlock, block, blocks)) {
        memcpy(kept + (block->full.data - text.data), block->full.data, block->full.len);
    }
    return (Str){kept, text.len};
}

Error *macro_file_read(Manifest *manifest, Str package, Str path, Str text, StrVec *out_strays,
                       Str *out_code)
{
    Arena *arena = manifest->arena;
    TemplateBlockVec blocks = {0};
    TRY(template_blocks(arena, text, path, BLOCKS_OF_MACROS, &blocks, out_strays));
    for (VEC_EACH(TemplateBlock, block, &blocks)) {
        Macro *macro = macro_of_block(arena, block);
        macro->package = package;
        macro->path = path;
        macro->unique_id =
            str_printf(arena, "macro." STR_FMT "." STR_FMT, STR_ARG(package), STR_ARG(macro->name));
        TRY(manifest_add_macro(manifest, macro));
    }
    *out_code = text;
    if (out_strays->len > 0) {
        *out_code = blocks_alone(arena, text, &blocks);
    }
    return NULL;
}
