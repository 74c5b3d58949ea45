#include "base/keccak.h"

#include "base/attr.h"
#include "base/keccak_permute.h"

KECCAK_DEFINE_PERMUTE(permute, uint64_t, )

static void add_byte_at(Keccak *hash, size_t at, uint8_t byte)
{
    hash->lanes[at / 8] ^= (uint64_t)byte << (8 * (at % 8));
}

Keccak keccak_begin(KeccakKind kind)
{
    bool is_shake = kind == KECCAK_SHAKE_128;
    return (Keccak){.rate = is_shake ? 168 : 136, .suffix = is_shake ? 0x1F : 0x06};
}

void keccak_add(Keccak *hash, Str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        add_byte_at(hash, hash->at, (uint8_t)bytes.data[i]);
        if (++hash->at == hash->rate) {
            permute(hash->lanes);
            hash->at = 0;
        }
    }
}

void keccak_end(Keccak *hash, uint8_t *out, size_t len)
{
    add_byte_at(hash, hash->at, hash->suffix);
    add_byte_at(hash, hash->rate - 1, 0x80);
    permute(hash->lanes);
    for (size_t i = 0, at = 0; i < len; i++, at++) {
        if (at == hash->rate) {
            permute(hash->lanes);
            at = 0;
        }
        out[i] = (uint8_t)(hash->lanes[at / 8] >> (8 * (at % 8)));
    }
}
