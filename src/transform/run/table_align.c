#include "transform/run/table_align.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"

enum {
    MOST_KEY_COLUMNS = 5, /* all combinations of them are tried */
    FEW_ROWS = 20,        /* so many more rows a value may be repeated in */
};

typedef VEC(size_t) ColumnVec;

typedef struct Aligner {
    Arena *arena;
    const TextTable *before, *after;
    int64_t before_rows, after_rows; /* with the names */
    int64_t *to_after, *to_before;   /* by row; ROW_NONE = not known yet */
    int64_t open;                    /* rows before whose counterpart is not known */
    ColumnVec columns;               /* that may be keys */
    bool *keys;
} Aligner;

static const TextCell *row_of(const TextTable *table, int64_t row)
{
    return row == 0 ? table->names : table->rows.data[row - 1];
}

/* ---- Keys ---- */

/* Null, nothing and the words for them are alike. */
static bool says_nothing(Str cell)
{
    return cell.len == 0 || str_is(cell, "null") || str_is(cell, "undefined");
}

/* The cells of some columns as one text; that of the names is like none of a row. */
static Str key_of(Arena *arena, const TextTable *table, int64_t row, const ColumnVec *columns)
{
    StrBuf key = strbuf_init(arena, LIMIT_SQL_BYTES);
    strbuf_add_c(&key, row > 0 ? "_" : "");
    const TextCell *cells = row_of(table, row);
    for (size_t i = 0; i < columns->len; i++) {
        strbuf_add_c(&key, i > 0 ? " // " : "");
        Str cell = cells[columns->data[i]].text;
        if (!says_nothing(cell)) {
            strbuf_add(&key, cell);
        }
    }
    return strbuf_str(&key);
}

/* The rows that have a key. */
typedef struct KeyRows {
    bool says_nothing; /* a single cell does; two of them still say where they stand */
    int64_t count_before, count_after;
    int64_t first_after;
} KeyRows;

/* What is found under the keys made of some columns. */
typedef struct KeyIndex {
    StrMap rows; /* key -> KeyRows */
    Str *before; /* keys by row */
    Str *after;
    int64_t most; /* rows with the same key, in one of the tables */
} KeyIndex;

static KeyRows *rows_with(Arena *arena, KeyIndex *index, Str key)
{
    KeyRows *rows = strmap_find(&index->rows, key);
    if (rows == NULL) {
        rows = ARENA_NEW(arena, KeyRows);
        rows->first_after = ROW_NONE;
        strmap_set(&index->rows, key, rows);
    }
    return rows;
}

static KeyIndex index_rows(const Aligner *aligner, Arena *arena, const ColumnVec *columns)
{
    KeyIndex index = {.rows = strmap_init(arena),
                      .before = ARENA_ARRAY(arena, Str, (size_t)aligner->before_rows),
                      .after = ARENA_ARRAY(arena, Str, (size_t)aligner->after_rows)};
    for (int64_t row = 0; row < aligner->before_rows; row++) {
        index.before[row] = key_of(arena, aligner->before, row, columns);
        KeyRows *rows = rows_with(arena, &index, index.before[row]);
        rows->says_nothing =
            columns->len == 1 && says_nothing(row_of(aligner->before, row)[columns->data[0]].text);
        rows->count_before++;
        index.most = rows->count_before > index.most ? rows->count_before : index.most;
    }
    for (int64_t row = 0; row < aligner->after_rows; row++) {
        index.after[row] = key_of(arena, aligner->after, row, columns);
        KeyRows *rows = rows_with(arena, &index, index.after[row]);
        rows->first_after = rows->count_after == 0 ? row : rows->first_after;
        rows->count_after++;
        index.most = rows->count_after > index.most ? rows->count_after : index.most;
    }
    return index;
}

/* ---- Which columns ---- */

typedef struct ColumnRank {
    size_t column;
    size_t values; /* different ones, in both tables */
} ColumnRank;

