"""Projects that are too large, too deep or written to do harm: a right result or a clear error, in bounded time and memory.
DANGO_LIMITS=10 makes everything ten times as large: chains of 10,000 models, a seed of 100 MB, a model of 50 MB."""
import json
import os
import random
import resource
import subprocess

import duckdb
import pytest

from conftest import PROGRAM

SCALE = int(os.environ.get("DANGO_LIMITS", "1"))
SANITIZED = "asan" in str(PROGRAM) or "tsan" in str(PROGRAM)  # memory is theirs, then


def told(result, *parts):
    """An error that names all this, and no crash."""
    assert result.code in (1, 2), result
    text = result.out + result.err
    for part in parts:
        assert part in text, (part, text[-3000:])
    assert "Sanitizer" not in text and "runtime error" not in text, text[-3000:]


def chain(project, kind, count, first="select 1 as id"):
    project.write("dbt_project.yml", "name: p\nversion: '1.0'\nprofile: p\nmodels: {+materialized: %s}\n" % kind)
    project.models(m0=first, **{f"m{i}": "select * from {{ ref('m%d') }}" % (i - 1) for i in range(1, count)})


# ---- Graphs ----

@pytest.mark.parametrize("kind", ["view", "table"])
def test_a_chain_of_thousands(dbt_project, kind):
    count = 1000 * SCALE
    chain(dbt_project, kind, count)
    assert dbt_project.dbt("parse").code == 0
    listed = dbt_project.dbt("ls", "--quiet", "--select", f"+m{count - 1}", "--output", "name")
    assert listed.code == 0 and len(listed.out.split()) == count
    assert dbt_project.dbt("compile").code == 0
    last = (dbt_project / f"target/compiled/p/models/m{count - 1}.sql").read_text()
    assert last == f'select * from "w"."main"."m{count - 2}"'


def test_a_chain_of_ephemeral_models_is_linear_and_ends_somewhere(dbt_project):
    chain(dbt_project, "ephemeral", 300)
    dbt_project.models(last="{{ config(materialized='table') }}select id + 1 as id from {{ ref('m299') }}")
    assert dbt_project.dbt("run").code == 0
    assert dbt_project.rows("select * from last") == [(2,)]
    chain(dbt_project, "ephemeral", 1100)
    told(dbt_project.dbt("compile", "--select", "m1099"), "more than 1000 ephemeral models", "model m1099")


def test_views_deeper_than_the_database_takes(dbt_project):
    """DuckDB's own limit is at 500 views; a lower one shows the same sooner."""
    dbt_project.write("profiles.yml", "p: {target: dev, outputs: {dev: {type: duckdb, path: w.duckdb, threads: 1, "
                      "settings: {max_expression_depth: 40}}}}\n")
    chain(dbt_project, "view", 40)
    result = dbt_project.dbt("run")
    told(result, "Failure in model m20 (models/m20.sql)", "Max expression depth limit of 40 exceeded")
    assert dbt_project.statuses()["m19"] == "success" and dbt_project.statuses()["m39"] == "skipped"


def test_a_model_that_reads_thousands(dbt_project):
    count = 500 * SCALE
    dbt_project.models(**{f"m{i}": f"select {i} as id" for i in range(count)})
    dbt_project.models(wide="\n".join("-- {{ ref('m%d') }}" % i for i in range(count)) + "\nselect 1 as id")
    assert dbt_project.dbt("compile", "--select", "wide").code == 0
    assert len(dbt_project.artifact("manifest.json")["nodes"]["model.p.wide"]["depends_on"]["nodes"]) == count


def test_a_cycle_of_thousands_is_told_in_short(dbt_project):
    count = 1000 * SCALE
    dbt_project.models(**{f"m{i}": "select * from {{ ref('m%d') }}" % ((i + 1) % count) for i in range(count)})
    result = dbt_project.dbt("parse")
    told(result, "Found a cycle: model.p.", f"({count - 20} more)")
    assert max(map(len, result.out.splitlines())) < 1000


