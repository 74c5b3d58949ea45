#!/usr/bin/env python3
"""Keeps the expectations in tests/cases/yaml/ equal to what the real PyYAML gives.

    yaml_cases.py --check      verify all files; exit status 1 if any expectation differs
    yaml_cases.py --write      write the expectations of all cases anew
    yaml_cases.py --count      number of cases

Values come from CSafeLoader, which is PyYAML on libyaml and what dbt uses; the text of a dump from
safe_dump(sort_keys=False), which is dbt's toyaml(). The format is described in
tests/cases/yaml/README.md.
"""

import argparse
import base64
import datetime
import json
import pathlib
import sys

import yaml

CASES = pathlib.Path(__file__).resolve().parent.parent / "cases" / "yaml"
FILE_NAME = "case.yml"


def notation(value):
    """The value in the notation of the cases: JSON, and a word for each thing that JSON lacks."""
    if isinstance(value, dict):
        pairs = [f"{notation(key)}: {notation(item)}" for key, item in value.items()]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(notation(item) for item in value) + "]"
    if isinstance(value, set):
        return "{" + ", ".join(f"{item}: null" for item in sorted(map(notation, value))) + "}"
    if isinstance(value, bytes):
        return f"bytes({base64.b64encode(value).decode()})"
    if isinstance(value, datetime.datetime):
        return f"datetime({value.isoformat()})"
    if isinstance(value, datetime.date):
        return f"date({value.isoformat()})"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value)


def text_section(name, text):
    """Plain lines, or a JSON string where those would not show everything."""
    lines = text.split("\n")
    plain = (
        text.endswith("\n")
        and not text.endswith("\n\n")
        and text != "\n"
        and text.isascii()
        and all(line == line.rstrip() and not line.startswith(("===", "###")) for line in lines)
        and all(ch == "\n" or ch >= " " for ch in text)
    )
    return f"=== {name}\n{text}" if plain else f"=== {name} {json.dumps(text)}\n"


def problem_of(error):
    """What went wrong and where. Python's own ValueErrors know no place."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return f"?:? {str(error).partition(', not datetime')[0]}"
    problem, mark = error.problem, error.problem_mark
    if problem == "second occurrence":
        problem = "found duplicate anchor"
    if problem.startswith("but "):
        problem = f"{error.context}, {problem}"
    return f"{mark.line + 1}:{mark.column + 1} {problem}"


def outcome(text):
    try:
        value = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.reader.ReaderError as error:
        return f"=== error ?:? {error.reason}\n"
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        return f"=== error {problem_of(error)}\n"
    result = f"=== value\n{notation(value)}\n"
    if not written_otherwise(value, set()):
        result += text_section("dump", yaml.safe_dump(value, sort_keys=False))
    return result


def written_otherwise(value, seen):
    """True for what ours writes otherwise: sets, dates, and shared parts, which become anchors."""
    if isinstance(value, (set, datetime.date)):
        return True
    if not isinstance(value, (dict, list)) or not value:
        return False
    if id(value) in seen:
        return True
    seen.add(id(value))
    parts = value.values() if isinstance(value, dict) else value
    return any(written_otherwise(part, seen) for part in parts)


def read_cases(text):
    """The introduction, and (title, YAML text) of each case."""
    head, *blocks = ("\n" + text).split("\n### ")
    cases = []
    for block in blocks:
        title, _, rest = block.partition("\n")
        lines = []
        for line in rest.split("\n"):
            if line.startswith("=== text "):
                lines = json.loads(line.removeprefix("=== text ")).split("\n")
                break
            if line.startswith("=== "):
                break
            lines.append(line)
        else:
            while lines and lines[-1] == "":
                lines.pop()
        explicit = any(line.startswith("=== text ") for line in rest.split("\n"))
        source = "\n".join(lines) if explicit else "\n".join(lines).rstrip("\n") + "\n"
        cases.append((title, source, explicit))
    return head.strip("\n"), cases


def written(text):
    head, cases = read_cases(text)
    result = [head + "\n"] if head else []
    for title, source, explicit in cases:
        body = f"=== text {json.dumps(source)}\n" if explicit else source
        result.append(f"### {title}\n{body}{outcome(source)}")
    return "\n".join(result)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true")
    action.add_argument("--write", action="store_true")
    action.add_argument("--count", action="store_true")
    args = parser.parse_args()
    status = 0
    total = 0
    for path in sorted(CASES.glob("*.txt")):
        before = path.read_bytes().decode()
        total += len(read_cases(before)[1])
        after = written(before)
        if args.check and before != after:
            print(f"{path}: differs from what PyYAML {yaml.__version__} gives", file=sys.stderr)
            status = 1
        if args.write and before != after:
            path.write_bytes(after.encode())
    if args.count:
        print(total)
    return status


if __name__ == "__main__":
    sys.exit(main())
