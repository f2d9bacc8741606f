"""Did B get better than A? Paired differences, and the questions that flipped, worst first."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from corpus.errors import InputError
from evals.answers import PLAIN
from evals.records import Record, rows
from evals.stats import Estimate, mean_interval, permutation_p
from evals.summary import better


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure on the questions to which it applies in both runs.

    `change` is the mean of B - A with its interval; `p` comes from a permutation test, not
    corrected for the number of measures: look at the few that you set out to change.
    """

    measure: str
    a: float
    b: float
    change: Estimate
    p: float

    @property
    def verdict(self) -> str:
        """`better` or `worse` when the test and the interval agree that it is not chance.

        Sizes (`PLAIN`) are neither.
        """
        if self.measure in PLAIN:
            return ""
        if self.p >= 0.05 or self.change.low <= 0.0 <= self.change.high:
            return ""
        return "better" if better(self.measure, self.a, self.b) else "worse"

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "measure": self.measure,
            "a": round(self.a, 4),
            "b": round(self.b, 4),
            "change": self.change.to_json(),
            "p": round(self.p, 4),
            "verdict": self.verdict,
        }


@dataclass(frozen=True, slots=True)
class Flip:
    """A question whose answer is right in one run only. `change` is B - A of fact recall."""

    id: str
    category: str
    question: str
    to: str
    change: float
    before: str
    after: str

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences by measure, flips worst first, and ids that only one run has."""

    differences: tuple[Difference, ...]
    flips: tuple[Flip, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "differences": [d.to_json() for d in self.differences],
            "flips": [f.to_json() for f in self.flips],
            "only_a": list(self.only_a),
            "only_b": list(self.only_b),
        }


def compare(a: Sequence[Record], b: Sequence[Record]) -> Comparison:
    """Compare two runs on the questions that both have. Raises InputError if there are none."""
    in_a = {record.case.id: record for record in a}
    in_b = {record.case.id: record for record in b}
    shared = [name for name in in_a if name in in_b]
    if not shared:
        raise InputError("the two runs share no question; compare runs of the same gold file")
    first, second = [in_a[name] for name in shared], [in_b[name] for name in shared]
    return Comparison(
        tuple(_differences(first, second)),
        tuple(sorted(_flips(first, second), key=lambda f: (f.to == "right", f.change, f.id))),
        tuple(name for name in in_a if name not in in_b),
        tuple(name for name in in_b if name not in in_a),
    )


def _differences(a: Sequence[Record], b: Sequence[Record]) -> list[Difference]:
    pairs = list(zip(rows(a), rows(b), strict=True))
    names = dict.fromkeys(name for old, new in pairs for name in (*old, *new))
    found = []
    for name in names:
        both = [(old[name], new[name]) for old, new in pairs if name in old and name in new]
        if both:
            before, after = [x for x, _ in both], [y for _, y in both]
            change = mean_interval([y - x for x, y in both])
            means = sum(before) / len(both), sum(after) / len(both)
            found.append(Difference(name, *means, change, permutation_p(before, after)))
    return found


def _flips(a: Sequence[Record], b: Sequence[Record]) -> list[Flip]:
    flips = []
    for old, new in zip(a, b, strict=True):
        was, now = bool(old.measures["correct"]), bool(new.measures["correct"])
        if was == now:
            continue
        change = new.measures.get("fact_recall", now) - old.measures.get("fact_recall", was)
        case = old.case
        to = "right" if now else "wrong"
        flips.append(
            Flip(case.id, case.category, case.question, to, change, _tell(old), _tell(new))
        )
    return flips


def _tell(record: Record) -> str:
    """The answer in a line: what it says or that it refuses, and the stage that lost it."""
    said = " ".join(s["text"] for s in record.answer["statements"])
    text = said if record.answer["answered"] else f"refused: {record.answer['reason']}"
    return f"{text} [{record.loss.stage}]" if record.loss else text
