/* value/yaml_edit.h - changes one place of a YAML text and leaves every other byte as it is:
 * comments, quotes, order, line ends. A path is a list of keys from the root on; into a list it
 * goes by number ("0", "12"). New parts are laid out in block style, indented as their neighbours
 * are.
 *
 * Each result is read back and compared with what was meant, so a text that is written too cleverly
 * to be edited (anchors across the place, keys in flow style over several lines) is refused rather
 * than broken: ERR_UNSUPPORTED, with the place to edit by hand. A text that is not YAML is
 * ERR_CONFIG. `file` is for messages. Results live in `arena`. */
#ifndef VALUE_YAML_EDIT_H
#define VALUE_YAML_EDIT_H

#include "value/value.h"

typedef struct YamlEdit {
    Str file; /* for messages */
    Str text;
    const Str *path;
    size_t depth; /* parts of the path */
} YamlEdit;

/* Sets the value at the path: replaces it, or adds the last key to the map before it. Maps that are
 * missing on the way are made. */
MUST_CHECK Error *yaml_edit_set(Arena *arena, const YamlEdit *edit, const Value *value, Str *out);
/* Adds an item to the end of the list at the path; a missing list is made. */
MUST_CHECK Error *yaml_edit_append(Arena *arena, const YamlEdit *edit, const Value *item, Str *out);
/* Removes the entry or item at the path, with the comment on its line. ERR_NOT_FOUND when it is not
 * there. */
MUST_CHECK Error *yaml_edit_remove(Arena *arena, const YamlEdit *edit, Str *out);

#endif
