#include "source/stream.h"

void json_rows_done(JsonRows *rows)
{
    json_page_done(&rows->page);
    *rows = (JsonRows){0};
}
