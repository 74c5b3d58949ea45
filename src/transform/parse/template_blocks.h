/* transform/parse/template_blocks.h - the named blocks of a file: {% macro %}, {% test %}, {%
 * materialization %},
 * {% snapshot %}, {% docs %}. They are found before any template is compiled, by a scanner that
 * knows strings, comments, expressions and raw; the text around them counts for nothing. */
#ifndef TRANSFORM_PARSE_TEMPLATE_BLOCKS_H
#define TRANSFORM_PARSE_TEMPLATE_BLOCKS_H

#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

/* Kind, the word of its tag, the word of its end. */
#define BLOCK_KINDS(X) \
    X(MACRO, "macro", "endmacro") \
    X(TEST, "test", "endtest") \
    X(DATA_TEST, "data_test", "enddata_test") \
    X(MATERIALIZATION, "materialization", "endmaterialization") \
    X(SNAPSHOT, "snapshot", "endsnapshot") \
    X(DOCS, "docs", "enddocs")

typedef enum BlockKind {
#define X(name, word, end) BLOCK_##name,
    BLOCK_KINDS(X)
#undef X
} BlockKind;

typedef struct TemplateBlock {
    BlockKind kind;
    Str name;                /* the first word after the tag's */
    Str arguments;           /* what follows it within the tag, without the trimming mark */
    Str full;                /* from `{%` of the first tag to `%}` of the last */
    Str body;                /* between the two tags */
    bool trims_before;       /* {%- */
    bool trims_inside_start; /* -%} */
    bool trims_inside_end;
    bool trims_after;
    unsigned line; /* where it begins, from 1 */
} TemplateBlock;
typedef VEC(TemplateBlock) TemplateBlockVec;

/* Kinds of blocks as a set of bits. */
enum {
    BLOCKS_OF_MACROS =
        1u << BLOCK_MACRO | 1u << BLOCK_TEST | 1u << BLOCK_DATA_TEST | 1u << BLOCK_MATERIALIZATION,
    BLOCKS_OF_SNAPSHOTS = 1u << BLOCK_SNAPSHOT,
    BLOCKS_OF_DOCS = 1u << BLOCK_DOCS,
};

/* The blocks of those kinds; `out_strays` (may be NULL) are the words of all other tags around
 * them. All pieces borrow from `text`. ERR_TEMPLATE for a block without an end or a name, for one
 * between
 * {% if %} and {% endif %} or the like, and for those that are no pair. */
MUST_CHECK Error *template_blocks(Arena *arena, Str text, Str path, unsigned kinds,
                                  TemplateBlockVec *out, StrVec *out_strays);

#endif
