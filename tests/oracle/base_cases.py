"""What Python says about numbers, Unicode, patterns and dates: writes the tables in tests/cases/ that
the unit tests of base/ read. Each line is an input and Python's answer, in fields between tabs.

    python3.12 tests/oracle/base_cases.py
    python3 tests/oracle/base_cases.py siphash    the table in tests/unit/base/test_hash.c

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
import re
import struct
import sys
import unicodedata
from fractions import Fraction

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



def bits_of(value):
    return f"{struct.unpack('>Q', struct.pack('>d', value))[0]:016x}"


def double_texts(dice):
    """Texts that look like numbers, most of which are."""
    texts = ["", ".", "-", "+", "+-1", "-+1", "1", "-0", "+0", "0.", ".0", "-.5", "1.", "1e", "1e+", "e5",
             "1e5", "1E5", "1e+5", "1e-5", "1.5e 3", " 1", "1 ", "1x", "0x10", "inf", "-inf", "+inf", "Infinity",
             "-INFINITY", "infin", "nan", "NaN", "+nan", "nan(1)", "nan()", "inf(1)", "1..2", "1.2.3", "--1",
             "0e999999999", "-0e-999999999", "1e400", "-1e400", "1e-400", "-1e-400", "1.8e308", "1.7976931348623158e308",
             "1.797693134862315807e308", "4.9e-324", "2.5e-324", "2.4e-324", "-2.4e-324", "2.4703282292062327208e-324",
             "2.4703282292062327209e-324", "1e99999999999999999999", "-1e99999999999999999999",
             "1e-99999999999999999999", "1e+99999999999999999999", "9007199254740993", "9007199254740992.5",
             "2.2250738585072011e-308", "2.2250738585072014e-308", "0.1", "0.30000000000000004", "1e22", "1e23",
             "8.5e22", "123456789012345678901234567890", "1" + "0" * 308, "1" + "0" * 309, "1" + "0" * 600,
             "0." + "0" * 600 + "1", "0" * 600 + "1", "1" * 700 + "e-690", "0." + "0" * 400 + "1e401",
             "1" + "0" * 400 + "e-400", "1" + "0" * 400 + "e-800", "5" * 1000, "0." + "5" * 1000]
    for _ in range(3000):
        text = "".join(dice.choice("0123456789") for _ in range(dice.randint(0, 25)))
        if dice.random() < 0.7:
            at = dice.randint(0, len(text))
            text = text[:at] + "." + text[at:]
        if dice.random() < 0.5:
            text += dice.choice("eE") + dice.choice(["", "+", "-"]) + str(dice.randint(0, 345))
        if dice.random() < 0.2:
            text = dice.choice("+-") + text
        texts.append(text)
    return texts


def read_double(text):
    # Blanks and underscores are Python's own; everything else it reads as C does.
    if text != text.strip() or "_" in text:
        return "-"
    try:
        return bits_of(float(text))
    except ValueError:
        return "-"


def doubles(dice):
    yield from (0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1 / 3, 100.0, 1e15, 1e16, 1e17, 123456789012345680.0, 9999999999999998.0,
                0.0001, 0.00001, 0.00012345, 1e-5, 1e22, 1e23, 5e-324, 2.2250738585072014e-308,
                1.7976931348623157e308, math.pi, float("inf"), float("-inf"), float("nan"), 12345.678, 1e100)
    for exponent in range(-330, 310, 7):
        yield float(f"{dice.randint(1, 9)}e{exponent}")
    for _ in range(3000):
        yield struct.unpack(">d", dice.randbytes(8))[0]
    for _ in range(1000):
        yield round(dice.uniform(-1000, 1000), dice.randint(0, 6))


UNITS = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40, "kib": 2**10, "mib": 2**20,
         "gib": 2**30, "tib": 2**40, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}


def read_bytes(text):
    match = re.fullmatch(r"(\d+\.?\d*|\.\d+)\s*([a-z]*)", text.strip(" \t\n\r\v\f").lower(), re.ASCII)
    if not match or match[2] not in UNITS:
        return "-"
    amount = math.floor(Fraction(match[1].rstrip(".") or "0") * UNITS[match[2]])
    return amount if amount < 2**63 else "-"


def byte_texts(dice):
    yield from ("", " ", "B", ".", ".K", "1.K", ".5K", "512", " 10 MB ", "10MB", "4 GiB", "4gIb", "1.5 kb", "1e3", "-1",
                "+1", "1 XB", "1KBB", "1.2.3", "1,5", "0", "0TB", "9007199254740993", "9223372036854775807",
                "9223372036854775808", "18446744073709551616", "8191T", "8388607T", "8388608T", "9223372.036854775807TB",
                "1.001KB", "0.29KB", "1.1T", "0.1234567890123456789TB", "0.99999999999999999999B", "1.999999999999999999999T",
                "00001K", "1 K B", "0x10", "1\u0660")
    for _ in range(500):
        number = str(dice.randint(0, 10**dice.randint(1, 8)))
        if dice.random() < 0.6:
            number += "." + str(dice.randint(0, 10**9))[:dice.randint(1, 9)]
        yield number + dice.choice(["", " "]) + dice.choice(list(UNITS)).upper()


def human_bytes(count):
    amount, unit = Fraction(count), 0
    if count < 1024:
        return f"{count} B"
    while round(amount, 1) >= 1024 or unit == 0:
        amount, unit = amount / 1024, unit + 1
    return f"{float(round(amount, 1)):.1f} {['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'][unit]}"


def write_numbers():
    dice = random.Random(2024)
    write("number/parse_double.txt", [(text, read_double(text)) for text in double_texts(dice)])
    write("number/format_double.txt", [(bits_of(value), repr(value)) for value in doubles(dice)
                                       if value == value or bits_of(value)[0] == "7"])
    write("number/parse_bytes.txt", [(text, read_bytes(text)) for text in byte_texts(dice)])
    counts = [0, 1, 1023, 1024, 1075, 1076, 1280, 1331, 1536, 1048524, 1048525, 1048575, 1048576, 2**63, 2**64 - 1]
    counts += [1024**power * 10239 // 10 + more for power in range(1, 7) for more in (-1, 0, 1)
               if 1024**power * 10239 // 10 + more < 2**64]
    counts += [int(2 ** dice.uniform(0, 64)) for _ in range(1000)]
    write("number/human_bytes.txt", [(count, human_bytes(count)) for count in counts])
    integers = [0, 1, -1, 12, 999, 1000, -1000, 999999, 1000000, -(2**63), 2**63 - 1]
    integers += [int(dice.choice([-1, 1]) * 2 ** dice.uniform(0, 63)) for _ in range(300)]
    write("number/integers.txt", [(value, f"{value:,}") for value in integers])


def ranges(answers):
    """The code points for which it is true, as first-last in hexadecimal."""
    found, first = [], None
    for codepoint in range(0x110001):
        true = codepoint < 0x110000 and answers(chr(codepoint))
        if true and first is None:
            first = codepoint
        elif not true and first is not None:
            found.append(f"{first:X}-{codepoint - 1:X}")
            first = None
    return ",".join(found)


def mapped(method):
    """Code points that the method turns into another single one. Into several: not listed, and "many"
    tells which, as simple mappings are not Python's business."""
    changed, many = [], []
    for codepoint in range(0x110000):
        after = method(chr(codepoint))
        if len(after) > 1:
            many.append(f"{codepoint:X}")
        elif after != chr(codepoint):
            changed.append(f"{codepoint:X}-{ord(after):X}")
    return ",".join(changed), ",".join(many)


