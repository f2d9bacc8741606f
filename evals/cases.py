"""Gold questions: one JSON object a line, read strictly.

Fields: `id`, `category`, `question` and `answerable` must be there. `turns` (earlier questions),
`as_of` (YYYY-MM-DD), `facts` (a list; each fact a list of acceptable wordings), `articles` (ids)
and `quotes` (exact slices of them) may be left out. `split` is `dev` or `test`; a question
without one belongs to every split. Other fields are ignored.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from corpus.errors import InputError

SPLITS = ("dev", "test", "all")


@dataclass(frozen=True, slots=True)
class Case:
    """One gold question. `facts` is what an answer must say, each in any of its wordings."""

    id: str
    category: str
    question: str
    answerable: bool
    turns: tuple[str, ...] = ()
    as_of: date | None = None
    facts: tuple[tuple[str, ...], ...] = ()
    articles: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    split: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The form in which it stands in a gold file."""
        return asdict(self) | {"as_of": self.as_of.isoformat() if self.as_of else None}


def default_gold() -> Path:
    """The questions about the starter library."""
    return Path(str(files("evals").joinpath("gold/digest.jsonl")))


def default_articles() -> Path:
    """The folder of the starter library's articles."""
    return Path(str(files("corpus").joinpath("digest")))


def load_cases(paths: Iterable[Path], split: str = "all") -> list[Case]:
    """The questions of the files that belong to `split`, in order.

    Raises InputError in one line for a line that can't be a question, for an id used twice and
    when nothing is left.
    """
    if split not in SPLITS:
        raise InputError(f"split {split!r}: it is one of {', '.join(SPLITS)}")
    cases: list[Case] = []
    seen: dict[str, str] = {}
    for path in paths:
        try:
            # Not splitlines: a text in JSON may hold a U+2028, which is no end of a line here.
            lines = path.read_text(encoding="utf-8-sig").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise InputError(f"{path}: {reason}; name a gold file (.jsonl)") from error
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            name = f"{path}:{number}"
            case = _parse(line, name)
            if case.id in seen:
                raise InputError(f"{name}: id {case.id!r} was used at {seen[case.id]}; rename one")
            seen[case.id] = name
            cases.append(case)
    chosen = [case for case in cases if split == "all" or case.split in (None, split)]
    if not chosen:
        raise InputError(f"no question of split {split!r} in {', '.join(map(str, paths))}")
    return chosen


def case_from(row: Mapping[str, Any], name: str) -> Case:
    """A question out of its JSON object; `name` says in errors which one it is."""
    for field in ("id", "category", "question"):
        if not isinstance(row.get(field), str) or not row[field].strip():
            raise InputError(f"{name}: its field {field} must be a text that is not empty")
    if not isinstance(row.get("answerable"), bool):
        raise InputError(
            f"{name}: its field answerable must be true or false; write whether the articles "
            "hold the answer"
        )
    if row.get("split") not in (None, "dev", "test"):
        raise InputError(f"{name}: its split is {row['split']!r}; it is dev or test")
    case = Case(
        id=row["id"],
        category=row["category"],
        question=row["question"],
        answerable=row["answerable"],
        turns=_texts(row, "turns", name),
        as_of=_day(row.get("as_of"), name),
        facts=_facts(row, name),
        articles=_texts(row, "articles", name),
        quotes=_texts(row, "quotes", name),
        split=row.get("split"),
    )
    if case.answerable and not (case.facts or case.quotes or case.articles):
        raise InputError(f"{name}: answerable, but it has no facts, quotes or articles; give some")
    return case


def _parse(line: str, name: str) -> Case:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{name}: not valid JSON ({str(error)[:80]}); correct the line") from error
    if not isinstance(row, dict):
        raise InputError(f"{name}: not a JSON object; write {{...}} on the line")
    return case_from(row, name)


def _texts(row: Mapping[str, Any], field: str, name: str) -> tuple[str, ...]:
    value = row.get(field) or []
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise InputError(f"{name}: its field {field} must be a list of texts")
    return tuple(value)


def _facts(row: Mapping[str, Any], name: str) -> tuple[tuple[str, ...], ...]:
    value = row.get("facts") or []
    good = isinstance(value, list) and all(
        isinstance(fact, list) and fact and all(isinstance(v, str) and v.strip() for v in fact)
        for fact in value
    )
    if not good:
        raise InputError(f'{name}: its facts must be lists of wordings, as [["1.8 million"]]')
    return tuple(tuple(fact) for fact in value)


def _day(value: object, name: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise InputError(f"{name}: as_of {value!r} is no day; write YYYY-MM-DD") from error
