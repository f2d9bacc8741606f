"""The last stage in quotes mode: what was read -> an Answer, checked before it is shown."""

from collections.abc import Sequence
from time import perf_counter

from rag import say
from rag.answer import pick, state
from rag.cite import check, cite
from rag.library import Library
from rag.settings import Settings
from rag.stages import Read, elapsed_ms, nearest
from rag.types import Answer, Citation, Passage, Span

NEAREST = 3


def compose(read: Read, library: Library, settings: Settings) -> Answer:
    """Quotes that answer, or a refusal with the nearest coverage."""
    began = perf_counter()
    found = read.found
    question = found.question
    window = question.query.window
    reason = _reason(read, library, settings.threshold)
    citations: tuple[Citation, ...] = ()
    near: tuple[Citation, ...] = ()
    if reason is None:
        spans = pick(question.query.text, read.reading)
        citations = cite(
            spans,
            question.today,
            question=question.query.text,
            sources=lambda story: len(library.store.story_sources(story)),
        )
    elif reason != say.EMPTY:
        near = cite(_best_of(read, found.passages or found.outside), question.today)
    check([*citations, *near], library.load)
    statements = state(citations)
    newest = max((c.published for c in citations if c.published), default=None)
    text = say.tell(statements, citations) if citations else say.refuse(reason or "", window, near)
    notes = []
    if citations and window.order == "newest":
        late = say.stale(newest, question.today, settings.stale_days)
        if late:
            notes.append(late)
            text = f"{late}\n{text}"
    return Answer(
        id=question.asked.id,
        question=question.asked.question,
        standalone_question=question.query.text,
        as_of=window.as_of,
        window=window,
        answered=bool(citations),
        reason=reason,
        text=text,
        statements=statements,
        citations=citations,
        nearest=near,
        notes=tuple(notes),
        newest_evidence=newest,
        passages=found.passages or found.outside,
        p_answered=round(read.reading.p_answered, 4),
        timings_ms={
            "search": found.search_ms,
            "read": read.read_ms,
            "answer": round((perf_counter() - began) * 1000, 2),
            "total": elapsed_ms(question),
        },
    )


def _reason(read: Read, library: Library, threshold: float) -> str | None:
    """Why there is no answer; None when there is one."""
    if not read.found.passages:
        if read.found.outside:
            return say.OUTSIDE
        return say.NO_COVERAGE if library.index.count() else say.EMPTY
    if read.reading.p_answered >= threshold:
        return None
    return say.NOT_SAID


def _best_of(read: Read, passages: Sequence[Passage]) -> list[Span]:
    """The best sentence of each of the nearest articles."""
    best: dict[str, Span] = {}
    for span in read.reading.spans:
        best.setdefault(span.passage.article.id, span)
    return [
        best[p.article.id] for p in nearest(passages, NEAREST) if p.article.id in best
    ]
