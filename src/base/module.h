/* base/module.h - opens a module: a shared object in ../lib/dango beside the program's own
 * folder, which exports one const struct. A module stays open until the process ends. Thread-safe.
 */
#ifndef BASE_MODULE_H
#define BASE_MODULE_H

#include "base/error.h"

/* `name` is the module's file name without ".so", `symbol` what it exports, `package` what to
 * install when its client library is missing. ERR_UNSUPPORTED when it cannot be opened. */
MUST_CHECK Error *module_open(const char *name, const char *symbol, const char *package,
                              const void **out_symbol);

#endif
