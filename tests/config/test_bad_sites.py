"""Every bad site says exactly what is wrong with it: all of it, in one run, none of it twice."""

from functools import cache

import pytest

from config.check import check, examine_files
from config.load import read
from config.problem import Problem, errors

from .bad_sites import Case, cases, shown

ALL = {case.name: case for case in cases()}


@cache
def told(name: str) -> list[Problem]:
    return examine_files(ALL[name].files)[1]


@pytest.mark.parametrize("case", ALL.values(), ids=lambda case: case.name)
def test_a_bad_site_says_what_is_wrong(case: Case) -> None:
    problems = told(case.name)
    found = [shown(problem) for problem in problems]
    assert len(found) == len(case.says), "\n".join(found)
    for sentence, expected in zip(found, case.says, strict=True):
        if expected.endswith("..."):
            assert sentence.startswith(expected.removesuffix("..."))
        else:
            assert sentence == expected


@pytest.mark.parametrize("case", ALL.values(), ids=lambda case: case.name)
def test_no_problem_is_told_twice_and_each_has_a_place(case: Case) -> None:
    problems = told(case.name)
    assert len(problems) == len({str(problem) for problem in problems})
    for problem in problems:
        lines = case.files.get(problem.file, "").splitlines()
        assert 0 <= problem.line <= max(len(lines), 1)


@pytest.mark.parametrize("case", ALL.values(), ids=lambda case: case.name)
def test_a_site_is_read_or_its_errors_are_told(case: Case) -> None:
    """What can be loaded and has no errors in the check is what can be served."""
    site = read(case.files)
    problems = told(case.name)
    if isinstance(site, list):
        assert errors(site)
        assert {*site} <= {*problems}
    else:
        assert errors(check(site)) == errors(problems)


def test_the_corpus_has_cases_of_every_kind() -> None:
    assert len(ALL) >= 100
    assert len(ALL) == len(list(cases())), "two cases have the same name"
