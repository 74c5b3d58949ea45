"""What Python says about numbers, Unicode, patterns and dates: writes the tables in tests/cases/ that
the unit tests of base/ read. Each line is an input and Python's answer, in fields between tabs.

    python3.12 tests/oracle/base_cases.py

Unicode tables are those of version 15.0, as in Python 3.12 and utf8proc 2.8; other versions of Python
leave the files of tests/cases/unicode/ alone. Random inputs have a fixed seed, so that a second run
changes nothing.
"""

import datetime
import fnmatch
import functools
import math
import os
import random
import struct
import sys
import unicodedata

CASES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "cases")
MASK = (1 << 64) - 1


def write(name, rows):
    path = os.path.join(CASES, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write("\t".join(str(field) for field in row) + "\n")
    print(f"{name}: {len(rows)} cases")


def siphash(compress, finish, key, data):
    """SipHash as in the paper, with that many rounds."""
    def rotate(x, bits):
        return (x << bits | x >> (64 - bits)) & MASK

    def rounds(count):
        for _ in range(count):
            v[0] = (v[0] + v[1]) & MASK
            v[2] = (v[2] + v[3]) & MASK
            v[1] = rotate(v[1], 13) ^ v[0]
            v[3] = rotate(v[3], 16) ^ v[2]
            v[0] = rotate(v[0], 32)
            v[2] = (v[2] + v[1]) & MASK
            v[0] = (v[0] + v[3]) & MASK
            v[1] = rotate(v[1], 17) ^ v[2]
            v[3] = rotate(v[3], 21) ^ v[0]
            v[2] = rotate(v[2], 32)

    k0, k1 = struct.unpack("<QQ", key)
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D,
         k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]
    padded = data + b"\0" * (-(len(data) + 1) % 8) + bytes([len(data) & 255])
    for (word,) in struct.iter_unpack("<Q", padded):
        v[3] ^= word
        rounds(compress)
        v[0] ^= word
    v[2] ^= 0xFF
    rounds(finish)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def print_siphash():
    key = bytes(range(16))
    assert siphash(2, 4, key, bytes(range(15))) == 0xA129CA6149BE45E5
    for size in range(33):
        print(f"0x{siphash(1, 3, key, bytes(range(size))):016x},")


if __name__ == "__main__" and sys.argv[1:] == ["siphash"]:
    print_siphash()
    sys.exit()
