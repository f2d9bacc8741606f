"""The public JSON form of answers and passages. Keys are added, never renamed."""

from typing import Any

from rag.types import Answer, Citation, Event, Passage


def answer_to_json(answer: Answer) -> dict[str, Any]:
    """One answer as an object of plain JSON values; days are `YYYY-MM-DD`."""
    window = answer.window
    return {
        "id": answer.id,
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "as_of": answer.as_of.isoformat() if answer.as_of else None,
        "window": {
            "after": window.after.isoformat() if window.after else None,
            "before": window.before.isoformat() if window.before else None,
            "strict": window.strict,
        }
        if window.after or window.before
        else None,
        "answered": answer.answered,
        "reason": answer.reason,
        "text": answer.text,
        "statements": [
            {"text": statement.text, "citations": list(statement.citations)}
            for statement in answer.statements
        ],
        "citations": [citation_to_json(citation) for citation in answer.citations],
        "newest_evidence": answer.newest_evidence,
        "passages": [passage_to_json(passage) for passage in answer.passages],
        "mode": answer.mode,
        "model": answer.model,
        "timings_ms": dict(answer.timings_ms),
        "order": window.order,
        "nearest": [citation_to_json(citation) for citation in answer.nearest],
        "notes": list(answer.notes),
        "differences": [
            {"kind": d.kind, "earlier": d.earlier, "later": d.later, "text": d.text}
            for d in answer.differences
        ],
        "p_answered": answer.p_answered,
        "left_out": list(answer.left_out),
        "tokens": dict(answer.tokens),
    }


def citation_to_json(citation: Citation) -> dict[str, Any]:
    """One citation; `start` and `end` are character offsets in the stored article's text."""
    return {
        "n": citation.n,
        "article_id": citation.article_id,
        "title": citation.title,
        "source": citation.source,
        "published": citation.published,
        "url": citation.url,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "revision": citation.revision,
        "age_days": citation.age_days,
        "sources": citation.sources,
        "answer_start": citation.answer_start,
        "answer_end": citation.answer_end,
        "reported_by": citation.reported_by,
    }


def passage_to_json(passage: Passage) -> dict[str, Any]:
    """One passage with its place in the stored article."""
    return {
        "article_id": passage.article.id,
        "start": passage.start,
        "end": passage.end,
        "score": round(passage.score, 6),
        "text": passage.text,
        "title": passage.article.title,
        "source": passage.article.source,
        "published": passage.article.day,
        "revision": passage.article.revision,
    }


def event_to_json(event: Event) -> dict[str, Any]:
    """One line of a timeline; `grain` "month" means the month that begins on `day`."""
    return {
        "day": event.day.isoformat(),
        "text": event.text,
        "day_from": event.day_from,
        "sources": event.sources,
        "citation": citation_to_json(event.citation),
        "grain": event.grain,
    }
