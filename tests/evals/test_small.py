"""The project's own gate, on a small split: two development questions of each category, and
questions of quite other fields, which are to be refused."""

import json
from collections import Counter
from pathlib import Path

from evals.cases import default_articles, default_gold, load_cases
from evals.gate import failing, read_gates
from evals.run import Plan, run

OFF_FIELD = Path(__file__).parents[2] / "evals" / "train" / "off_field.jsonl"
EACH = 2  # questions of a category
EVERY = 8  # besides the gold articles each eighth of the others, to be told apart from them


def test_the_answers_pass_the_gate_on_a_small_split(tmp_path: Path) -> None:
    taken: Counter[str] = Counter()
    cases = []
    for case in load_cases([default_gold()], "dev"):
        if taken[case.category] < EACH:
            taken[case.category] += 1
            cases.append(case)
    cases += load_cases([OFF_FIELD], "test")
    wanted = {name for case in cases for name in case.articles}
    files = sorted(default_articles().glob("*.md"))
    chosen = [file for i, file in enumerate(files) if file.stem in wanted or i % EVERY == 0]
    gold = tmp_path / "gold.jsonl"
    gold.write_text("".join(json.dumps(c.to_json()) + "\n" for c in cases), encoding="utf-8")
    plan = Plan(gold=(gold,), articles=tuple(chosen), split="all")
    _, summary = run(plan, tmp_path / "run", cache_dir=tmp_path / "cache")
    assert summary["questions"] == len(cases) >= 16
    assert summary["skipped"] == []
    assert failing(summary, read_gates("small")) == []
