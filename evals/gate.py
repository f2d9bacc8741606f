"""Thresholds: is a run good enough? `evals/gates.toml` holds the project's own.

A threshold is `measure=0.8`, or `category/measure=0.8` for one category. It holds for the value
itself, not for its interval. Measures of which less is better are given with `<=`.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from corpus.errors import InputError

FORM = re.compile(r"\s*(?:([\w-]+)/)?([\w@]+)\s*(<=|>=|=)\s*(-?\d+(?:\.\d+)?)\s*")


@dataclass(frozen=True, slots=True)
class Gate:
    """A bound on a measure, of one category or (None) of all questions."""

    measure: str
    bound: float
    most: bool = False
    category: str | None = None

    @property
    def name(self) -> str:
        """The gate as it is written."""
        place = f"{self.category}/" if self.category else ""
        return f"{place}{self.measure}{'<=' if self.most else '>='}{self.bound:g}"


def parse_gates(text: str) -> list[Gate]:
    """`fact_recall=0.8,false_premise_affirmed<=0.1,numeric/all_facts=0.7`; `=` means at least.

    Raises InputError for what is no threshold.
    """
    gates = []
    for part in filter(str.strip, text.split(",")):
        match = FORM.fullmatch(part)
        if match is None:
            raise InputError(f"{part.strip()!r}: write a threshold as measure=0.8 or measure<=0.1")
        category, measure, sign, bound = match.groups()
        gates.append(Gate(measure, float(bound), sign == "<=", category))
    return gates


def read_gates(name: str, path: Path | None = None) -> list[Gate]:
    """The gates of one table of a TOML file (default: the project's own).

    A table holds `at_least` and `at_most`, each `measure = bound`.
    """
    file = path or Path(str(files("evals").joinpath("gates.toml")))
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{file}: can't be read as TOML ({str(error)[:80]})") from error
    table = tables.get(name)
    if not isinstance(table, dict):
        raise InputError(f"{file}: has no table [{name}]; it has {', '.join(tables) or 'none'}")
    gates = []
    for key, sign in (("at_least", ">="), ("at_most", "<=")):
        for measure, bound in table.get(key, {}).items():
            gates += parse_gates(f"{measure}{sign}{bound}")
    return gates


def failing(summary: Mapping[str, Any], gates: Sequence[Gate]) -> list[str]:
    """A line for each gate that the summary of a run does not pass.

    A measure that the run does not have fails too: a gate that nothing reaches guards nothing.
    """
    lines = []
    for gate in gates:
        table = (
            summary["by_category"].get(gate.category, {}) if gate.category else summary["overall"]
        )
        found = table.get(gate.measure)
        if found is None:
            lines.append(f"{gate.name}: the run has no such measure")
        elif found["value"] > gate.bound if gate.most else found["value"] < gate.bound:
            lines.append(f"{gate.name}: it is {found['value']:.4f} over {found['n']} questions")
    return lines
