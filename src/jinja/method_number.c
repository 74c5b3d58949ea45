#include "jinja/builtin.h"

const JBuiltin jinja_int_methods[] = {
    {0},
};

const JBuiltin jinja_float_methods[] = {
    {0},
};
