#!/usr/bin/env python3
"""artifact_check.py DIRECTORY...: are the artifacts there what dbt says they are?

Runs in the Python of real dbt (build/oracle/dbt). Each of manifest.json (v12), run_results.json (v6), catalog.json (v1)
and sources.json (v3) is validated against its JSON schema and read with dbt-artifacts-parser. The schemas are
those that dbt makes of its own classes (`dbt.artifacts`) and publishes at schemas.getdbt.com, so that no network
is needed. Prints a line for each problem; exit status 1 when there are any.
"""
import json
import pathlib
import sys

import jsonschema
from dbt.artifacts.schemas.catalog import CatalogArtifact
from dbt.artifacts.schemas.freshness import FreshnessExecutionResultArtifact
from dbt.artifacts.schemas.manifest import WritableManifest
from dbt.artifacts.schemas.run import RunResultsArtifact
from dbt_artifacts_parser import parser

ARTIFACTS = {
    "manifest.json": (WritableManifest, parser.parse_manifest_v12),
    "run_results.json": (RunResultsArtifact, parser.parse_run_results_v6),
    "catalog.json": (CatalogArtifact, parser.parse_catalog_v1),
    "sources.json": (FreshnessExecutionResultArtifact, parser.parse_sources_v3),
}


def schema_of(artifact):
    schema = artifact.json_schema()
    return schema if isinstance(schema, dict) else schema.to_dict()


def deepest(error):
    """Of a choice that nothing fits, what is wrong with the nearest."""
    while error.context:
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return error


def problems(path):
    artifact, read = ARTIFACTS[path.name]
    document = json.loads(path.read_text())
    validator = jsonschema.Draft202012Validator(schema_of(artifact))
    for error in validator.iter_errors(document):
        inner = deepest(error)
        place = "/".join(map(str, [*error.absolute_path, *list(inner.absolute_path)[len(error.absolute_path):]]))
        yield f"{path}: {place}: {inner.message[:300]}"
    try:
        read(document)
    except Exception as error:  # whatever pydantic has to say
        yield f"{path}: dbt-artifacts-parser: {str(error)[:1000]}"


def main():
    found = [problem for directory in sys.argv[1:] for name in ARTIFACTS
             for problem in problems(pathlib.Path(directory) / name)]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