# ---- Sizes ----

def peak_of(project, *args):
    """Megabytes that the command took at most."""
    process = subprocess.Popen([str(PROGRAM), "dbt", *args], cwd=project.directory, env=project.env,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    out = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert status == 0, out[-3000:]
    assert isinstance(usage, resource.struct_rusage)
    return usage.ru_maxrss / 1024


def test_a_large_seed_is_what_the_database_reads(dbt_project):
    chance = random.Random(1)
    rows = 130_000 * SCALE
    dbt_project.write("seeds/s.csv", "id,name,amount,day,flag,note\n" + "".join(
        f'{i},"na""me {i % 1000}, ü",{i * 0.25},2024-01-{i % 28 + 1:02d},{"true" if i % 2 else "false"},'
        f'{"x" * chance.randrange(60)}\n' for i in range(rows)))
    peak = peak_of(dbt_project, "seed")
    sums = "select count(*), sum(hash(s)) from {} s"
    path = str(dbt_project / "seeds/s.csv")
    own = dbt_project.rows(sums.format("s"))
    assert own == duckdb.sql(sums.format(f"""read_csv('{path}', types={{'id': 'integer'}})""")).fetchall()
    assert own[0][0] == rows
    assert SANITIZED or peak < 200 + 15 * SCALE, peak  # the rows are in memory once, as text, and then in the database
    assert dbt_project.results()["s"]["message"] == f"INSERT {rows}"


def test_a_model_that_renders_to_megabytes(dbt_project):
    lines = 10_000 * SCALE
    dbt_project.models(m=("{{ config(materialized='table') }}select * from (values {%% for i in range(%d) %%}"
                          "({{ i }}, '{{ 'x' * 480 }}'){{ ',' if not loop.last }}{%% endfor %%}) t(a, b)") % lines)
    assert dbt_project.dbt("run").code == 0
    assert dbt_project.rows("select count(*), sum(a), sum(length(b)) from m") == [
        (lines, lines * (lines - 1) // 2, lines * 480)]


# ---- Texts that do harm ----

def nested(opening, middle, closing, count):
    return opening * count + middle + closing * count


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join(['*' + old] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi"))
DOUBLED = "selectors: [{name: s0, definition: m}," + ",".join(
    "{name: s%d, definition: {union: [{method: selector, value: s%d}, {method: selector, value: s%d}]}}"
    % (i, i - 1, i - 1) for i in range(1, 40)) + "]"
PROJECT = "name: p\nversion: '1.0'\nprofile: p\n"

HARMFUL = {
    "aliases of aliases": ({"models/s.yml": BOMB}, "models/s.yml:7:", "too many values"),
    "aliases in the project file": ({"dbt_project.yml": PROJECT + BOMB}, "dbt_project.yml:10:", "too many values"),
    "an anchor in itself": ({"models/s.yml": "models: &a [*a]"}, "models/s.yml:1:9", "contains itself"),
    "deep YAML": ({"models/s.yml": nested("{a: ", "1", "}", 5000)}, "models/s.yml:1:", "nested too deeply"),
    "a number of 100,000 digits": ({"dbt_project.yml": PROJECT + f"vars: {{n: {'9' * 100000}}}"},
                                   "dbt_project.yml:4:", "the number has 100000 digits"),
    "a huge project file": ({"dbt_project.yml": PROJECT + "#" + "x" * (17 << 20)}, "dbt_project.yml", "16777216"),
    "a project file that is no UTF-8": ({"dbt_project.yml": PROJECT.encode() + b"# \xff"}, "dbt_project.yml:4:3", "UTF-8"),
    "a model that is no UTF-8": ({"models/m.sql": b"select '\xff'"}, "models/m.sql", "not UTF-8 at byte 8"),
    "UTF-16": ({"models/m.sql": "select 1".encode("utf-16")}, "models/m.sql", "not UTF-8"),
    "a seed that is no UTF-8": ({"seeds/s.csv": b"id,v\n1,\xff\n"}, "seeds/s.csv:2", "0xff"),
    "a macro that calls itself": ({"macros/f.sql": "{% macro f() %}{{ f() }}{% endmacro %}", "models/m.sql": "{{ f() }}"},
                                  "maximum recursion depth exceeded", "m.sql"),
    "a ref that calls itself": ({"macros/f.sql": "{% macro ref(x) %}{{ return(ref(x)) }}{% endmacro %}",
                                 "models/n.sql": "{{ ref('m') }}"}, "maximum recursion depth exceeded"),
    "a range of a billion": ({"models/m.sql": "select\n{% for i in range(10**9) %}{% endfor %}"}, "Range too big", "m.sql:2"),
    "a text that doubles": ({"models/m.sql": "{% set ns = namespace(s='xxxx') %}\n{% for i in range(60) %}\n"
                             "{% set ns.s = ns.s ~ ns.s %}{% endfor %}"}, "would be larger than 268435456 bytes", "m.sql:3"),
    "a long text": ({"models/m.sql": "{{ 'x' * 10**10 }}"}, "would be larger than", "m.sql:1"),
    "a long list": ({"models/m.sql": "{{ [1] * 10**10 }}"}, "would have more than", "m.sql:1"),
    "a wide number": ({"models/m.sql": "{{ '%999999999999d' % 1 }}"}, "would be larger than", "m.sql:1"),
    "brackets": ({"models/m.sql": "{{ " + nested("(", "1", ")", 10000) + " }}"}, "nests deeper than 200 levels", "m.sql:1"),
    "a sum of thousands": ({"models/m.sql": "select\n{{ " + "+".join(["1"] * 50000) + " }}"},
                           "more than 1000 operators", "m.sql:2"),
    "filters": ({"models/m.sql": "{{ 1" + "|int" * 50000 + " }}"}, "more than 1000 operators", "m.sql:1"),
    "sums in sums": ({"models/m.sql": "{{ " + nested("(", "1", "+1" * 300 + ")", 50) + " }}"}, "more than 1000 operators"),
    "blocks in blocks": ({"models/m.sql": nested("{% if true %}", "x", "{% endif %}", 5000)}, "nests deeper than 200"),
    "a regular expression": ({"models/m.sql": "{{ modules.re.match('(a+)+$', 'a' * 40 ~ 'b') }}"}, "takes too long"),
    "a list in itself": ({"models/m.sql": "{% set l = [] %}{% do l.append(l) %}{{ tojson(l) }}"}, "nested more than 200"),
    "selectors that double": ({"selectors.yml": DOUBLED}, "more than 5000 criteria"),
    "a file of another place": ({"models/m.sql": "{% include '/etc/passwd' %}"}, "no loader for this environment"),
    "NUL in a statement": ({"models/m.sql": "select '{{ \"\\x00\" }}'"}, "NUL character at byte"),
    "thousands of brackets for the database": ({"models/m.sql": "select " + nested("(", "1", ")", 20000)},
                                               "model m (models/m.sql)", "memory exhausted"),
}


@pytest.mark.parametrize("case", HARMFUL)
def test_texts_that_do_harm(dbt_project, case):
    files, *parts = HARMFUL[case]
    dbt_project.models(m="select 1 as id")
    for path, text in files.items():
        dbt_project.write(path, text)
    told(dbt_project.dbt("build", "--no-use-colors", timeout=60), *parts)


def test_line_ends_and_marks_of_other_systems(dbt_project):
    mark = "\ufeff"
    dbt_project.write("dbt_project.yml", mark + PROJECT.replace("\n", "\r\n"))
    dbt_project.write("models/s.yml", mark + "models:\r\n  - name: m\r\n    description: |\r\n      a\r\n      b\r\n")
    dbt_project.write("models/m.sql", (mark + "{{ config(materialized='table') }}\r\nselect {{ f() }} as id\r\n").encode())
    dbt_project.write("macros/f.sql", (mark + "{% macro f() %}\r\n7\r\n{% endmacro %}\r\n").encode())
    dbt_project.write("seeds/s.csv", (mark + 'id,v\r\n1,a\r\n2,"b\r\nc"\r\n').encode())
    result = dbt_project.dbt("build")
    assert result.code == 0, result
    assert dbt_project.rows("select id from m") == [(7,)]
    assert dbt_project.rows("select id, replace(v, chr(13), '') from s order by id") == [(1, "a"), (2, "b\nc")]


# ---- Names ----

NAMES = ["a b", "a.b", 'a"b', "a'b", "ünï 😀", "e\u0301\u202e", "../../evil", "a\\b", "a\nb", "a\tb", "a\x01b", "a--b", "a/*b", "a*/b",
         "{{ a }}", "%s", "$$a$$", "select", "1a", " a ", "x" * 200, "x" * 5000,
         'a"; drop table keep; --', "a'; drop table keep; --", 'a*/ drop table keep; --']


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_name_in_every_place(dbt_project, name):
    """Relations and columns may be called anything; where a text is a name of ours and cannot be one, it is an error."""
    text, column = json.dumps(name, ensure_ascii=False), '"' + name.replace('"', '""') + '"'
    literal = "{% set name = " + text + " %}"
    entry = "{% raw %}" + name + "{% endraw %}" if "{{" in name else name
    dbt_project.write("dbt_project.yml", PROJECT + "on-run-start: create table if not exists keep as select 1 as id\n"
                      "vars: {name: %s}\n" % json.dumps(entry, ensure_ascii=False))
    dbt_project.models(
        view=literal + "{{ config(alias=name ~ '1') }}select 1 as id",
        plain=literal + "{{ config(alias=name ~ '2', materialized='table') }}select * from {{ ref('view') }}",
        step=literal + "{{ config(alias=name ~ '3', materialized='incremental', unique_key='id') }}"
        "select * from {{ ref('plain') }}",
        hidden=literal + "{{ config(alias=name ~ '4', materialized='ephemeral') }}select * from {{ ref('step') }}",
        shown="select id, 5 as {{ adapter.quote(" + text + ") }} from {{ ref('hidden') }}",
        contract="{{ config(materialized='table', contract={'enforced': true}) }}"
        "select 6 as {{ adapter.quote(" + text + ") }}")
    dbt_project.write("seeds/s.csv", 'id,"' + name.replace('"', '""') + '"\n1,2\n')
    described = {"name": entry, "quote": True, "data_type": "integer", "description": entry,
                 "data_tests": ["unique", "not_null"]}
    dbt_project.write("models/s.yml", json.dumps({"models": [
        {"name": "contract", "description": entry, "columns": [described],
         "config": {"persist_docs": {"relation": True, "columns": True}}}]}, ensure_ascii=False))
    outside = {path for path in dbt_project.directory.parent.rglob("*") if dbt_project.directory not in path.parents}
    result = dbt_project.dbt("build")
    assert result.code == 0, (name, result)
    assert dbt_project.dbt("run").code == 0  # over what is there
    found = dbt_project.rows("select * from shown")
    assert found == [(1, 5)] and dbt_project.rows("select id from keep") == [(1,)]
    assert dbt_project.rows(f"select contract.{column}, s.{column} from contract, s") == [(6, 2)]
    tables = {table for table, in dbt_project.rows("select table_name from information_schema.tables")}
    assert {(name + number).strip() for number in "123"} <= tables
    assert {path for path in dbt_project.directory.parent.rglob("*") if dbt_project.directory not in path.parents} == outside
    result = dbt_project.dbt("docs", "generate")
    assert result.code == 0 and len(dbt_project.artifact("catalog.json")["nodes"]) == 6, result
