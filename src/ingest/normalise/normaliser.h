/* ingest/normalise/normaliser.h - rows as a source gives them, made into rows of tables: objects
 * are flattened into columns, lists become tables of their own, values get the types of their
 * columns (spec of dlt, 2 to 4). One Normaliser per thread; they share a NormaliseJob.
 *
 * The values of a row go straight into columns: nothing is built per row, and texts are borrowed
 * from the parsed document.
 *
 *     TRY(normaliser_begin(normaliser, number));          // batches are numbered by the source
 *     TRY(normaliser_add(normaliser, STR("orders"), row)); // each row
 *     TRY(normaliser_finish(normaliser));                 // ids are made
 *     for (i = 0; i < normaliser->set.tables.len; i++) ... // take the rows
 *     normaliser_clear(normaliser);                       // documents may be freed now */
#ifndef INGEST_NORMALISE_NORMALISER_H
#define INGEST_NORMALISE_NORMALISER_H

#include <yyjson.h>

#include "ingest/normalise/rejected.h"
#include "ingest/normalise/target.h"

typedef struct WalkObject {
    ObjectShape *shape;
    yyjson_val *value;
} WalkObject;

typedef struct WalkList {
    ObjectShape *shape; /* of the object it is a member of */
    FieldTarget *field;
    yyjson_val *value;
} WalkList;

typedef struct WalkMember {
    FieldTarget *field;
    yyjson_val *value;
} WalkMember;

/* Values that all root rows of a page have beside their own: of which file they are, ... */
typedef struct RowExtra {
    Str key;
    Cell value;
} RowExtra;
typedef VEC(RowExtra) RowExtraVec;

/* A value that a contract refuses. */
typedef struct Refusal {
    const FieldTarget *field; /* whose column, if it has one, does not take the value */
    yyjson_val *value;
    DataKind kind;  /* of the value */
    ValueFate fate; /* is the row refused with it? */
} Refusal;

typedef struct Normaliser {
    TargetSet set;
    Arena *arena;   /* of the targets */
    Arena *scratch; /* until normaliser_clear() */
    uint64_t stamp; /* of the object being read */
    uint64_t row;   /* stamp of the row being read */
    /* Stacks of the walk. */
    VEC(WalkObject) objects;
    VEC(WalkList) lists;
    VEC(WalkMember) members;
    VEC(WalkMember) values;    /* of the row being read: one per name */
    uint64_t rows;             /* added to root tables since it was made */
    const RowExtraVec *extras; /* of the page; NULL: none */
    RowOrigin origin;          /* of the row that is added next; set by the caller */
    yyjson_val *reading;       /* the row, or item of a list, whose values are put */
    bool is_refused;           /* by a value before */
    RejectedRowVec rejected;   /* in scratch */
} Normaliser;

void normaliser_free(Normaliser *normaliser);
MUST_CHECK Error *normaliser_new(NormaliseJob *job, Normaliser **out);
DEFINE_AUTO_FREE(normaliser, Normaliser)

MUST_CHECK Error *normaliser_begin(Normaliser *normaliser, uint64_t batch);
/* One row for a root table that is in the schema; what is no object becomes {"value": row}. The
 * document must live until normaliser_clear(). ERR_INPUT and ERR_SCHEMA say table, column, value.
 */
MUST_CHECK Error *normaliser_add(Normaliser *normaliser, Str table, yyjson_val *row);
/* Makes the ids of all rows and lets the next batches change the schema. */
MUST_CHECK Error *normaliser_finish(Normaliser *normaliser);
void normaliser_clear(Normaliser *normaliser);

/* chunk_rows.c: a row of NULLs, to be filled. */
void normaliser_begin_row(Normaliser *normaliser, TableTarget *table, size_t parent_row,
                          size_t position);
/* row_ids.c: fills table->ids of all rows of all tables. */
MUST_CHECK Error *normaliser_make_ids(Normaliser *normaliser);
/* rejected.c: keeps the row that is read, for a value of it; or an item of a list whose table a
 * contract keeps out. */
void normaliser_reject(Normaliser *normaliser, const TableTarget *table, const Refusal *refusal);
void normaliser_reject_item(Normaliser *normaliser, const WalkList *list, yyjson_val *item);
/* The id of a root row that depends on what the row says; empty for a random one. */
MUST_CHECK Error *normaliser_row_id(Normaliser *normaliser, TableTarget *table, yyjson_val *row,
                                    Str *out);

#endif
