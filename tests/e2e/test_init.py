"""dango init: what it writes, what it keeps, and how it fails."""
import os
import shutil
import stat

import pytest
import yaml


def test_a_new_project_is_complete_and_valid(dango):
    result = dango.ok("init", "my-shop", "--skip-wizard", "--organization", "Acme 'n' Co")
    root = dango.directory / "my-shop"
    for path in (".dango/project.yml", ".dango/sources.yml", ".dango/profiles.yml", ".dlt/config.toml",
                 "dbt/dbt_project.yml", "dbt/profiles.yml", "dbt/packages.yml", ".gitignore", "README.md",
                 "AGENTS.md", ".env.example", "custom_sources/__init__.py", "custom_sources/README.md",
                 "data/warehouse.duckdb", "dbt/macros/get_custom_schema.sql"):
        assert (root / path).is_file(), path
        assert f"✓ Created {path}\n" in result.out
    facts = yaml.safe_load((root / ".dango/project.yml").read_text())["project"]
    assert facts["name"] == "My Shop" and facts["organization"] == "Acme 'n' Co"
    assert len(facts["id"]) == 32
    assert yaml.safe_load((root / "dbt/dbt_project.yml").read_text())["name"] == "my_shop"
    assert stat.S_IMODE(os.stat(root / ".dlt/secrets.toml").st_mode) == 0o600
    assert "Next steps:\n  cd my-shop\n" in result.out
    told = dango.ok("validate", cwd=root).out
    assert "nothing is configured" in told and told.endswith("0 errors, 1 warning\n")


def test_both_profiles_lead_to_the_warehouse(project):
    for path in (".dango/profiles.yml", "dbt/profiles.yml"):
        profile = yaml.safe_load((project / path).read_text())["shop"]
        assert profile["outputs"][profile["target"]]["path"] == "../data/warehouse.duckdb"


def test_the_layers_exist_from_the_start(project):
    names = [row[0] for row in project.rows("select schema_name from duckdb_schemas() where not internal")]
    assert {"raw", "staging", "intermediate", "marts"} <= set(names)


def test_a_second_init_is_refused_and_force_backs_up(project):
    project.write(".dango/project.yml", "project: {name: Mine}\n")
    project.write(".dango/sources.yml", "sources: []  # mine\n")
    refused = project.run("init", "--skip-wizard")
    assert refused.code == 1 and "--force" in refused.err
    project.ok("init", "--skip-wizard", "--force")
    assert (project / ".dango/project.yml.bak").read_text() == "project: {name: Mine}\n"
    assert "# mine" in (project / ".dango/sources.yml").read_text()


def test_a_gitignore_gets_a_section_and_keeps_the_rest(dango):
    (dango.directory / ".gitignore").write_text("*.log")
    dango.ok("init", ".", "--skip-wizard")
    text = (dango.directory / ".gitignore").read_text()
    assert text.startswith("*.log\n\n# Dango\n") and text.count("# Dango") == 1
    dango.ok("init", ".", "--skip-wizard", "--force")
    assert (dango.directory / ".gitignore").read_text().count("# Dango") == 1


def test_a_name_that_dbt_refuses_is_refused_first(dango):
    result = dango.run("init", "9lives", "--skip-wizard")
    assert result.code == 2 and "begins with a digit" in result.err
    assert not (dango.directory / "9lives").exists()


@pytest.mark.parametrize("name", ["dbt", "DBT", "dbt-duckdb"])
def test_a_name_of_dbts_own_packages_is_refused(dango, name):
    result = dango.run("init", name, "--skip-wizard", "--name", name)
    assert result.code == 2 and f"the name '{name}' is that of a package of dbt's own" in result.err, result
    assert "--name" in result.err and not (dango.directory / name).exists()


def break_a_directory(project):
    shutil.rmtree(project / "data/uploads")
    project.write("data/uploads", "a file where a directory must go")


def break_the_warehouse(project):
    project.write("data/warehouse.duckdb", b"no database" * 1000)


@pytest.mark.parametrize("damage, told", [(break_a_directory, "data/uploads"),
                                          (break_the_warehouse, "warehouse.duckdb")])
def test_a_forced_init_that_fails_restores_every_file(project, damage, told):
    project.write(".dango/project.yml", "project: {name: Mine}  # by hand\n")
    project.write(".dango/project.yml.bak", "an older one\n")
    project.write(".gitignore", "*.log\n")
    (project / "README.md").unlink()
    damage(project)
    before = project.files()
    result = project.run("init", "--skip-wizard", "--force")
    assert result.code == 1 and told in result.err, result
    assert project.files() == before


def test_a_failure_midway_leaves_nothing_behind(dango):
    root = dango.directory / "half"
    root.mkdir()
    (root / "dbt").write_text("a file where a directory must go")
    result = dango.run("init", "half", "--skip-wizard")
    assert result.code == 1 and "half/dbt" in result.err
    assert [path.name for path in root.iterdir()] == ["dbt"]


def test_minimal_leaves_out_what_is_for_people(dango):
    dango.ok("init", "small", "--skip-wizard", "--template", "minimal")
    root = dango.directory / "small"
    assert not (root / "README.md").exists() and not (root / "AGENTS.md").exists()
    assert (root / "dbt/dbt_project.yml").is_file()


def test_json_lists_what_was_made(dango):
    made = dango.ok("init", "j", "--json").json
    assert made["root"].endswith("/j") and ".dango/project.yml" in made["created"]
