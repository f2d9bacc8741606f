"""Ask every gold question through the public API; one line each, resumable, then the numbers.

A run's folder holds `run.json` (what was run), `answers.jsonl` (a record a line, flushed at
once) and, when all is done, `summary.json` and `report.html`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from corpus.article import Article
from corpus.errors import InputError
from evals.answers import facts_found, filtered, measure
from evals.cases import Case, default_articles, default_gold, load_cases
from evals.citing import Supports, grounding_check
from evals.errors import trace
from evals.library import build, fingerprint
from evals.records import ANSWERS, Record, resume, write_record
from evals.retrieval import Slice, places, rank_of, retrieval
from evals.summary import summarise
from rag.model import redact
from rag.pipeline import NewsChat
from rag.settings import load as load_settings

DEPTH = 50  # how deep the search is looked at
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. `config` holds settings of `rag.settings.Settings` by name."""

    gold: tuple[Path, ...] = field(default_factory=lambda: (default_gold(),))
    articles: tuple[Path, ...] = field(default_factory=lambda: (default_articles(),))
    split: str = "dev"
    mode: str = "quotes"
    config: Mapping[str, str] = field(default_factory=dict)
    limit: int | None = None

    def settings(self) -> dict[str, Any]:
        """The settings of the run. Raises SettingsError or InputError for impossible ones."""
        given: dict[str, Any] = dict(self.config)
        if "home" in given:
            raise InputError("config home: a run makes its own library; leave it out")
        given["chroma_url"] = ""  # a throw-away library has no place on a shared server
        if self.mode == "quotes":
            given["llm"] = ""
        elif self.mode != "written":
            raise InputError(f"mode {self.mode!r}: it is quotes or written")
        elif not load_settings(**given).llm:
            raise InputError("mode written needs a chat model; set EVNEWS_LLM or --config llm=…")
        load_settings(**given)
        return given


