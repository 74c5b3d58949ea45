/* transform/select/selector_file.h - selectors.yml of the root project: selections with names. */
#ifndef TRANSFORM_SELECT_SELECTOR_FILE_H
#define TRANSFORM_SELECT_SELECTOR_FILE_H

#include "transform/run/profile.h"
#include "transform/select/select.h"

typedef struct NamedSelector {
    Str name;
    const SelectExpr *definition;
    size_t parts;    /* criteria and sets of them, with those of the selectors it names */
    bool is_default; /* in force where nothing else is selected */
    Value document;  /* as the manifest shows it: criteria taken apart, others put in */
} NamedSelector;
typedef VEC(NamedSelector) NamedSelectorVec;

/* Reads the file; without one there are no selectors. `indirect` is for criteria that do not say
 * themselves. Errors have the texts of dbt. */
MUST_CHECK Error *selector_file_load(Arena *arena, Str root, YamlRenderer *renderer,
                                     IndirectMode indirect, NamedSelectorVec *out);

/* The selector of that name. ERR_USAGE with the known ones when there is none. */
MUST_CHECK Error *selector_find(const NamedSelectorVec *selectors, Str name,
                                const NamedSelector **out);
/* NULL when no selector is the default. */
const NamedSelector *selector_default(const NamedSelectorVec *selectors);

#endif
