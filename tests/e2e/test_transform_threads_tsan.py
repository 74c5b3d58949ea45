"""The number of threads changes how long a build takes and nothing else: rows, statuses, messages, compiled code and
manifest are the same. Also run under the thread sanitizer."""
import json
import re

from conftest import DbtProject

LAYERS, PER_LAYER = 5, 12
KINDS = ("view", "table", "incremental", "ephemeral", "table")
THREADS = (1, 4, 16)
OF_NOW = {"s": "exclude (dbt_scd_id, dbt_updated_at, dbt_valid_from)"}  # columns that tell when it was run


def parents_of(layer, number):
    return [(layer - 1, (number * step + step) % PER_LAYER) for step in (1, 5)]


def model_sql(layer, number):
    config = f"{{{{ config(materialized='{KINDS[layer]}', tags=['t{number % 3}']) }}}}\n"
    if layer == 0:
        return config + f"select id, v + {number} as v, {{{{ graph.nodes | length }}}} as nodes from {{{{ ref('raw') }}}}"
    if (layer, number) == (2, 3):
        return config + "select * from {{ ref('m1_0') }} where no_such_column"
    first, second = (f"m{a}_{b}" for a, b in parents_of(layer, number))
    return config + (f"select a.id, a.v + b.v as v, a.nodes from {{{{ ref('{first}') }}}} a\n"
                     f"join {{{{ ref('{second}') }}}} b using (id)"
                     "{% if is_incremental() %} where false{% endif %}")


def make(directory):
    project = DbtProject(directory)
    project.write("dbt_project.yml", "name: p\nversion: '1.0'\nprofile: p\n"
                  "on-run-end: \"create or replace table told as select '{{ results | length }}' as n\"\n")
    project.write("seeds/raw.csv", "id,v\n" + "".join(f"{i},{i * i}\n" for i in range(50)))
    project.write("snapshots/s.sql", "{% snapshot s %}{{ config(unique_key='id', strategy='check', check_cols='all', "
                  "target_schema='main') }}select id, v from {{ ref('m1_0') }}{% endsnapshot %}")
    models = {"version": 2, "models": []}
    for layer in range(LAYERS):
        for number in range(PER_LAYER):
            project.write(f"models/m{layer}_{number}.sql", model_sql(layer, number))
            tests = ["not_null", "unique"] if layer in (0, 4) else [{"accepted_values": {
                "arguments": {"values": [number], "quote": False}, "config": {"severity": "warn"}}}]
            models["models"].append({"name": f"m{layer}_{number}", "columns": [
                {"name": "id", "description": "the key", "data_tests": tests}]})
    project.write("models/models.yml", json.dumps(models))
    return project


def without_times(value):
    """Of an artifact what must not differ: no times, ids of the run, threads; lists in any order."""
    if isinstance(value, dict):
        return {key: without_times(entry) for key, entry in value.items()
                if not re.search("_at$|invocation|time|timing|thread", key)}
    if isinstance(value, list):
        return sorted((without_times(entry) for entry in value), key=lambda entry: json.dumps(entry, sort_keys=True))
    return value


def outcome(project, threads):
    """The same directory each time, for paths are part of what is compared."""
    for path in (project / "w.duckdb", project / "w.duckdb.wal"):
        path.unlink(missing_ok=True)
    runs = []
    for command in ("build", "run", "build"):  # the later ones find everything there
        result = project.dbt(command, "--threads", str(threads))
        assert result.code == 1, result
        runs.append(without_times(project.artifact("run_results.json")))
    relations = project.rows("select table_name, table_type from information_schema.tables order by all")
    rows = {name: project.rows(f'select * {OF_NOW.get(name, "")} from "{name}" order by all') for name, _ in relations}
    return {"runs": runs, "manifest": without_times(project.artifact("manifest.json")), "relations": relations,
            "rows": rows}


def test_the_number_of_threads_changes_no_result(tmp_path):
    project = make(tmp_path / "p")
    alone = outcome(project, THREADS[0])
    statuses = [entry["status"] for entry in alone["runs"][0]["results"]]
    assert {"success", "pass", "warn", "error", "skipped"} <= set(statuses)
    for threads in THREADS[1:]:
        beside = outcome(project, threads)
        for part, expected in alone.items():
            assert beside[part] == expected, (part, threads)
