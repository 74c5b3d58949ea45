#!/usr/bin/env python3
"""Keeps the expectations in tests/cases/jinja/ equal to what the real Jinja2 gives.

    jinja_cases.py --check      verify all files; exit status 1 if any expectation differs
    jinja_cases.py --write      fill in missing expectations, refresh the others, tidy the files
    jinja_cases.py --count      number of cases per file

Name files to look at only those. The format is described in tests/cases/jinja/README.md.
"""

import argparse
import dataclasses
import json
import pathlib
import sys

import jinja_oracle

CASES = pathlib.Path(__file__).resolve().parent.parent / "cases" / "jinja"
NO_CASES = "known_differences.txt"
MESSAGES_OF = (3, 11)  # the CPython whose error messages the cases hold


class Malformed(Exception):
    pass


@dataclasses.dataclass
class Case:
    title: str
    line: int  # where the case begins in its file
    template: str = ""
    context: dict = dataclasses.field(default_factory=dict)
    context_source: str = ""  # as written, so that --write keeps its layout
    mode: str = "text"
    files: dict = dataclasses.field(default_factory=dict)
    expected: object = None  # an Outcome

    def run(self):
        # A loader exists only for cases that bring files: dbt itself has none.
        return jinja_oracle.render(self.template, self.context, self.mode, self.files or None)


# --- reading -----------------------------------------------------------------------------------


def read_text(argument, body):
    """A text in one of its three forms: JSON in the argument, lines between bars, plain lines."""
    while body and body[-1] == "":
        body.pop()
    if argument == "|":
        if any(len(line) < 2 or line[0] != "|" or line[-1] != "|" for line in body):
            raise Malformed("each line must stand between bars")
        return "\n".join(line[1:-1] for line in body)
    if argument:
        if body:
            raise Malformed("text both on the line and below it")
        text = json.loads(argument)
        if not isinstance(text, str):
            raise Malformed("expected a JSON string")
        return text
    return "\n".join(body)


def read_error(argument):
    kind, place, message = (argument.split(" ", 2) + ["", ""])[:3]
    name, _, line = place.rpartition(":")
    return jinja_oracle.Outcome("error", message, kind, int(line), name)


def apply_section(case, name, argument, body):
    if name == "template":
        case.template = read_text(argument, body)
    elif name == "context":
        case.context_source = "\n".join([argument, *body]).strip()
        case.context = json.loads(case.context_source)
    elif name == "mode":
        if argument not in jinja_oracle.MODES:
            raise Malformed(f"unknown mode '{argument}'")
        case.mode = argument
    elif name == "file":
        file_name, _, form = argument.partition(" ")
        case.files[file_name] = read_text(form, body)
    elif name == "output":
        case.expected = jinja_oracle.Outcome("output", read_text(argument, body))
    elif name == "value":
        kind, _, text = argument.partition(" ")
        case.expected = jinja_oracle.Outcome("value", text, kind)
    elif name == "error":
        case.expected = read_error(argument)
    else:
        raise Malformed(f"unknown section '{name}'")


def parse_case(lines, number):
    case = Case(title=lines[0][4:].strip(), line=number)
    starts = [i for i, line in enumerate(lines) if line.startswith("--- ")] + [len(lines)]
    case.template = read_text("", lines[1 : starts[0]])
    has_plain_template = case.template != ""
    for start, end in zip(starts, starts[1:]):
        name, _, argument = lines[start][4:].partition(" ")
        if name == "template" and has_plain_template:
            raise Malformed(f"line {number + start}: a second template")
        if case.expected is not None:
            raise Malformed(f"line {number + start}: nothing may follow the expectation")
        try:
            apply_section(case, name, argument, lines[start + 1 : end])
        except (Malformed, ValueError) as why:
            raise Malformed(f"line {number + start}: {why}") from why
    return case


def parse_file(path):
    """The introduction of a case file and its cases."""
    lines = path.read_bytes().decode().split("\n")
    starts = [i for i, line in enumerate(lines) if line.startswith("### ")] + [len(lines)]
    intro = "\n".join(lines[: starts[0]]).strip()
    return intro, [parse_case(lines[a:b], a + 1) for a, b in zip(starts, starts[1:])]


# --- writing -----------------------------------------------------------------------------------


