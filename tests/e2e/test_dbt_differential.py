"""Ours against what real dbt did; see dbt_cases.py."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import dbt_cases  # noqa: E402


@pytest.mark.parametrize("name", dbt_cases.names())
def test_ours_does_what_dbt_does(name):
    difference = dbt_cases.difference(name)
    assert not difference, "\n" + difference
