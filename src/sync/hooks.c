#include "sync/hooks.h"

const SyncHook sync_hooks[] = {
    {0},
};
