/* cli/command/source_edit.h - what source add, edit and remove share: changing one entry of
 * sources.yml and leaving every other byte as it is. */
#ifndef CLI_COMMAND_SOURCE_EDIT_H
#define CLI_COMMAND_SOURCE_EDIT_H

#include "cli/app.h"
#include "source/source.h"

/* One key=value of --set: the value read as YAML, so that true, 5 and [a, b] are what they look
 * like. ERR_USAGE without '='. */
MUST_CHECK Error *setting_parse(Arena *arena, Str text, Str *out_key, Value *out_value);
/* ERR_USAGE with the nearest option when neither every source nor this driver has such a key.
 * `out_common`: it stands beside `type`, not in the type's block. */
MUST_CHECK Error *setting_check(const SourceDriver *driver, Str key, bool *out_common);

/* The text of .dango/sources.yml, and writing it back. */
MUST_CHECK Error *sources_text_read(App *app, Str *out_text);
MUST_CHECK Error *sources_text_write(App *app, Str text);
/* The number of the entry of that name in the file, as yaml_edit wants it in a path. */
Str sources_index_of(App *app, Str name);

/* Loads the project anew and tries the source: its options are right and its files can be listed.
 * Prints how many there are. */
MUST_CHECK Error *source_try(App *app, Str name);

#endif
