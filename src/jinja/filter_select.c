#include "jinja/builtin.h"

const JBuiltin jinja_filters_select[] = {
    {0},
};
