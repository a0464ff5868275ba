"""Every bad site says exactly what is wrong with it: all of it, in one run, none of it twice."""

import pytest

from config.check import check, examine_files
from config.load import read
from config.problem import Problem

from .bad_sites import Case, cases, shown

ALL = list(cases())


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_bad_site_says_what_is_wrong(case: Case) -> None:
    _, problems = examine_files(case.files)
    found = [shown(problem) for problem in problems]
    assert len(found) == len(case.says), "\n".join(found)
    for sentence, expected in zip(found, case.says, strict=True):
        if expected.endswith("..."):
            assert sentence.startswith(expected.removesuffix("..."))
        else:
            assert sentence == expected


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_no_problem_is_told_twice_and_each_has_a_place(case: Case) -> None:
    _, problems = examine_files(case.files)
    assert len(problems) == len({str(problem) for problem in problems})
    for problem in problems:
        lines = case.files.get(problem.file, "").splitlines()
        assert 0 <= problem.line <= max(len(lines), 1)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_site_is_read_or_its_errors_are_told(case: Case) -> None:
    """What can be loaded and has no errors in the check is what can be served."""
    site = read(case.files)
    _, problems = examine_files(case.files)
    if isinstance(site, list):
        assert any(problem.level == "error" for problem in site)
        assert {*site} <= {*problems}
    else:
        assert [problem for problem in check(site) if problem.level == "error"] == told_of(problems)


def told_of(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.level == "error"]


def test_the_corpus_has_cases_of_every_kind() -> None:
    assert len(ALL) >= 90
    assert len({case.name for case in ALL}) == len(ALL)
