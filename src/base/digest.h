/* base/digest.h - MD5, SHA-1 and SHA-256 as lower-case hex, for names and checksums that other
 * tools compute the same way: dbt's test names and file checksums. Not for secrets. Thread-safe. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/str.h"

enum {
    DIGEST_MD5_HEX = 32,
    DIGEST_SHA1_HEX = 40,
    DIGEST_SHA256_HEX = 64,
};

/* The hex text of the digest, in `arena`. */
Str digest_md5(Arena *arena, Str text);
Str digest_sha1(Arena *arena, Str text);
Str digest_sha256(Arena *arena, Str text);

#endif