static int compare_ranks(const void *a, const void *b)
{
    const ColumnRank *left = a, *right = b;
    if (left->values != right->values) {
        return left->values > right->values ? -1 : 1;
    }
    return (left->column > right->column) - (left->column < right->column);
}

static size_t count_values(Arena *scratch, const TextTable *table, int64_t rows, size_t column)
{
    StrMap seen = strmap_init(scratch);
    for (int64_t row = 0; row < rows; row++) {
        Str cell = row_of(table, row)[column].text;
        strmap_set(&seen, cell.data != NULL ? cell : STR(""), NULL);
    }
    size_t count = 0;
    for (STRMAP_EACH(it, &seen)) {
        count++;
    }
    return count;
}

/* Those with the most different values, when there are many. */
static void choose_columns(Aligner *aligner)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("columns of a diff");
    size_t width = aligner->before->width;
    ColumnRank *ranks = ARENA_ARRAY(scratch, ColumnRank, width + 1);
    bool many = width > MOST_KEY_COLUMNS;
    for (size_t i = 0; i < width; i++) {
        ranks[i].column = i;
        if (many) {
            ranks[i].values = count_values(scratch, aligner->before, aligner->before_rows, i) +
                              count_values(scratch, aligner->after, aligner->after_rows, i);
        }
    }
    if (many) {
        qsort(ranks, width, sizeof(*ranks), compare_ranks);
    }
    for (size_t i = 0; i < width && i < MOST_KEY_COLUMNS; i++) {
        VEC_PUSH(aligner->arena, &aligner->columns, ranks[i].column);
    }
}

/* ---- Linking ---- */

static void link_rows(Aligner *aligner, int64_t before, int64_t after)
{
    aligner->to_after[before] = after;
    aligner->to_before[after] = before;
    aligner->open--;
}

/* Rows whose key only they have. */
static void link_unique(Aligner *aligner, const KeyIndex *index)
{
    for (int64_t row = 0; row < aligner->before_rows; row++) {
        const KeyRows *rows = strmap_find(&index->rows, index->before[row]);
        bool unique = rows->count_before == 1 && rows->count_after == 1 && !rows->says_nothing;
        if (unique && aligner->to_after[row] == ROW_NONE &&
            aligner->to_before[rows->first_after] == ROW_NONE) {
            link_rows(aligner, row, rows->first_after);
        }
    }
}

/* Whether rows that are not the counterpart of the next one may be passed over. */
typedef enum Following { FOLLOW_CLOSELY, FOLLOW_OVER_OTHERS } Following;

/* The next row after that is free and has the key; where the search ended when there is none. */
static int64_t next_with_key(const Aligner *aligner, const KeyIndex *index, Str key, int64_t from,
                             int64_t step)
{
    int64_t at = from;
    while (at >= 0 && at < aligner->after_rows && aligner->to_before[at] == ROW_NONE &&
           !str_eq(index->after[at], key)) {
        at += step;
    }
    return at;
}

static bool is_row(int64_t row, int64_t count)
{
    return row >= 0 && row < count;
}

/* Rows with the same key that follow linked ones, downwards or upwards. */
static void link_followers(Aligner *aligner, const KeyIndex *index, Following following,
                           int64_t step)
{
    int64_t row = step > 0 ? 0 : aligner->before_rows - 1;
    int64_t other = step > 0 ? 0 : aligner->after_rows - 1;
    for (; is_row(row, aligner->before_rows); row += step) {
        if (aligner->to_after[row] != ROW_NONE) {
            other = aligner->to_after[row] + step;
            continue;
        }
        if (following == FOLLOW_OVER_OTHERS) {
            other = next_with_key(aligner, index, index->before[row], other, step);
        }
        if (is_row(other, aligner->after_rows) && aligner->to_before[other] == ROW_NONE &&
            str_eq(index->before[row], index->after[other])) {
            link_rows(aligner, row, other);
            other += step;
        }
    }
}

