/* base/attr.h - the marks that the compilers check or that readers need: results that must be
 * looked at, ownership, cleanup at the end of a scope. No code, no dependencies. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_index, first_argument) \
    __attribute__((format(printf, format_index, first_argument)))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* On a parameter that is given away: the callee frees it, also when it fails. */
#define TAKES

/* On a constructor: the result must reach `release`. Only gcc's analyzer understands the
 * two-argument form, so that -fanalyzer reports leaks. */
#if defined(__GNUC__) && !defined(__clang__)
#    define OWNED_UNTIL(release) __attribute__((malloc(release, 1)))
#else
#    define OWNED_UNTIL(release)
#endif

/* A local that is released when its scope ends. AUTO_FREE(arena) calls arena_free on the pointer,
 * AUTO_DONE(mutex_lock) calls mutex_lock_done on the object's address. The module that owns the
 * type declares the cleanup once, with DEFINE_AUTO_FREE or DEFINE_AUTO_DONE. */
#define AUTO_FREE(type) __attribute__((unused, cleanup(type##_auto_free)))
#define AUTO_DONE(type) __attribute__((unused, cleanup(type##_auto_done)))

#define DEFINE_AUTO_FREE(type, Type) \
    static inline void type##_auto_free(Type **object) \
    { \
        type##_free(*object); \
    }
#define DEFINE_AUTO_DONE(type, Type) \
    static inline void type##_auto_done(Type *object) \
    { \
        type##_done(object); \
    }

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
