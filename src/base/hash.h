/* base/hash.h - a keyed hash for tables whose keys come from outside. SipHash-1-3 (Aumasson and
 * Bernstein, "SipHash: a fast short-input PRF"), seeded once per process, so that nobody can
 * prepare keys that collide. What hash_bytes gives differs from run to run: never store or print
 * it. Thread-safe. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *data, size_t len);

/* FNV-1a, 64 bits: the same in every run and on every machine, for telling whether a text changed.
 * Not for tables and not against intent. */
uint64_t hash_stable(const void *data, size_t len);

#endif