/* Tries every combination of the columns; one that is the same in many rows tells nothing. */
static void link_by_keys(Aligner *aligner)
{
    size_t combinations = (size_t)1 << aligner->columns.len;
    size_t used = 0;
    for (size_t set = 1; set < combinations && aligner->open > 0; set++) {
        AUTO_FREE(arena) Arena *scratch = arena_new("keys of a diff");
        ColumnVec columns = {0};
        for (size_t i = 0; i < aligner->columns.len; i++) {
            if ((set >> i & 1) != 0) {
                VEC_PUSH(scratch, &columns, aligner->columns.data[i]);
                aligner->keys[aligner->columns.data[i]] = true;
            }
        }
        bool last = set == combinations - 1;
        KeyIndex index = index_rows(aligner, scratch, &columns);
        int64_t height =
            aligner->before_rows > aligner->after_rows ? aligner->before_rows : aligner->after_rows;
        bool vague = index.most * 10 >= height + FEW_ROWS;
        if (!vague || (last && used == 0)) {
            used++;
            link_unique(aligner, &index);
        }
        if (last) {
            for (Following how = FOLLOW_CLOSELY; how <= FOLLOW_OVER_OTHERS; how++) {
                link_followers(aligner, &index, how, 1);
                link_followers(aligner, &index, how, -1);
            }
        }
    }
}

/* ---- The order in which pairs are shown ---- */

static int compare_pairs(const void *a, const void *b)
{
    const RowPair *left = a, *right = b;
    if (left->after != right->after) {
        return left->after < right->after ? -1 : 1;
    }
    return (left->before > right->before) - (left->before < right->before);
}

/* That of the rows after; one that is gone stands in front of what followed it. */
static void order_pairs(const Aligner *aligner, RowPairVec *out)
{
    RowPairVec there = {0}, gone = {0};
    for (int64_t row = 0; row < aligner->before_rows; row++) {
        RowPair pair = {.before = row, .after = aligner->to_after[row]};
        if (pair.after == ROW_NONE) {
            VEC_PUSH(aligner->arena, &gone, pair);
        } else {
            VEC_PUSH(aligner->arena, &there, pair);
        }
    }
    for (int64_t row = 0; row < aligner->after_rows; row++) {
        if (aligner->to_before[row] == ROW_NONE) {
            VEC_PUSH(aligner->arena, &there, (RowPair){.before = ROW_NONE, .after = row});
        }
    }
    if (there.len > 0) {
        qsort(there.data, there.len, sizeof(*there.data), compare_pairs);
    }
    size_t next = 0;
    for (VEC_EACH(const RowPair, pair, &there)) {
        while (next < gone.len && pair->before > gone.data[next].before) {
            VEC_PUSH(aligner->arena, out, gone.data[next++]);
        }
        VEC_PUSH(aligner->arena, out, *pair);
    }
    while (next < gone.len) {
        VEC_PUSH(aligner->arena, out, gone.data[next++]);
    }
}

static int64_t *no_rows(Arena *arena, int64_t count)
{
    int64_t *rows = ARENA_ARRAY(arena, int64_t, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        rows[i] = ROW_NONE;
    }
    return rows;
}

TableAlignment table_align(Arena *arena, const TextTable *before, const TextTable *after)
{
    Aligner aligner = {.arena = arena,
                       .before = before,
                       .after = after,
                       .before_rows = (int64_t)before->rows.len + 1,
                       .after_rows = (int64_t)after->rows.len + 1,
                       .keys = ARENA_ARRAY(arena, bool, before->width + 1)};
    aligner.to_after = no_rows(arena, aligner.before_rows);
    aligner.to_before = no_rows(arena, aligner.after_rows);
    aligner.open = aligner.before_rows;
    choose_columns(&aligner);
    link_by_keys(&aligner);
    if (aligner.to_after[0] != 0) {
        link_rows(&aligner, 0, 0);
    }
    TableAlignment alignment = {.keys = aligner.keys};
    order_pairs(&aligner, &alignment.rows);
    return alignment;
}
