/* ingest/normalise/target.h - where the values of rows go, as one thread knows it: tables, their
 * columns, and for each object of the data which key stands for which column, nested object or
 * list. Rows mostly have the same keys in the same order, so a key's place is guessed before it is
 * looked up. All of it lives in the arena of the thread's TargetSet, except the batches of rows. */
#ifndef INGEST_NORMALISE_TARGET_H
#define INGEST_NORMALISE_TARGET_H

#include "ingest/normalise/infer.h"
#include "ingest/normalise/job.h"
#include "ingest/normalise/row_batch.h"

typedef struct TableTarget TableTarget;
typedef struct ObjectShape ObjectShape;

enum { DATA_KIND_COUNT = DATA_JSON + 1 };

typedef struct ColumnTarget {
    Str name;
    DataType type;
    bool nullable;
    size_t index;                                   /* in the batch */
    struct ColumnTarget *variants[DATA_KIND_COUNT]; /* by the kind of the value; NULL: not yet */
} ColumnTarget;

/* A name within a table's row, which several keys may come to ("Id" and "id", "a__b" and the "b" in
 * "a"): the value that comes last counts, in the place of the first. */
typedef struct NamePlace {
    uint64_t row;      /* stamp of the row it was seen in last */
    size_t value;      /* its number among the values of that row */
    uint64_t list_row; /* the same for lists, which must be of one object */
    size_t list;
    const ObjectShape *list_shape;
} NamePlace;

/* A key of an object in the data. */
typedef struct FieldTarget {
    Str key;
    NamePlace *place;
    Str column_name;      /* path within the table; empty: the key has no name */
    ColumnTarget *column; /* NULL: none yet, or the type is still open */
    ObjectShape *object;  /* of the objects found here; NULL: none yet */
    TableTarget *list;    /* of the lists found here; NULL: none yet */
    bool stays_json;      /* objects and lists are not taken apart */
    bool discards_lists;  /* a contract keeps their table out */
    bool is_row_id;       /* _dlt_id of the row itself */
    uint64_t stamp;       /* the object it was seen in last */
    size_t slot;          /* its number among the members of that object */
    size_t index;         /* its number among the fields of its shape */
} FieldTarget;

/* The objects found at one place of a table's rows. */
struct ObjectShape {
    TableTarget *table;
    Str path;  /* in front of the names of columns; empty for the row itself */
    int level; /* levels of nesting that are still allowed below */
    VEC(FieldTarget *) fields;
    StrMap by_key;
    size_t guess; /* where the next key is expected */
};

/* How rows of a table are identified. */
typedef enum RowIdKind {
    ROW_ID_RANDOM,
    ROW_ID_NESTED,
    ROW_ID_KEY,     /* of the primary key */
    ROW_ID_CONTENT, /* of the whole row */
    ROW_ID_GIVEN,   /* by a column of the data */
    ROW_ID_NONE,    /* rows of a columnar table */
} RowIdKind;

struct TableTarget {
    Str name;
    SchemaTable *table;  /* guarded by the job's mu */
    TableTarget *parent; /* NULL for a root table */
    TableTarget *above;  /* whose lists hold its rows: the parent, or one whose child it is not (a
                            nested table with a key of its own); NULL: it holds rows of a resource */
    ObjectShape *shape;
    ObjectShape *list_shape; /* of {"list": item}, for lists in its lists: it uses up a level */
    StrMap columns;          /* to ColumnTarget *, those with a type */
    StrMap places;           /* of names of columns: to NamePlace * */
    RowBatch rows;
    RowIdKind id_kind;
    TableTarget *root_id_of; /* whose rows' ids its _dlt_root_id are; NULL: it has none */
    bool is_new;             /* its columns may come as they like */
    bool has_system;         /* the schema has its system columns */
    ContractMode contract[CONTRACT_ENTITIES];
    StrVec key_columns; /* of ROW_ID_KEY */
    /* Beside each row of the batch. */
    VEC(Str) ids;              /* empty: still to be made */
    VEC(uint32_t) parent_rows; /* number of the parent's row in its batch */
    VEC(uint32_t) positions;   /* in the parent's list */
};

typedef struct TargetSet {
    Arena *arena;
    NormaliseJob *job;
    const Inference *inference;
    uint64_t batch;            /* being filled */
    VEC(TableTarget *) tables; /* parents stand before children */
    /* A table of lists may also be that of a resource's own rows: then it is known as both. */
    StrMap roots; /* to TableTarget *, by name */
    StrMap lists;
} TargetSet;

MUST_CHECK Error *target_set_init(TargetSet *set, Arena *arena, NormaliseJob *job);
void target_set_done(TargetSet *set);

/* The root table of that name, which must be in the schema. */
MUST_CHECK Error *target_root_table(TargetSet *set, Str name, TableTarget **out);
/* The field of a key; made when it is new. ERR_LIMIT when an object has too many different keys. */
MUST_CHECK Error *target_field(TargetSet *set, ObjectShape *shape, Str key, FieldTarget **out);
/* What stands below a field that holds objects. */
ObjectShape *target_object(TargetSet *set, const ObjectShape *shape, FieldTarget *field);
/* The table of the lists of a field; NULL when a contract keeps it out. ERR_SCHEMA when a contract
 * freezes tables. */
MUST_CHECK Error *target_list(TargetSet *set, const ObjectShape *shape, FieldTarget *field,
                              TableTarget **out);

/* What became of a value that has no column yet. */
typedef enum ValueFate { VALUE_KEPT, VALUE_DISCARDED, ROW_DISCARDED } ValueFate;

/* Gives the field a column for `cell`, by inference and contract; the column is in field->column if
 * the value is kept. */
MUST_CHECK Error *target_new_column(TargetSet *set, TableTarget *table, FieldTarget *field,
                                    const Cell *cell, ValueFate *out_fate);
/* The same for a value that its column does not take: *out_variant is where it may go. */
MUST_CHECK Error *target_new_variant(TargetSet *set, TableTarget *table, ColumnTarget *column,
                                     const Cell *cell, ColumnTarget **out_variant,
                                     ValueFate *out_fate);
/* A row brings its own _dlt_id: the column comes where the key stands. */
MUST_CHECK Error *target_row_id_column(TargetSet *set, TableTarget *table);
/* After the first row of a table: _dlt_load_id and its like come last. */
MUST_CHECK Error *target_system_columns(TargetSet *set, TableTarget *table);

#endif