def run(
    plan: Plan,
    out: Path,
    *,
    cache_dir: Path | None = None,
    progress: Progress | None = None,
) -> tuple[list[Record], dict[str, Any]]:
    """Run the plan into the folder `out`, or finish what was begun there; records and summary.

    Raises InputError when `out` holds another run or another process is at it.
    """
    cases = load_cases(plan.gold, plan.split)[: plan.limit]
    settings = plan.settings()
    built = build(plan.articles, settings, cache_dir, progress)
    out.mkdir(parents=True, exist_ok=True)
    lock = FileLock(out / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise InputError(f"{out}: another run is writing there; give another --out") from error
    with lock:
        note = _note(plan, cases, built.key)
        _same_run(out, note)
        done = resume(out / ANSWERS)
        records = list(done)
        if len(done) < len(cases):
            with NewsChat.open(built.home, **settings) as chat:
                for case in cases[len(done) :]:
                    record = ask(chat, case)
                    write_record(out / ANSWERS, record)
                    records.append(record)
                    if progress:
                        progress("asking", len(records), len(cases))
    summary = note | {"articles": built.articles, "skipped": list(built.skipped)}
    return records, summary | summarise(records)


def save(out: Path, records: Sequence[Record], summary: Mapping[str, Any], page: str) -> None:
    """Write what a finished run leaves: summary and report, and judgements where there are any."""
    if any(record.judged for record in records):
        lines = (json.dumps(r.to_json(), ensure_ascii=False) + "\n" for r in records)
        (out / ANSWERS).write_text("".join(lines), encoding="utf-8")
    _write(out / "summary.json", summary)
    (out / "report.html").write_text(page, encoding="utf-8")


def read_summary(folder: Path, records: Sequence[Record]) -> dict[str, Any]:
    """The numbers of a run, counted anew from its records, with what it knew of itself."""
    known: dict[str, Any] = {}
    for name in ("run.json", "summary.json"):
        file = (folder if folder.is_dir() else folder.parent) / name
        if file.exists():
            known |= json.loads(file.read_text(encoding="utf-8"))
    return known | summarise(records)


def ask(chat: NewsChat, case: Case, supports: Supports | None = None) -> Record:
    """Ask one question and measure its answer.

    A question that the program refuses to take (InputError) counts as refused, with the error
    kept. Any other error ends the run: a missing model is no bad answer.
    """
    error = None
    try:
        answer = chat.ask(case.question, history=case.turns, as_of=case.as_of, id=case.id).to_json()
    except InputError as caught:
        error = str(caught)
        answer = _failed(case, error)
    ranking = [] if error else _ranking(chat, answer)
    store = cache(chat.store.get)

    def first(name: str) -> Article | None:
        return store(name, None)

    def together() -> list[Slice]:
        if error:
            return []
        limit = max(1, len(answer["passages"]) or chat.settings.passages)
        text = " ".join([*case.turns, case.question])
        return _slices(chat.search(text, limit=limit, as_of=case.as_of))

    texts = {name: found.text for name in case.articles if (found := first(name))}
    spots = places(case.quotes, texts)
    known = [spot for spot in spots if spot]
    measures = measure(case, answer, store, supports or grounding_check())
    if case.answerable:
        measures |= retrieval(ranking, case.articles, known)
    return Record(
        case=case,
        answer=answer,
        ranking=tuple(ranking),
        measures=measures,
        facts_found=tuple(facts_found(case, answer)),
        quote_ranks=tuple(rank_of(ranking, [spot] if spot else []) for spot in spots),
        loss=trace(case, answer, ranking, first, together),
        error=error,
    )


def default_out(base: Path, plan: Plan, now: datetime) -> Path:
    """A folder of its own for each run: `eval-runs/2026-01-31-142501-dev-quotes`."""
    return base / "eval-runs" / f"{now:%Y-%m-%d-%H%M%S}-{plan.split}-{plan.mode}"


def _ranking(chat: NewsChat, answer: Mapping[str, Any]) -> list[Slice]:
    """What was read, in its order, then what the search has below it, up to 50 in all."""
    read = [(p["article_id"], p["start"], p["end"]) for p in answer["passages"]]
    after, before = filtered(answer)
    below = _slices(
        chat.search(
            answer["standalone_question"] or answer["question"],
            limit=DEPTH,
            as_of=answer["as_of"],
            after=after,
            before=before,
        )
    )
    return list(dict.fromkeys([*read, *below]))[:DEPTH]


def _slices(passages: Sequence[Any]) -> list[Slice]:
    return [(p.article.id, p.start, p.end) for p in passages]


def _failed(case: Case, error: str) -> dict[str, Any]:
    as_of = case.as_of.isoformat() if case.as_of else None
    return {
        "id": case.id,
        "question": case.question,
        "standalone_question": case.question,
        "as_of": as_of,
        "window": None,
        "answered": False,
        "reason": error,
        "text": "",
        "statements": [],
        "citations": [],
        "passages": [],
        "timings_ms": {},
    }


def _note(plan: Plan, cases: Sequence[Case], library: str) -> dict[str, Any]:
    """What makes two runs the same run."""
    gold = hashlib.sha256(json.dumps([asdict(c) for c in cases], default=str).encode())
    return {
        "gold": [path.name for path in plan.gold],
        "gold_sha256": gold.hexdigest()[:16],
        "library": library,
        "code": fingerprint()[:16],
        "split": plan.split,
        "mode": plan.mode,
        "config": dict(plan.config),
        "settings": _effective(plan),
    }


def _effective(plan: Plan) -> dict[str, Any]:
    """Every setting that is not the default, wherever it was set; addresses without secrets."""
    settings = load_settings(**plan.settings())
    return {
        name: redact(str(value))
        for name, value in settings.model_dump(exclude_defaults=True).items()
        if name not in {"home", "chroma_url"}
    }


def _same_run(out: Path, note: Mapping[str, Any]) -> None:
    file = out / "run.json"
    if not file.exists():
        if (out / ANSWERS).exists():
            raise InputError(f"{out}: holds answers of an unknown run; give another --out")
        _write(file, note)
        return
    old = json.loads(file.read_text(encoding="utf-8"))
    differing = [name for name in note if old.get(name) != note[name]]
    if differing:
        raise InputError(
            f"{out}: holds another run (its {', '.join(differing)} differ); give another --out"
        )


def _write(file: Path, value: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
