"""The case files read back as they were written, whatever the texts in them look like."""

import pytest

import jinja_cases
from jinja_oracle import Outcome

TEXTS = [
    "",
    "a",
    "a\nb",
    "a \nb",
    "\na",
    "a\n",
    "a\n\n\n",
    "a\r\nb\rc",
    "### a",
    "--- output",
    "x\n--- output\n### y",
    "|",
    "|a|\n|b|",
    '"quoted"',
    "\ta\x00\u2028\ufeff",
    "a\n\n### \n\n--- ",
]


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_survives(text, tmp_path):
    case = jinja_cases.Case(title="t", line=1, template=text, files={"f.sql": text})
    case.expected = Outcome("output", text)
    path = tmp_path / "cases.txt"
    path.touch()
    jinja_cases.write_file(path, "About.", [case, case])
    intro, cases = jinja_cases.parse_file(path)
    assert intro == "About."
    assert [(c.template, c.files, c.expected) for c in cases] == [
        (text, {"f.sql": text}, Outcome("output", text))
    ] * 2


def test_outcomes_survive(tmp_path):
    outcomes = [
        Outcome("value", "['a b']", "list"),
        Outcome("error", "'x' is undefined", "UndefinedError", 3),
        Outcome("error", "", "AssertionError", 1, "lib/a.sql"),
    ]
    path = tmp_path / "cases.txt"
    path.touch()
    cases = [jinja_cases.Case(title="t", line=1, template="x", expected=o) for o in outcomes]
    jinja_cases.write_file(path, "", cases)
    assert [c.expected for c in jinja_cases.parse_file(path)[1]] == outcomes


@pytest.mark.parametrize("path", sorted(jinja_cases.CASES.glob("*.txt")), ids=lambda p: p.stem)
def test_files_are_tidy(path):
    intro, cases = jinja_cases.parse_file(path)
    written = "\n\n".join([intro] + [jinja_cases.write_case(case) for case in cases]) + "\n"
    assert path.read_bytes().decode() == written
