/* jinja/urlize.h - plain text to HTML in which web and mail addresses are links. */
#ifndef JINJA_URLIZE_H
#define JINJA_URLIZE_H

#include "jinja/state.h"

typedef struct UrlizeOptions {
    int64_t limit; /* characters of a link's text; negative: all */
    bool nofollow;
    JValue target;  /* NONE or a text */
    JValue rel;     /* NONE or words */
    JValue schemes; /* NONE or further beginnings of addresses, such as "ftp:" */
} UrlizeOptions;

MUST_CHECK Error *urlize_text(JinjaState *s, JValue text, const UrlizeOptions *options,
                              StrBuf *out);

#endif
