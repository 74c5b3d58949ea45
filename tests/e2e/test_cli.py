"""The command line itself: help, mistakes, exit codes, output in a pipe, completion."""
import re
import subprocess

import pytest

from conftest import PROGRAM, ROOT


def commands(dango):
    listed = dango.ok("--help").out.split("Commands:\n")[1].split("\n\n")[0]
    return [re.match(r"  (\S+(?: \S+)?)  ", line + "  ")[1] for line in listed.splitlines()
            if not line.startswith("    ")]


def test_version_and_help_open_no_client_library(dango):
    assert re.fullmatch(r"dango version \d+\.\d+\.\d+\n", dango.ok("--version").out)
    assert dango.ok("-v").out == dango.ok("--version").out
    linked = subprocess.run([str(PROGRAM)], env={"LD_TRACE_LOADED_OBJECTS": "1"}, capture_output=True,
                            text=True, check=False).stdout
    assert "duckdb" not in linked


def test_every_command_explains_itself_with_examples(dango):
    names = commands(dango)
    assert {"init", "sync", "generate", "run", "test", "query"} <= set(names)
    for name in names:
        text = dango.ok(*name.split(), "--help").out
        assert text.startswith(f"dango {name} - "), name
        assert "Usage: dango" in text and "Examples:" in text, name
        assert text == dango.ok("help", *name.split()).out


def test_the_reference_is_made_from_the_table(dango):
    assert dango.ok("help", "--markdown").out == (ROOT / "docs/cli.md").read_text()


@pytest.mark.parametrize("words, message, hint", [
    (["snyc"], "unknown command 'dango snyc'", "did you mean 'dango sync'?"),
    (["sync", "--dry-rum"], "unknown option '--dry-rum'", "did you mean '--dry-run'?"),
    (["query"], "'query' needs an argument: SQL", "see 'dango query --help'"),
    (["db"], "'dango db' needs a command", "see 'dango db --help'"),
    (["completion", "tcsh"], "no completion for 'tcsh'", "use one of: bash, zsh, fish"),
])
def test_wrong_words_end_with_2_and_the_cure(dango, words, message, hint):
    result = dango.run(*words)
    assert result.code == 2 and result.out == "", result
    assert result.err.startswith(f"error: {message}\n") and hint in result.err, result


def test_outside_a_project_it_says_how_to_make_one(dango):
    result = dango.run("source", "list")
    assert result.code == 1
    assert "Not in a Dango project. Run 'dango init'" in result.err


def test_a_project_is_found_from_below_and_by_option(project, tmp_path):
    below = project / "dbt/models/marts"
    assert project.run("source", "list", cwd=below).code == 0
    assert project.run("source", "list", "--project-dir", project.directory, cwd=tmp_path).code == 0
    assert project.run("--project-dir", project.directory, "source", "list", cwd=tmp_path).code == 0


def test_a_pipe_gets_no_escape_codes_and_nothing_is_cut(project):
    wide = "x" * 500
    result = project.ok("query", f"select '{wide}' as a, 1 as b")
    assert result.out == f"a\tb\n{wide}\t1\n"
    for words in (["source", "list"], ["db", "status"], ["query", "select 1"], ["--help"]):
        assert "\x1b" not in project.ok(*words).out
    assert "\x1b[1m" in project.ok("--help", "--color").out


def test_query_formats(project):
    sql = "select 1 as a, 'it''s, \"x\"' as b, null as c, [1, 2] as d, true as e"
    assert project.ok("query", sql, "--format", "csv").out == 'a,b,c,d,e\n1,"it\'s, ""x""",,"[1, 2]",true\n'
    assert project.ok("query", sql, "--json").json == [
        {"a": 1, "b": 'it\'s, "x"', "c": None, "d": "[1, 2]", "e": True}]
    assert project.ok("query", "select * from range(1000) t(i)", "--limit", "3").out == "i\n0\n1\n2\n"
    assert len(project.ok("query", "from range(100000) t(i)", "--format", "csv").out.splitlines()) == 100001


def test_query_cannot_write(project):
    result = project.run("query", "create table staging.t (a int)")
    assert result.code == 1 and "read-only" in result.err


def test_a_wrong_query_is_shown_with_its_place(project):
    result = project.run("query", "select nme from (select 1 as name)")
    assert result.code == 1
    assert "nme" in result.err and "^" in result.err and "name" in result.err
    assert len(result.err.splitlines()) <= 10


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(dango, shell):
    script = dango.ok("completion", shell).out
    assert "complete-words" in script


def test_completion_offers_commands_options_choices_and_names(project):
    def words(*typed):
        return [line.split("\t")[0] for line in project.ok("complete-words", "--", *typed).out.splitlines()]

    project.sources(project.csv("orders", "id\n1\n"), project.csv("people", "id\n1\n"))
    assert "sync" in words("sy") and "query" not in words("sy")
    assert set(words("source", "")) >= {"list", "add", "edit", "remove"}
    assert "--dry-run" in words("sync", "--d")
    assert words("query", "--format", "") == ["table", "csv", "json"]
    assert words("sync", "or") == ["orders"]


def test_bash_runs_the_completion_script(project):
    script = project.ok("completion", "bash").out
    program = f"""
        PATH={PROGRAM.parent}:$PATH
        {script}
        COMP_WORDS=(dango source re) COMP_CWORD=2; _dango; echo "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", program], env=project.env, cwd=project.directory,
                          capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["remove"], done
