"""Ours against what real dbt did; see dbt_cases.py and deps_cases.py."""
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import dbt_cases  # noqa: E402
import deps_cases  # noqa: E402


def has_commands():
    """Whether the program was built with the commands of dbt."""
    tried = subprocess.run([*dbt_cases.our_program(), "run", "--help"], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False)
    return tried.returncode == 0


@pytest.mark.skipif(not has_commands(), reason="the program has no dbt commands")
@pytest.mark.parametrize("name", dbt_cases.names())
def test_ours_does_what_dbt_does(name):
    difference = dbt_cases.difference(name)
    assert not difference, "\n" + difference


@pytest.mark.skipif(not has_commands(), reason="the program has no dbt commands")
def test_deps_brings_what_dbt_brings():
    difference = deps_cases.difference()
    assert not difference, "\n" + difference
