/* transform/run/profile_prepare.h - what a profile asks of an open warehouse and its connections:
 * extensions, secrets, attached databases, settings. */
#ifndef TRANSFORM_RUN_PROFILE_PREPARE_H
#define TRANSFORM_RUN_PROFILE_PREPARE_H

#include "transform/run/profile.h"
#include "warehouse/warehouse.h"

/* In the order in which one may need the other. What is there already is left as it is. */
MUST_CHECK Error *profile_prepare(const Profile *profile, Warehouse *warehouse);

/* The profile's settings, which hold for one connection each. */
MUST_CHECK Error *profile_configure(const Profile *profile, Connection *connection);

/* The statements it runs for one entry, for tests: `number` counts the secrets from 1. */
MUST_CHECK Error *profile_secret_sql(Arena *arena, const Value *secret, size_t number, Str *out);
MUST_CHECK Error *profile_attach_sql(Arena *arena, const Value *database, Str *out);

#endif
