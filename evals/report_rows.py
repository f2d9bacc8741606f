"""A record as the report's script wants it: what a person looks at, without the long texts."""

from typing import Any

from evals.records import Record

SHOWN = (
    *("n", "article_id", "title", "source", "published", "url", "reported_by"),
    *("quote", "answer_start", "answer_end"),
)


def row_of(record: Record) -> dict[str, Any]:
    """One row of the table of questions, with everything that opening it shows."""
    case, answer = record.case, record.answer
    read: dict[str, Any] = {}
    for passage in answer["passages"]:
        read.setdefault(passage["article_id"], passage)
    return {
        "id": case.id,
        "category": case.category,
        "split": case.split,
        "question": case.question,
        "turns": case.turns,
        "as_of": answer["as_of"],
        "window": answer["window"],
        "standalone": answer["standalone_question"],
        "answerable": case.answerable,
        "facts": [
            {"text": " / ".join(fact), "found": found}
            for fact, found in zip(case.facts, record.facts_found, strict=True)
        ],
        "gold": {
            "quotes": case.quotes,
            "ranks": record.quote_ranks,
            "articles": case.articles,
        },
        "answered": answer["answered"],
        "reason": answer["reason"],
        "p": answer.get("p_answered"),
        "statements": answer["statements"],
        "citations": [{k: c.get(k) for k in SHOWN} for c in answer["citations"]],
        "notes": answer.get("notes") or [],
        "nearest": [
            {k: c.get(k) for k in ("title", "source", "published")}
            for c in answer.get("nearest") or []
        ],
        "read": [
            {"title": p.get("title", name), "published": p.get("published"), "id": name}
            for name, p in read.items()
        ],
        "right": bool(record.measures["correct"]),
        "loss": [record.loss.stage, record.loss.detail] if record.loss else None,
        "measures": {k: round(v, 3) for k, v in record.measures.items()},
        "judged": record.judged,
        "ms": (answer.get("timings_ms") or {}).get("total"),
        "error": record.error,
    }
