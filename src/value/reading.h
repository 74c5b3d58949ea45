/* value/reading.h - what the readers of JSON, YAML and TOML have in common: where the text comes
 * from, and how much of it is too much. */
#ifndef VALUE_READING_H
#define VALUE_READING_H

#include "value/value.h"

/* A key that a map has twice; the later value won. Both know their place. */
typedef struct DuplicateKey {
    Value key;
    Value first;
} DuplicateKey;
typedef VEC(DuplicateKey) DuplicateKeyVec;

/* All zeroes is a good start: a document without a name, under the ceilings of configuration. */
typedef struct ReadOptions {
    Str path;                    /* for messages, as the user would write it; copied */
    size_t max_bytes;            /* 0 = LIMIT_CONFIG_BYTES */
    size_t max_nodes;            /* 0 = LIMIT_DOCUMENT_NODES */
    size_t max_depth;            /* 0 = LIMIT_DOCUMENT_DEPTH */
    unsigned line_base;          /* lines of the file before this text */
    bool secret;                 /* no line or value of this text may enter a message */
    bool no_positions;           /* skip the work of finding them, for data nobody edits */
    bool allow_nan;              /* JSON: NaN and infinities as numbers */
    DuplicateKeyVec *duplicates; /* filled in the reader's arena; NULL = not interested */
} ReadOptions;

/* ---- For the readers themselves. ---- */

/* The same with every ceiling filled in. */
ReadOptions read_options_complete(const ReadOptions *options);
/* A file that keeps `text` by reference and copies the path. */
const ValueFile *read_file_of(Arena *arena, Str text, const ReadOptions *options);
/* ERR_LIMIT when the text is too long, ERR_INPUT when it is not UTF-8. */
MUST_CHECK Error *read_check_text(const ValueFile *file, const ReadOptions *options);
/* Without a byte order mark. */
Str read_skip_bom(Str text);

/* A place that errors can point at: byte `offset` of the file's text. */
Value read_place(const ValueFile *file, size_t offset);
/* The key of `builder` is there already: remembers it for those who asked. */
void read_note_duplicate(Arena *arena, const ReadOptions *options, const ValueMapBuilder *builder,
                         const Value *key);

#endif
