/* transform/run/cell.h - cells of results as templates see them: what the Python driver and agate
 * make of a value of the database. */
#ifndef TRANSFORM_RUN_CELL_H
#define TRANSFORM_RUN_CELL_H

#include "jinja/jinja.h"
#include "value/column.h"

/* Integers, truth values and texts as themselves; all other numbers as decimals; dates and
 * timestamps as Python's; intervals, bytes and times of day as the text of Python's; lists, structs
 * and maps as JSON. A day that Python's calendar does not have is the database's text. NULL becomes
 * None. */
JValue cell_value(JHeap *heap, const Column *column, size_t row);

#endif
