/* value/value_edit.h - a tree with one place changed. The tree given stays as it is; what did not
 * change is shared. Paths are lists of keys; into a list it goes by number. */
#ifndef VALUE_VALUE_EDIT_H
#define VALUE_VALUE_EDIT_H

#include "value/value.h"

typedef enum ValueEditKind {
    VALUE_EDIT_SET,    /* puts the value there; maps missing on the way are made */
    VALUE_EDIT_APPEND, /* adds it to the list there; a missing list is made */
    VALUE_EDIT_REMOVE,
} ValueEditKind;

typedef struct ValueEdit {
    ValueEditKind kind;
    const Str *path;
    size_t depth;
    const Value *value; /* NULL to remove */
} ValueEdit;

/* `root` NULL is an empty map. ERR_NOT_FOUND when there is nothing to remove, ERR_CONFIG when the
 * path leads through something that is neither list nor map. */
MUST_CHECK Error *value_edit(Arena *arena, const Value *root, const ValueEdit *edit, Value *out);

/* Number of the item that a part of a path names in a list of `len`; SIZE_MAX if none. */
size_t value_edit_index(Str part, size_t len);

#endif
