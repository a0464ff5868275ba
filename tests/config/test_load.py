"""A folder becomes one immutable version with a hash of its content, or problems."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.check import check, examine
from config.flow import AskNode, BranchNode, CollectNode
from config.load import files_of, hash_of, load, read
from config.phrases import PHRASES
from config.problem import Problem, errors
from config.site import Places, Site

from .bad_sites import SMALL

names = st.text("abc/.", min_size=1, max_size=6)
files = st.dictionaries(names, st.text(max_size=8), max_size=4)


def small(**changes: str) -> Site:
    site = read({**files_of(SMALL), **changes})
    assert isinstance(site, Site), site
    return site


def test_a_folder_and_its_kept_files_are_the_same_site() -> None:
    site = load(SMALL)
    assert isinstance(site, Site)
    assert read(site.files) == site
    assert site.hash == hash_of(files_of(SMALL))


def test_a_site_says_what_its_files_say() -> None:
    site = small()
    flow = site.flows["main"]
    menu, number = flow.nodes["menu"], flow.nodes["number"]
    assert isinstance(menu, AskNode) and isinstance(number, CollectNode)
    assert menu.ask.text["en"] == "What is it? {choices}."
    assert menu.ask.again == {"en": "Once more: {choices}.", "ko": "다시요. {choices}."}
    assert [choice.key for choice in menu.choices] == ["1", "2"]
    assert number.as_.count == (4, 6)
    assert number.confirm is not None and number.confirm.text["ko"] == "{parcel.number}인가요?"
    branch = flow.nodes["who"]
    assert isinstance(branch, BranchNode) and [case.target for case in branch.branch] == ["line", "menu"]
    assert site.queues["desk"].callback_over == 120.0
    assert site.agents["mina"].contact == "client:mina"
    assert site.tables["parcels.csv"][1] == {"number": "1002", "state.en": "gone", "state.ko": "발송됨"}
    assert site.segments.rules[0].then.path == "person_first"


def test_a_site_says_our_sentences_in_its_own_words_and_the_others_in_ours() -> None:
    site = small()
    assert site.prompts["goodbye"]["en"] == "Goodbye from {company}."
    assert site.prompts["joined"] == PHRASES["joined"]


def test_places_name_the_file_and_line_of_every_value() -> None:
    places = small().places
    assert places.of("flows", "main", "nodes", "bye", "end") == ("flows/main.yaml", 63)
    assert places.of("flows", "main", "nodes", "bye", "nothing", "here") == ("flows/main.yaml", 62)
    assert places.of("queues", "desk", "hours") == ("queues.yaml", 7)
    assert places.of("tables", "parcels.csv", 1) == ("parcels.csv", 3)
    assert places.of("prompts", "goodbye", "ko") == ("prompts/ko.yaml", 1)
    assert places.of("callbacks", "caller_id") == ("callbacks.yaml", 1)
    assert Places().of("anything") == ("site.yaml", 1)


@given(files, names, st.text(max_size=8))
def test_any_change_gives_another_hash(before: dict[str, str], name: str, text: str) -> None:
    after = {**before, name: text}
    assert (hash_of(after) == hash_of(before)) == (after == before)


@given(files)
def test_the_order_of_files_does_not_matter(some: dict[str, str]) -> None:
    assert hash_of(dict(reversed(some.items()))) == hash_of(some)


def test_tests_and_other_files_are_no_part_of_a_version(tmp_path: Path) -> None:
    for name, text in files_of(SMALL).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "calls.yaml").write_text("- test: one\n")
    (tmp_path / "notes.txt").write_text("a note")
    site = load(tmp_path)
    assert isinstance(site, Site)
    assert site == small()


def test_what_editors_put_before_a_text_is_not_read(tmp_path: Path) -> None:
    """Windows writes a byte order mark into CSV files."""
    (tmp_path / "people.csv").write_text("number,name\n1,Ruth\n", encoding="utf-8-sig")
    assert files_of(tmp_path) == {"people.csv": "number,name\n1,Ruth\n"}


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("prompts/ko.yaml", 'joined: "hello"\ngoodbye: "안녕히 계십시오."\n', 2),
        ("people.csv", "number,name,born,language,wish\n+821000001990,박지훈,1990,ko,\n", 2),
        ("agents.yaml", "# 상담원\n", 1),
        ("site.yaml", "name: {ko: 한빛}\n", 1),
    ],
)
def test_a_file_in_another_encoding_is_named_with_its_line(tmp_path: Path, name: str, text: str, line: int) -> None:
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    (tmp_path / name).write_text(text, encoding="cp949")
    wanted = Problem(name, line, "this is not UTF-8: save the file as UTF-8")
    assert errors(examine(tmp_path)[1]) == [wanted]
    assert load(tmp_path) == [wanted]


def test_a_folder_of_something_else_is_asked_about_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "main.yaml").write_text("nothing: of ours\n")
    (tmp_path / "figures.csv").write_text("a,a\n")
    wanted = [Problem("site.yaml", 1, "no site.yaml here: is this a site's folder?")]
    assert (examine(tmp_path)[1], load(tmp_path)) == (wanted, wanted)


def test_a_folder_that_looks_like_a_file_is_not_read(tmp_path: Path) -> None:
    shutil.copytree(SMALL, tmp_path, dirs_exist_ok=True)
    (tmp_path / "old.yaml").mkdir()
    assert load(tmp_path) == load(SMALL)


def test_a_folder_with_problems_is_no_site() -> None:
    problems = read({**files_of(SMALL), "segments.yaml": "otherwise: {path: nowhere}\n"})
    expected = Problem("segments.yaml", 1, "'path' must be 'person_first' or 'self_service_first'")
    assert problems == [expected]


def test_warnings_keep_nobody_from_being_served() -> None:
    assert isinstance(read({**files_of(SMALL), "flow/other.yaml": ""}), Site)


def test_a_site_of_the_least_that_is_needed() -> None:
    """Everything but site.yaml and a flow has a default."""
    facts = files_of(SMALL)["site.yaml"]
    flow = "flow: main\nstart: bye\nnodes:\n  bye: {end: {en: An assistant says bye., ko: 인공지능입니다.}}\n"
    site = read({"site.yaml": facts, "flows/main.yaml": flow})
    assert isinstance(site, Site)
    assert site.callbacks.caller_id == "+15550100100"
    assert site.segments.otherwise.path == "self_service_first"
    assert check(site) == []


def test_a_folder_that_is_not_there() -> None:
    site, problems = examine(SMALL / "nowhere")
    assert site is None
    assert [problem.text for problem in problems] == ["there is no such folder"]


def test_examining_reports_what_cannot_be_read_and_what_is_wrong_beside_it(tmp_path: Path) -> None:
    changes = {"callbacks.yaml": "caller_id: +15550100100\n", "agents.yaml": ""}
    for name, text in {**files_of(SMALL), **changes}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text.replace("start: hello", "start: helo"))
    site, problems = examine(tmp_path)
    assert site is not None
    assert [(problem.file, problem.line) for problem in errors(problems)] == [
        ("agents.yaml", 1),
        ("callbacks.yaml", 1),
        ("flows/main.yaml", 2),
    ]


@pytest.mark.parametrize(
    ("digits", "count"),
    [("4-6", (4, 6)), ('"5"', (5, 5)), ("5", (5, 5)), ("5 - 8", (5, 8))],
)
def test_a_count_of_digits(digits: str, count: tuple[int, int]) -> None:
    flow = files_of(SMALL)["flows/main.yaml"].replace("digits: 4-6", f"digits: {digits}")
    node = small(**{"flows/main.yaml": flow}).flows["main"].nodes["number"]
    assert isinstance(node, CollectNode)
    assert node.as_.count == count


def test_yes_and_no_have_no_count() -> None:
    flow = files_of(SMALL)["flows/main.yaml"].replace("digits: 4-6", "yes_no: true")
    node = small(**{"flows/main.yaml": flow}).flows["main"].nodes["number"]
    assert isinstance(node, CollectNode)
    assert node.as_.count is None
