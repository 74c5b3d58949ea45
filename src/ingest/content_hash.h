/* ingest/content_hash.h - the two digests dlt identifies content by, as base64 text. They are
 * stored and compared by dlt, so each must come out to the same characters. Thread-safe. */
#ifndef INGEST_CONTENT_HASH_H
#define INGEST_CONTENT_HASH_H

#include "base/keccak.h"
#include "base/str.h"

enum { SHAKE_MAX_BYTES = 64 };

/* The first `bytes` (at most SHAKE_MAX_BYTES) of SHAKE-128 in base64 without padding: 10 bytes give
 * the 14 characters of a row id. */
Str shake_base64(Arena *arena, Str content, size_t bytes);
/* Ends a KECCAK_SHA3_256 and gives it in base64 with padding: 44 characters. */
Str sha3_base64(Arena *arena, Keccak *hash);

#endif