def is_visible(text):
    """Whether an editor shows every character of the text, newlines and tabs included."""
    return all(c.isprintable() or c in "\n\t" for c in text)


def is_plain(text):
    lines = text.split("\n")
    return (
        is_visible(text)
        and lines[0] != ""
        and lines[-1] != ""
        and not any(line.startswith(("###", "---")) or line != line.rstrip() for line in lines)
    )


def write_text(header, text):
    if is_plain(text):
        return [header, *text.split("\n")]
    if "\n" not in text or not is_visible(text):
        return [f"{header} {json.dumps(text, ensure_ascii=not is_visible(text))}"]
    return [f"{header} |", *(f"|{line}|" for line in text.split("\n"))]


def write_expectation(outcome):
    if outcome.kind == "output":
        return write_text("--- output", outcome.text)
    if outcome.kind == "value":
        return [f"--- value {outcome.type} {outcome.text}"]
    place = f"{outcome.template}:{outcome.line}" if outcome.template else str(outcome.line)
    return [f"--- error {outcome.type} {place} {outcome.text}".rstrip()]


def write_case(case):
    lines = [f"### {case.title}"]
    if is_plain(case.template):
        lines += case.template.split("\n")
    else:
        lines += write_text("--- template", case.template)
    if case.context_source:
        first, *rest = case.context_source.split("\n")
        lines += [f"--- context {first}", *rest]
    if case.mode != "text":
        lines.append(f"--- mode {case.mode}")
    for name, text in case.files.items():
        lines += write_text(f"--- file {name}", text)
    if case.expected is not None:
        lines += write_expectation(case.expected)
    return "\n".join(lines)


def write_file(path, intro, cases):
    text = "\n\n".join(([intro] if intro else []) + [write_case(case) for case in cases]) + "\n"
    if path.read_bytes() != text.encode():
        path.write_bytes(text.encode())


# --- judging -----------------------------------------------------------------------------------


def show(outcome):
    return "\n    ".join(write_expectation(outcome)) if outcome else "(no expectation)"


def agree(expected, actual):
    """Whether two outcomes are the same. CPython words its errors anew from version to version."""
    if sys.version_info[:2] != MESSAGES_OF and expected and expected.kind == actual.kind == "error":
        actual = dataclasses.replace(actual, text=expected.text)
    return expected == actual


def faults_of(case, actual, seen):
    """Reasons why a case is not fit to be compared with."""
    if not agree(case.expected, actual):
        yield f"expected\n    {show(case.expected)}\n  but Jinja2 gives\n    {show(actual)}"
    if " at 0x" in actual.text:
        yield "the result contains a memory address"
    what = json.dumps([case.template, case.context, case.mode, case.files])
    for key, name in ((("title", case.title), "title"), (("input", what), "template and context")):
        if key in seen:
            yield f"same {name} as {seen[key]}"


def look_at(path, write, seen):
    """Returns the number of cases and the faults of one file, after refreshing it if asked to."""
    intro, cases = parse_file(path)
    faults = []
    for case in cases:
        actual = case.run()
        if write:
            case.expected = actual
        place = f"{path.name}:{case.line}"
        faults += [f"{place}: {case.title}\n  {fault}" for fault in faults_of(case, actual, seen)]
        what = json.dumps([case.template, case.context, case.mode, case.files])
        seen[("title", case.title)] = seen[("input", what)] = place
    if write:
        write_file(path, intro, cases)
    return len(cases), faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="compare with Jinja2")
    action.add_argument("--write", action="store_true", help="take over what Jinja2 gives")
    action.add_argument("--count", action="store_true", help="count the cases of each file")
    parser.add_argument("files", nargs="*", type=pathlib.Path, help="default: all case files")
    options = parser.parse_args()

    seen, total, failed = {}, 0, 0
    every = sorted(path for path in CASES.glob("*.txt") if path.name != NO_CASES)
    for path in options.files or every:
        try:
            if options.count:
                count, faults = len(parse_file(path)[1]), []
                print(f"{count:5} {path.stem}")
            else:
                count, faults = look_at(path, options.write, seen)
        except Malformed as why:
            count, faults = 0, [f"{path.name}: {why}"]
        for fault in faults:
            print(fault)
        total += count
        failed += len(faults)
    print(f"{total:5} cases" + (f", {failed} faults" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
