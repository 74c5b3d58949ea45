/* transform/context/behavior.h - `adapter.behavior`: the behaviours of the adapter that `flags:` of
 * the project turns on. Each is true or false; looking at one that is off warns once that it can be
 * turned on, which `.no_warn` does not. */
#ifndef TRANSFORM_CONTEXT_BEHAVIOR_H
#define TRANSFORM_CONTEXT_BEHAVIOR_H

#include "transform/context/objects.h"

extern const ObjectClass behavior_class_object;

#endif
