"""The starter library's rules, checked: `python -m corpus.digest_check [FOLDER]`.

A brief is a Markdown file with YAML front matter, one paragraph a line. What can be checked
without knowing the news is checked here: form, dates, length, figures and copies. Whether a brief
is true is a matter for its readers.
"""

import calendar
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from corpus.dedupe import signature, similarity
from corpus.errors import ReadError

FIELDS = ("id", "title", "date", "source", "reported_by", "topics", "story")
SOURCE = "EV News Digest"
TOPICS = frozenset(
    "autonomy bankruptcy batteries buses charging earnings factories investment jobs leadership "
    "markets partnerships policy prices products raw-materials recalls safety sales software "
    "strategy tariffs trucks".split()
)
FIRST, LAST = date(2019, 1, 1), date(2025, 12, 31)  # what the digest covers
WORDS = range(120, 251)
# Briefs of one running story share names and figures, but hardly a run of five words: the
# closest two of different news are at 0.05. A copy with a few words changed is far above.
ALIKE = 0.3

_FRONT = re.compile(r"---\n(.*?)\n---\n\n(.*)\Z", re.DOTALL)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ADDRESS = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|org|net|gov|eu|cn)\b", re.IGNORECASE)
_MARKUP = re.compile(r"^(?:#|[*+-] |\d+\. |>|\|)|\*\*|__|`|\]\(|<\w", re.MULTILINE)
_FIGURE = re.compile(r"\d[\d.,]*")
_GOOD_FIGURE = re.compile(r"\d{1,4}(?:\.\d+)?|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_MONTHS = {name: number for number, name in enumerate(calendar.month_name) if name}
_MONTH = "|".join(_MONTHS)
_DAY = re.compile(
    rf"\b(?:(\d{{1,2}}) ({_MONTH})|({_MONTH}) (\d{{1,2}}))(?!\d)(?:,? (\d{{4}})(?!\d))?"
)


@dataclass(frozen=True, slots=True)
class Brief:
    """One brief as its file gives it; `text` is what can be quoted."""

    id: str
    title: str
    date: date
    source: str
    reported_by: str
    topics: tuple[str, ...]
    story: str
    text: str


def default_folder() -> Path:
    """The folder of the briefs that come with the package."""
    return Path(str(files("corpus").joinpath("digest")))


def read_folder(folder: Path) -> dict[str, str]:
    """Every brief of `folder` as file stem -> content.

    Raises ReadError when there is none or one can't be read.
    """
    try:
        briefs = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.md"))}
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{folder}: {error}; mend the file") from error
    if not briefs:
        raise ReadError(f"{folder}: no brief (.md) in it; name the digest's folder")
    return briefs


def parse(name: str, content: str) -> Brief:
    """The brief in `content`; raises ReadError in one line when the front matter won't do."""
    found = _FRONT.fullmatch(content)
    if not found:
        raise ReadError(f"{name}: no front matter between two lines of ---; write it first")
    try:
        meta = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a day such as 2024-02-30
        raise ReadError(f"{name}: front matter: {' '.join(str(error).split())[:120]}") from error
    if not isinstance(meta, dict) or tuple(meta) != FIELDS:
        raise ReadError(f"{name}: front matter must hold {', '.join(FIELDS)}, in this order")
    return _typed(name, meta, found[2].strip())


def _typed(name: str, meta: Mapping[str, Any], text: str) -> Brief:
    for field in ("id", "title", "source", "reported_by", "story"):
        if not isinstance(meta[field], str) or not meta[field].strip():
            raise ReadError(f"{name}: {field} must be a text that is not empty")
    day, topics = meta["date"], meta["topics"]
    if not isinstance(day, date) or isinstance(day, datetime):
        raise ReadError(f"{name}: date must be a day, written YYYY-MM-DD")
    if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
        raise ReadError(f"{name}: topics must be a list of words")
    return Brief(**{**meta, "topics": tuple(topics), "text": text})


def parse_all(contents: Mapping[str, str]) -> tuple[dict[str, Brief], list[str]]:
    """The briefs that can be read, by file stem, and one line for each that can't."""
    briefs: dict[str, Brief] = {}
    problems: list[str] = []
    for name, content in contents.items():
        try:
            briefs[name] = parse(name, content)
        except ReadError as error:
            problems.append(str(error))
    return briefs, problems


def check(contents: Mapping[str, str], today: date) -> list[str]:
    """Every problem of a digest (file stem -> content), one line each; empty when it is sound."""
    briefs, problems = parse_all(contents)
    for name, brief in briefs.items():
        problems += [f"{name}: {problem}" for problem in _check_one(name, brief, today)]
    for field in ("id", "title"):
        seen: dict[str, str] = {}
        for name, brief in briefs.items():
            value = str(getattr(brief, field)).casefold()
            if value in seen:
                problems.append(f"{name}: has the same {field} as {seen[value]}")
            seen.setdefault(value, name)
    signatures = {name: signature(brief.text) for name, brief in briefs.items()}
    for one, other in combinations(briefs, 2):
        alike = similarity(signatures[one], signatures[other])
        if alike >= ALIKE:
            problems.append(f"{other}: {alike:.0%} like {one}; keep one of them")
    return problems


def _check_one(name: str, brief: Brief, today: date) -> Iterator[str]:
    if brief.id != name:
        yield f"id {brief.id!r} is not the file's name"
    if not name.startswith(f"{brief.date}-") or not _SLUG.fullmatch(name):
        yield "the file's name must be the date and a slug, as 2024-03-15-honda-nissan"
    if not FIRST <= brief.date <= LAST:
        yield f"date {brief.date} is not within {FIRST} to {LAST}"
    if brief.date > today:
        yield f"date {brief.date} lies in the future"
    if brief.source != SOURCE:
        yield f"source must be {SOURCE}"
    unknown = ", ".join(sorted(set(brief.topics) - TOPICS))
    if unknown or not 1 <= len(set(brief.topics)) == len(brief.topics) <= 4:
        yield f"topics must be 1 to 4 different ones of the list{unknown and ', not ' + unknown}"
    if not _SLUG.fullmatch(brief.story):
        yield f"story {brief.story!r} must be a slug, as honda-nissan"
    yield from _check_text(brief)
    for day in _impossible_or_late(brief.reported_by, brief.date):
        yield f"reported_by: {day} is no day up to {brief.date}"


def _check_text(brief: Brief) -> Iterator[str]:
    count = len(brief.text.split())
    if count not in WORDS:
        yield f"{count} words; write {WORDS.start} to {WORDS.stop - 1}"
    if re.search(r"(?<!\n)\n(?!\n)|\n{3}", brief.text):
        yield "a paragraph must be one line, with one blank line between two"
    for what, pattern in (("an address", _ADDRESS), ("markup", _MARKUP)):
        if found := pattern.search(brief.text):
            yield f"{what} in the text: {found[0]!r}"
    for figure in (f"{brief.title}\n{brief.text}", brief.reported_by):
        for found in _FIGURE.finditer(figure):
            if not _GOOD_FIGURE.fullmatch(token := found[0].rstrip(".,")):
                yield f"{token!r} is no well-formed figure"
    if len(set(_FIGURE.findall(brief.text))) + len(_names(brief.text)) < 3:
        yield "fewer than three figures and names; a brief needs checkable facts"
    for day in _impossible_or_late(brief.text, None):
        yield f"{day} is no day of the calendar"


def _names(text: str) -> set[str]:
    """Capitalised words that don't begin a sentence."""
    return set(re.findall(r"(?<=[a-z,] )[A-Z]\w+", text))


def _impossible_or_late(text: str, latest: date | None) -> Iterator[str]:
    """Days written in `text` that aren't in the calendar, or lie after `latest`."""
    for found in _DAY.finditer(text):
        number, month = int(found[1] or found[4]), _MONTHS[found[2] or found[3]]
        year = int(found[5]) if found[5] else 2024  # a leap year: 29 February may be meant
        try:
            day = date(year, month, number)
        except ValueError:
            yield repr(found[0])
            continue
        if found[5] and latest is not None and day > latest:
            yield repr(found[0])


def main() -> int:
    """Print the problems of the digest in a folder (the packaged one); 1 when there are any."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default_folder()
    try:
        contents = read_folder(folder)
    except ReadError as error:
        print(error, file=sys.stderr)
        return 1
    problems = check(contents, datetime.now(UTC).date())
    print(*problems, f"{len(contents)} briefs, {len(problems)} problems", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
