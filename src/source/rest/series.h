/* source/rest/series.h - one series of requests: those of a resource, or of a resource for one row
 * of its parent, page by page. One thread at a time. */
#ifndef SOURCE_REST_SERIES_H
#define SOURCE_REST_SERIES_H

#include "source/rest/plan.h"
#include "source/rest/select.h"
#include "source/rest/template.h"
#include "source/stream.h"

/* What is asked of all series of a resource. */
typedef struct SeriesRange {
    const Value *from; /* of the cursor; NULL: from the beginning */
    const Value *until;
} SeriesRange;

typedef struct Series {
    const RestPlan *plan;
    const RestResource *resource;
    HttpClient *client;
    Arena *arena; /* of the whole series */
    TemplateScope scope;
    Pager pager;
    const JsonPath *selector; /* NULL: to be found out by the first page */
    bool is_ignored;          /* a response action ended it */
} Series;

/* Where a series begins; everything is borrowed until its end. */
typedef struct SeriesStart {
    const RestPlan *plan;
    const RestResource *resource;
    HttpClient *client;
    const SeriesRange *range;
    const RestResource *parent; /* NULL without one */
    yyjson_val *row;            /* of the parent */
} SeriesStart;
void series_begin(Series *series, Arena *arena, const SeriesStart *start);
/* Reads the page that `pager` stands at, which goes on to the next one. `arena` is of the page
 * alone and may be reset after; *out holds its own memory. */
MUST_CHECK Error *series_fetch(Series *series, Pager *pager, Arena *arena, JsonRows *out);

#endif
