"""--strict: wrong columns are told before the first model is built, and nothing else is ever refused."""
import re

PROFILES = "p: {target: dev, outputs: {dev: {type: duckdb, path: w.duckdb, schema: main, threads: 4}}}\n"
TABLE = "{{ config(materialized='table') }} select 1 as id, 'x' as name"


def project(folder, models, extra=None):
    (folder / "models").mkdir(parents=True)
    (folder / "profiles.yml").write_text(PROFILES)
    (folder / "dbt_project.yml").write_text("name: x\nversion: '1.0'\nprofile: p\n")
    for name, sql in models.items():
        (folder / "models" / f"{name}.sql").write_text(sql)
    for path, text in (extra or {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def run(dango, folder, *words):
    done = dango.run(*words, "--profiles-dir", ".", cwd=folder, name="dbt")
    return done.code, done.out


def test_wrong_columns_are_told_before_anything_is_built(dango, tmp_path):
    folder = project(tmp_path / "p", {
        "first_model": TABLE,
        "second_model": "select id, nme from {{ ref('first_model') }}",
        "through": "{{ config(materialized='ephemeral') }} select id from {{ ref('first_model') }}",
        "third_model": "select t.idx from {{ ref('through') }} as t",
        "fourth_model": "select * from {{ ref('second_model') }}"})
    status, out = run(dango, folder, "run", "--strict")
    assert status == 1
    assert "Strict check: 2 models name columns that do not exist; nothing is built" in out
    assert "Failure in model second_model (models/second_model.sql)" in out
    assert 'Referenced column "nme" not found' in out and 'Candidate bindings: "name"' in out
    assert "START" not in out
    assert "Done. PASS=0 WARN=0 ERROR=2 SKIP=2 NO-OP=0 TOTAL=4" in out
    status, out = run(dango, folder, "run")
    assert status == 1 and "OK created sql table model main.first_model" in out


DOUBTS = {
    "a template that asks the warehouse": (
        {"one": TABLE, "two": "{% set r = run_query('create or replace table main.made as select 1 as z') %}"
                              "select z from main.made -- depends on {{ ref('one') }}"}, {}),
    "a hook that adds a column": (
        {"one": "{{ config(materialized='table', post_hook='alter table {{ this }} add column more int') }}"
                " select 1 as id", "two": "select more from {{ ref('one') }}"}, {}),
    "a hook in front": (
        {"two": "{{ config(pre_hook='create table if not exists main.hooked as select 1 as z') }}"
                " select z from main.hooked"}, {}),
    "a seed that is loaded anew": (
        {"two": "select added from {{ ref('numbers') }}"}, {"seeds/numbers.csv": "id,added\n1,2\n"}),
    "a macro that makes tables in its own way": (
        {"one": TABLE, "two": "select loaded_at from {{ ref('one') }}"},
        {"macros/own.sql": "{% macro duckdb__create_table_as(temporary, relation, sql, language='sql') %}"
                           "create table {{ relation }} as select *, now() as loaded_at from ({{ sql }})"
                           "{% endmacro %}"}),
    "a model named without ref": (
        {"aa_late": "select fresh from main.bb_early -- {{ ref('bb_early') }}",
         "bb_early": "{{ config(materialized='table') }} select 1 as fresh"}, {}),
    "something done when the run starts": (
        {"one": "select z from main.prepared"},
        {"dbt_project.yml": "name: x\nversion: '1.0'\nprofile: p\n"
                            "on-run-start: create or replace table main.prepared as select 1 as z\n"}),
    "an incremental model that reads itself": (
        {"one": TABLE,
         "two": "{{ config(materialized='incremental', on_schema_change='append_new_columns') }} select id, name "
                "from {{ ref('one') }} {% if is_incremental() %} where id > (select max(id) from {{ this }}) "
                "{% endif %}", "three": "select id, name from {{ ref('two') }}"}, {}),
}


def test_what_works_is_never_refused(dango, tmp_path):
    for number, (what, (models, extra)) in enumerate(DOUBTS.items()):
        folder = project(tmp_path / str(number), models, extra)
        for turn in range(2):
            status, out = run(dango, folder, "build", "--strict")
            assert status == 0, f"{what}, turn {turn + 1}:\n{out}"


def test_a_table_may_get_columns_and_change_its_kind(dango, tmp_path):
    folder = project(tmp_path / "p", {"one": TABLE, "two": "select id from {{ ref('one') }}"})
    assert run(dango, folder, "run", "--strict")[0] == 0
    (folder / "models/one.sql").write_text("select 1 as id, 2 as more")
    (folder / "models/two.sql").write_text("{{ config(materialized='table') }} select more from {{ ref('one') }}")
    status, out = run(dango, folder, "run", "--strict")
    assert status == 0 and "Strict check: 2 models bound" in out
    (folder / "models/one.sql").write_text("select 1 as id")
    status, out = run(dango, folder, "run", "--strict")
    assert status == 1 and "Strict check: 1 model names columns" in out
    assert re.search(r"Done\. PASS=0 WARN=0 ERROR=1 SKIP=1", out)


def test_dango_tells_first_and_goes_on(dango, tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    dango.ok("init", "shop", cwd=folder)
    models = folder / "shop" / "dbt" / "models"
    models.mkdir(parents=True, exist_ok=True)
    (models / "first_model.sql").write_text(TABLE)
    (models / "second_model.sql").write_text("select nme from {{ ref('first_model') }}")
    told = dango.run("run", cwd=folder / "shop")
    assert told.code == 1
    assert told.out.index("Strict check: 1 model names") < told.out.index("START sql table model")
    assert told.out.count('Referenced column "nme" not found') == 2
    assert "Strict check" not in dango.run("run", "--no-strict", cwd=folder / "shop").out
