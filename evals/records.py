"""One question's result, and the file with one of them a line."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import InputError
from evals.cases import Case, case_from
from evals.errors import Loss
from evals.retrieval import Slice

ANSWERS = "answers.jsonl"


@dataclass(frozen=True, slots=True)
class Record:
    """A question, its answer in the public JSON form, and what was measured.

    `ranking` is what the search gave, best first: the passages that were read, then further
    ones up to 50. `facts_found` goes with `case.facts`; `quote_ranks` with `case.quotes`: the
    rank, from 1, of the first slice that holds the quote, None where none does. `judged` holds a chat model's
    judgements where one was asked, each in [0, 1].
    """

    case: Case
    answer: Mapping[str, Any]
    ranking: tuple[Slice, ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict)
    facts_found: tuple[bool, ...] = ()
    quote_ranks: tuple[int | None, ...] = ()
    loss: Loss | None = None
    error: str | None = None
    judged: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """One line of the file; timings and ids apart, the same for the same run."""
        return {
            "id": self.case.id,
            "case": self.case.to_json(),
            "answer": dict(self.answer),
            "ranking": [list(piece) for piece in self.ranking],
            "measures": {name: round(value, 6) for name, value in self.measures.items()},
            "facts_found": list(self.facts_found),
            "quote_ranks": list(self.quote_ranks),
            "loss": {"stage": self.loss.stage, "detail": self.loss.detail} if self.loss else None,
            "error": self.error,
            "judged": dict(self.judged),
        }


def record_from(row: Mapping[str, Any], name: str) -> Record:
    """A record out of its line; raises InputError, naming the line, if it is none."""
    try:
        return Record(
            case=case_from(row["case"], name),
            answer=row["answer"],
            ranking=tuple((piece[0], piece[1], piece[2]) for piece in row["ranking"]),
            measures=row["measures"],
            facts_found=tuple(row["facts_found"]),
            quote_ranks=tuple(row["quote_ranks"]),
            loss=Loss(**row["loss"]) if row.get("loss") else None,
            error=row.get("error"),
            judged=row.get("judged") or {},
        )
    except (KeyError, TypeError, IndexError) as error:
        raise InputError(
            f"{name}: not a line of an eval run; run `evnews eval run` again"
        ) from error


def read_records(path: Path) -> list[Record]:
    """The records of a run, given its folder or its file. Raises InputError when it is none."""
    file = path / ANSWERS if path.is_dir() else path
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no eval run; give the folder of `evnews eval run`") from error
    records = []
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{file}:{number}: broken off; resume the run with --out") from error
        records.append(record_from(row, f"{file}:{number}"))
    if not records:
        raise InputError(f"{file}: holds no questions; run `evnews eval run`")
    return records


def resume(file: Path) -> list[Record]:
    """The finished records of a broken-off run; a torn last line is cut off the file."""
    if not file.exists():
        return []
    data = file.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        with file.open("r+b") as handle:
            handle.truncate(len(whole))
    return read_records(file) if whole else []


def write_record(file: Path, record: Record) -> None:
    """Append one record, in one write."""
    line = json.dumps(record.to_json(), ensure_ascii=False) + "\n"
    with file.open("ab") as handle:
        handle.write(line.encode())


def rows(records: Sequence[Record]) -> list[Mapping[str, float]]:
    """The measures and judgements of each record as one mapping."""
    return [{**r.measures, **{f"judge_{k}": v for k, v in r.judged.items()}} for r in records]