def write_unicode():
    if unicodedata.unidata_version != "15.0.0":
        print(f"unicode: left alone, as this is version {unicodedata.unidata_version}")
        return
    tests = {"alpha": str.isalpha, "lower": str.islower, "title": lambda c: unicodedata.category(c) == "Lt",
             "upper": lambda c: c.isupper(), "decimal": str.isdecimal, "space": str.isspace,
             "printable": str.isprintable, "identifier_start": str.isidentifier,
             "identifier_part": lambda c: ("a" + c).isidentifier()}
    write("unicode/predicates.txt", [(name, ranges(test)) for name, test in tests.items()])
    write("unicode/mappings.txt", [(name, *mapped(method)) for name, method in
                                   (("lower", str.lower), ("upper", str.upper), ("title", str.title))])


def first_bad_byte(data):
    try:
        data.decode("utf-8")
        return -1
    except UnicodeDecodeError as err:
        return err.start


def write_encodings():
    dice = random.Random(2025)
    edges = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
             0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF]
    texts = [bytes([a]) for a in range(256)] + [bytes([a, b]) for a in edges for b in edges]
    texts += [bytes([lead, b, c]) for lead in (0xE0, 0xE1, 0xED, 0xEF) for b in edges for c in (0x7F, 0x80, 0xBF, 0xC0)]
    texts += [bytes([lead, b, 0x80, d]) for lead in (0xF0, 0xF1, 0xF4, 0xF5) for b in edges for d in (0x41, 0x80, 0xBF)]
    texts += ["\U0010FFFF\uFFFF\uD7FF\uE000\x00".encode(), b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80"]
    texts += [bytes(dice.choice(edges) for _ in range(dice.randint(3, 20))) for _ in range(1000)]
    texts += ["".join(chr(dice.choice([dice.randint(0, 0x7F), dice.randint(0x80, 0xD7FF), dice.randint(0xE000, 0x10FFFF)]))
                      for _ in range(10)).encode() for _ in range(300)]
    write("unicode/utf8.txt", [(data.hex(), first_bad_byte(data)) for data in texts])
    rows = []
    for _ in range(1000):
        units = [dice.choice([dice.randint(0, 0xFFFF), 0x41, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xFFFD])
                 for _ in range(dice.randint(0, 6))]
        units = units[1:] if units and units[0] in (0xFEFF, 0xFFFE) else units
        for code, name in (("<H", "utf-16-le"), (">H", "utf-16-be")):
            data = b"".join(struct.pack(code, unit) for unit in units)
            rows.append((name[-2:], data.hex(), data.decode(name, "replace").encode().hex()))
    rows += [(order, data.hex(), data.decode("utf-16").encode().hex()) for order in ("le", "be")
             for data in (b"\xff\xfea\0", b"\xfe\xff\0a", b"\xff\xfe\x3d\xd8\x00\xde", b"\xfe\xff\xd8\x3d\xde\x00", b"\xff\xfe")]
    write("unicode/utf16.txt", rows)


GRAMMAR = re.compile(r"(\d{4}-\d\d-\d\d)([Tt ])(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)"
                     r"([Zz]|[+-]\d\d(?::?\d\d)?)?", re.ASCII)


def read_datetime(text):
    match = GRAMMAR.fullmatch(text)
    if not match:
        return "-"
    zone = match[4] or ""
    zone = "+00:00" if zone in "Zz" and zone else zone if ":" in zone or len(zone) != 5 else zone[:3] + ":" + zone[3:]
    if zone and (int(zone[1:3]) > 23 or int((zone + ":00")[4:6]) > 59):
        return "-"
    try:
        when = datetime.datetime.fromisoformat(match[1] + "T" + match[3])
        if zone:
            hours, minutes = int(zone[1:3]), int((zone + ":00")[4:6])
            away = datetime.timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
            when = when.replace(tzinfo=datetime.timezone(away))
    except ValueError:
        return "-"
    return when.isoformat()


def write_dates():
    dice = random.Random(2026)
    epoch = datetime.datetime(1970, 1, 1)
    last = (datetime.datetime.max - epoch) // datetime.timedelta(microseconds=1)
    first = (datetime.datetime.min - epoch) // datetime.timedelta(microseconds=1)
    moments = [0, 1, -1, 999999, -999999, -1000000, 86400 * 10**6 - 1, -86400 * 10**6, -86400 * 10**6 - 1, first, last,
               first + 1, last - 1, 951782400 * 10**6, 951868800 * 10**6 - 1, -2203891200 * 10**6, 4107542400 * 10**6]
    moments += [dice.randint(first, last) for _ in range(1000)] + [dice.randint(-10**15, 10**15) for _ in range(500)]
    rows = []
    for us in moments:
        when = epoch + datetime.timedelta(microseconds=us)
        rows.append((us, when.isoformat(), when.weekday(), when.timetuple().tm_yday, (when.date() - epoch.date()).days))
    write("datetime/moments.txt", rows)
    texts = ["", "2024", "2024-02-29T00:00", "2023-02-29T00:00", "1900-02-29T00:00", "2000-02-29T00:00", "2024-13-01T00:00",
             "2024-00-01T00:00", "2024-01-00T00:00", "2024-04-31T00:00", "0000-01-01T00:00", "9999-12-31T23:59:59.999999999Z",
             "2024-05-01T24:00", "2024-05-01T23:60", "2024-05-01T23:59:60", "2024-05-01T03:04.5", "2024-05-01T03:04:05.",
             "2024-05-01T03:04:05.1234567891", "2024-05-01T03:04:05,5", "2024-05-01T03:04:05+24:00", "2024-05-01T03:04:05+23:60",
             "2024-05-01T03:04:05+02:", "2024-05-01T03:04:05+2", "2024-05-01T03:04:05+02:3", "2024-05-01T03:04:05+02:30:10",
             "2024-05-01T03:04:05 Z", "2024-05-01T03:04:05ZZ", "2024-05-01T", "2024-05-01", "2024-05-01T03", "2024-05-01T03:",
             "2024-05-01T03:04:", "2024-05-01_03:04", " 2024-05-01T03:04", "2024-05-01T03:04 ", "+024-05-01T03:04"]
    for _ in range(500):
        when = epoch + datetime.timedelta(microseconds=dice.randint(first, last))
        text = when.isoformat(dice.choice("Tt "), dice.choice(["minutes", "seconds", "milliseconds", "microseconds"]))
        text += dice.choice(["", "Z", "z", f"{dice.choice('+-')}{dice.randint(0, 23):02}",
                             f"{dice.choice('+-')}{dice.randint(0, 23):02}{dice.choice([':', ''])}{dice.randint(0, 59):02}"])
        texts.append(text)
        at = dice.randint(0, len(text) - 1)
        texts.append(text[:at] + dice.choice("0129:-+.TZ ") + text[at + 1:])
        texts.append(text[:at] + text[at + 1:])
    write("datetime/parse.txt", [(text, read_datetime(text)) for text in texts])


@functools.lru_cache(maxsize=None)
def pattern_matches(pattern, path):
    """fnmatch for each name; "**" stands for any number of them."""
    if not pattern:
        return not path
    if pattern[0] == "**":
        return len(pattern) == 1 or pattern_matches(pattern[1:], path) or \
            (len(path) > 1 and pattern_matches(pattern, path[1:]))
    return bool(path) and fnmatch.fnmatchcase(path[0], pattern[0]) and \
        (pattern_matches(pattern[1:], path[1:]) if pattern[1:] and path[1:] else not pattern[1:] and not path[1:])


def write_patterns():
    dice = random.Random(2027)
    pairs = [("", ""), ("", "a"), ("*", ""), ("**", ""), ("**", "a/b/c"), ("a/**", "a"), ("a/**", "a/b/c"), ("**/x", "x"),
             ("**/x", "a/b/x"), ("**/x", "a/bx"), ("a/**/b", "a/b"), ("a/**/b", "a/x/y/b"), ("a/**/b", "ab"), ("*.sql", "a.sql"),
             ("*.sql", "a/b.sql"), ("**/*.sql", "a.sql"), ("**/*.sql", "a/b/c.sql"), ("a**b", "axxb"), ("a**b", "a/b"),
             ("?", "\u00e9"), ("?", "\u4e2d"), ("??", "\u00e9"), ("[\u00e0-\u00ef]", "\u00e9"), ("[!\u00e9]", "\u00e9"), ("*\u00e9", "ab\u00e9"),
             ("[", "["), ("[a", "[a"), ("[]", "[]"), ("[]]", "]"), ("[!]]", "]"), ("[!]]", "a"), ("[!]", "[!]"), ("[a-c]", "b"),
             ("[c-a]", "b"), ("[!c-a]", "b"), ("[a-]", "-"), ("[-a]", "-"), ("[--a]", "a"), ("[a--]", "a"), ("[a-c-e]", "-"), ("[a-c-e]", "d"),
             ("[!a-c]x", "dx"), ("[^a]", "b"), ("[^a]", "^"), ("\\*", "a"), ("\\*", "\\a"), ("\\?", "?"), (".*", ".hidden"), ("*", ".hidden"),
             ("a/", "a"), ("a/", "a/"), ("/a", "a"), ("**/", "a/"), ("a//b", "a/b"), ("**/**", "a"), ("**/**/b", "b"), ("[a/b]", "a"),
             ("*" * 20 + "b", "a" * 50), ("A", "a")]
    for _ in range(4000):
        pattern = "/".join(dice.choice(["**", "".join(dice.choice(["a", "b", "*", "?", "[ab]", "[!a]", "\u00e9", "-", "[", "]", "!"])
                                                      for _ in range(dice.randint(0, 4)))]) for _ in range(dice.randint(1, 4)))
        path = "/".join("".join(dice.choice("aab\u00e9-]!") for _ in range(dice.randint(1, 4))) for _ in range(dice.randint(1, 4)))
        pairs.append((pattern, path))
    write("pattern/pattern.txt", [(pattern, path, int(pattern_matches(tuple(pattern.split("/")), tuple(path.split("/")))))
                                  for pattern, path in pairs])


if __name__ == "__main__":
    if sys.argv[1:] == ["siphash"]:
        print_siphash()
    else:
        write_numbers()
        write_unicode()
        write_encodings()
        write_dates()
        write_patterns()
