/* jinja/jinja.h - the Jinja engine, for those who embed it. */
#ifndef JINJA_JINJA_H
#define JINJA_JINJA_H

#include "jinja/value.h"

#endif
