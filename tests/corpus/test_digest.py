"""The starter library keeps its rules, and its checker sees it when a brief breaks one."""

from datetime import date
from pathlib import Path

import pytest

from corpus.digest_check import check, default_folder, main, parse, parse_all, read_folder
from corpus.errors import ReadError

TODAY = date(2026, 1, 1)
NAME = "2024-03-15-honda-nissan-memorandum"


@pytest.fixture(scope="module")
def digest() -> dict[str, str]:
    return read_folder(default_folder())


def test_the_digest_is_sound_and_large_enough(digest: dict[str, str]) -> None:
    assert check(digest, TODAY) == []
    assert len(digest) >= 200


def test_the_digest_covers_every_year_and_stories_that_run_on(digest: dict[str, str]) -> None:
    briefs, problems = parse_all(digest)
    assert not problems
    assert {brief.date.year for brief in briefs.values()} == set(range(2019, 2026))
    stories = [brief.story for brief in briefs.values()]
    for story in ("honda-nissan", "ford-three-row", "apple-car", "northvolt", "us-tax-credit"):
        assert stories.count(story) >= 2, story


def test_a_brief_is_read_typed(digest: dict[str, str]) -> None:
    brief = parse(NAME, digest[NAME])
    assert (brief.id, brief.date, brief.story) == (NAME, date(2024, 3, 15), "honda-nissan")
    assert brief.topics == ("partnerships", "strategy", "software")
    assert brief.text.startswith("Honda and Nissan")
    assert "---" not in brief.text


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id: 2024-03-15-honda", "id: 2024-03-15-nissan", "is not the file's name"),
        ("\ndate: 2024-03-15", "\ndate: 2024-03-16", "must be the date and a slug"),
        ("\ndate: 2024-03-15", "\ndate: 2018-03-15", "is not within 2019-01-01"),
        ("\ndate: 2024-03-15", "\ndate: March 2024", "date must be a day"),
        ("\ndate: 2024-03-15", "\ndate: 2024-02-30", "front matter: day is out of range"),
        ("source: EV News Digest", "source: Someone", "source must be EV News Digest"),
        ("[partnerships, strategy, software]", "[partnerships, gossip]", "not gossip"),
        ("[partnerships, strategy, software]", "[]", "topics must be 1 to 4"),
        ("[partnerships, strategy, software]", "[strategy, strategy]", "topics must be 1 to 4"),
        ("[partnerships, strategy, software]", "strategy", "topics must be a list"),
        ("story: honda-nissan", "story: Honda & Nissan", "must be a slug"),
        ("story: honda-nissan", "author: someone", "front matter must hold"),
        ("15 March 2024", "15 March 2025", "is no day up to 2024-03-15"),
        ("title:", "title", "front matter"),
        ("said on 15 March", "said on 31 June", "is no day of the calendar"),
        ("The feasibility study", "The 1,80,000 euro study", "no well-formed figure"),
        ("The feasibility study", "The 2.5.1 study", "no well-formed figure"),
        ("The feasibility study", "The study at https://honda.example", "an address in the text"),
        ("The feasibility study", "The study at nissan.com", "an address in the text"),
        ("The feasibility study", "The **feasibility** study", "markup in the text"),
        ("The feasibility study", "The feasibility\nstudy", "a paragraph must be one line"),
    ],
)
def test_a_broken_brief_is_reported(
    digest: dict[str, str], old: str, new: str, expected: str
) -> None:
    assert old in digest[NAME]
    problems = check({NAME: digest[NAME].replace(old, new, 1)}, TODAY)
    assert any(expected in problem and problem.startswith(NAME) for problem in problems), problems


def test_a_brief_of_the_future_is_reported(digest: dict[str, str]) -> None:
    problems = check({NAME: digest[NAME]}, date(2024, 3, 14))
    assert problems == [f"{NAME}: date 2024-03-15 lies in the future"]


@pytest.mark.parametrize(("words", "said"), [(40, "40 words"), (260, "260 words")])
def test_a_brief_too_short_or_too_long_is_reported(
    digest: dict[str, str], words: int, said: str
) -> None:
    front = digest[NAME].partition("\n---\n\n")[0]
    text = " ".join(["Honda, Nissan and Mitsubishi sold 8 of 9 cars in 2024"] * 40).split()
    problems = check({NAME: f"{front}\n---\n\n{' '.join(text[:words])}\n"}, TODAY)
    assert any(said in problem for problem in problems), problems


def test_a_copy_is_reported_with_its_title_even_when_some_words_differ(
    digest: dict[str, str],
) -> None:
    copy = NAME.replace("memorandum", "again")
    changed = digest[NAME].replace(NAME, copy).replace("Japan's second", "the country's second")
    problems = check({NAME: digest[NAME], copy: changed}, TODAY)
    assert any(f"like {NAME}" in problem for problem in problems)
    assert f"{copy}: has the same title as {NAME}" in problems


def test_a_file_without_front_matter_is_refused_in_one_line() -> None:
    with pytest.raises(ReadError, match="note: no front matter") as caught:
        parse("note", "Only a text.")
    assert "\n" not in str(caught.value)


def test_the_command_names_the_problems_and_fails(
    digest: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["digest_check", str(tmp_path)])
    assert main() == 1
    assert "no brief" in capsys.readouterr().err
    (tmp_path / f"{NAME}.md").write_text(digest[NAME], "utf-8")
    assert main() == 0
    (tmp_path / "other.md").write_text(digest[NAME], "utf-8")
    assert main() == 1
    assert "other: id" in capsys.readouterr().out
