"""The report is one page that needs no host, shows all it should, and runs nothing foreign."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from evals.cases import Case
from evals.errors import Loss
from evals.records import Record
from evals.report import write_report
from evals.report_rows import row_of
from evals.summary import calibration, summarise

HOSTILE = '</script><img src=x onerror="alert(1)"> @@DATA@@ <b>'


def record(name: str, right: bool, p: float, **fields: Any) -> Record:
    answer = {
        "answered": right,
        "reason": None if right else HOSTILE,
        "as_of": None,
        "window": None,
        "standalone_question": "Q?",
        "statements": [{"text": HOSTILE, "citations": [1]}] if right else [],
        "citations": [{"n": 1, "quote": HOSTILE, "title": HOSTILE, "url": "javascript:alert(1)"}]
        if right
        else [],
        "passages": [{"article_id": "a", "start": 0, "end": 4, "title": HOSTILE}],
        "p_answered": p,
        "timings_ms": {"search": 5.0, "total": 50.0},
    }
    case = Case(name, "numeric", HOSTILE, True, facts=(("x",),), articles=("a",), quotes=("q",))
    given: dict[str, Any] = {
        "ranking": (("a", 0, 4),),
        "measures": {"correct": float(right), "fact_recall": float(right), "abstention_recall": 0},
        "facts_found": (right,),
        "quote_ranks": (1,),
        "loss": None if right else Loss("read but dropped", "refused, chance of an answer 0.30"),
    }
    return Record(case, answer, **(given | fields))


class Page(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = str(dict(attrs).get("id") or tag)

    def handle_data(self, data: str) -> None:
        self.texts[self._open] = self.texts.get(self._open, "") + data


@pytest.fixture(scope="module")
def page() -> Page:
    records = [record("q1", True, 0.9), record("q2", False, 0.3), record("q3", True, 0.8)]
    return Page(write_report(records, summarise(records), title=f"Run {HOSTILE}"))


def test_it_loads_nothing_and_runs_only_its_own_script(page: Page) -> None:
    assert [tag for tag, _ in page.tags if tag in {"img", "link", "iframe", "object"}] == []
    assert all("src" not in attributes for _, attributes in page.tags)
    assert all(not name.startswith("on") for _, attributes in page.tags for name in attributes)
    addresses = [a["href"] for _, a in page.tags if a.get("href")]
    assert all(str(address).startswith("#") for address in addresses)
    assert sum(tag == "script" for tag, _ in page.tags) == 2
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv"))
    assert str(policy).startswith("default-src 'none'")
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/=]{44}'", str(policy))


def test_every_question_travels_whole(page: Page) -> None:
    rows = json.loads(page.texts["data"])
    assert [row["id"] for row in rows] == ["q1", "q2", "q3"]
    assert rows[0]["question"] == HOSTILE
    assert rows[0]["statements"][0]["text"] == HOSTILE
    assert rows[1]["loss"] == ["read but dropped", "refused, chance of an answer 0.30"]
    assert rows[1]["facts"] == [{"text": "x", "found": False}]


def test_articles_are_listed_once_in_the_order_they_were_read() -> None:
    shown = record("q", True, 0.9)
    shown.answer["passages"] = [
        {"article_id": name, "start": start, "end": 9}
        for name, start in (("A", 0), ("B", 0), ("A", 5))
    ]
    assert [p["id"] for p in row_of(shown)["read"]] == ["A", "B"]


def test_the_numbers_stand_on_the_page_without_script(page: Page) -> None:
    text = " ".join(page.texts.values())
    assert "66.7" in text  # two of three are right
    assert "1 (100%)" in text  # the one wrong answer, at its stage
    labels = [a.get("aria-label") for tag, a in page.tags if tag == "svg"]
    assert "Calibration of p_answered" in labels


def test_a_run_without_chances_or_losses_still_gives_a_page() -> None:
    bare = record("q", True, 0.5)
    answer = {k: v for k, v in bare.answer.items() if k not in {"p_answered", "timings_ms"}}
    records = [Record(bare.case, answer, measures=bare.measures, facts_found=(True,))]
    text = write_report(records, summarise(records))
    assert "every answer is right" in text
    assert "the answers carry no p_answered" in text


def test_calibration_by_hand() -> None:
    chances = [(0.95, True), (0.91, True), (0.35, True), (0.31, False)]
    records = []
    for i, (p, answerable) in enumerate(chances):
        case = Case(str(i), "x", "Q?", answerable, articles=("a",))
        records.append(Record(case, {"p_answered": p}))
    found = calibration(records)
    assert [(b["p"], b["answerable"]["value"]) for b in found["bins"]] == [(0.33, 0.5), (0.93, 1.0)]
    # (0.05² + 0.09² + 0.65² + 0.31²) / 4, and 2/4 * |0.33 - 0.5| + 2/4 * |0.93 - 1|
    assert found["brier"] == pytest.approx(0.1323, abs=1e-4)
    assert found["ece"] == pytest.approx(0.12, abs=1e-4)
    half = next(step for step in found["sweep"] if step["threshold"] == 0.5)
    assert half["answerable_refused"] == pytest.approx(1 / 3, abs=1e-4)
    assert half["unanswerable_refused"] == 1.0
