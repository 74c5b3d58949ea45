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
        return NULL;
    }
    macro->sql = block->full;
    macro->line = block->line;
    return macro;
}

Error *macro_file_read(Manifest *manifest, Str package, Str path, Str text)
{
    Arena *arena = manifest->arena;
    TemplateBlockVec blocks = {0};
    TRY(template_blocks(arena, text, path, &blocks));
    for (VEC_EACH(TemplateBlock, block, &blocks)) {
        Macro *macro = macro_of_block(arena, block);
        if (macro == NULL) {
            continue;
        }
        macro->package = package;
        macro->path = path;
        macro->unique_id =
            str_printf(arena, "macro." STR_FMT "." STR_FMT, STR_ARG(package), STR_ARG(macro->name));
        TRY(manifest_add_macro(manifest, macro));
    }
    return NULL;
}
