/* source/rest/reader.h - reads resources of a plan into a sink: those without a parent side by
 * side, the children of a page side by side, pages of a series side by side where it is known how
 * many there are. Rows of one resource reach the sink in the order that one thread would have. */
#ifndef SOURCE_REST_READER_H
#define SOURCE_REST_READER_H

#include "source/rest/series.h"

typedef struct RestRead {
    const RestPlan *plan;
    HttpClient *client;
    Cancel *cancel; /* the client's; asked for when one thread fails */
    size_t workers;
    RowSink *sink;
    /* Per resource of the plan. */
    const SeriesRange *ranges;
    const size_t *streams; /* number of its stream; SIZE_MAX: not asked for */
} RestRead;

/* The first error, if any; all threads have ended. */
MUST_CHECK Error *rest_read(const RestRead *read);

#endif
