"""Quotes mode's last stage: what was read -> an Answer, checked before it is shown."""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from rag import say
from rag.answer import pick, state
from rag.cite import check, cite
from rag.evidence import cite_differences, cited, gather, with_differences
from rag.features import FAR
from rag.ground import Meaning
from rag.history import understood
from rag.library import Library
from rag.settings import Settings
from rag.stages import Read, elapsed_ms, nearest
from rag.types import Answer, Citation, Difference, Passage, Reading, Span

NEAREST = 3


def compose(read: Read, library: Library, settings: Settings, meaning: Meaning) -> Answer:
    """Quotes that answer, or a refusal with the nearest coverage."""
    began = perf_counter()
    found = read.found
    question = found.question
    window = question.query.window
    reason = _reason(read, library, settings.threshold)
    citations: list[Citation] = []
    near: tuple[Citation, ...] = ()
    differences: tuple[Difference, ...] = ()
    if reason is None:
        evidence = gather(read, meaning, settings.half_life_days)
        spans = pick(question.query.text, Reading(evidence.spans, read.reading.p_answered))
        spans, clashes = with_differences(spans, evidence.clashes)
        citations = list(cited(spans, read, library))
        differences = cite_differences(clashes, citations, read, library)
    elif reason != say.EMPTY:
        near = cite(_best_of(read, found.passages or found.outside), question.today)
    check([*citations, *near], library.load)
    statements = state(citations)
    newest = max((c.published for c in citations if c.published), default=None)
    answer = Answer(
        id=question.asked.id,
        question=question.asked.question,
        standalone_question=question.query.text,
        as_of=window.as_of,
        window=window,
        answered=bool(citations),
        reason=reason,
        text="",
        statements=statements,
        citations=tuple(citations),
        nearest=near,
        differences=differences,
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
    notes = notes_on(answer, read, settings)
    body = say.tell(statements, citations) if citations else say.refuse(reason or "", window, near)
    return replace(answer, notes=notes, text=say.with_notes(body, notes, answer.differences))


def notes_on(answer: Answer, read: Read, settings: Settings) -> tuple[str, ...]:
    """How the question was understood, and how old the newest report is."""
    question = read.found.question
    notes = []
    # That the newest comes first needs no telling; a period or another wording does.
    window = replace(answer.window, order="relevance")
    heard = understood(window, answer.standalone_question, answer.question)
    if heard:
        notes.append(heard)
    if answer.answered and answer.window.order == "newest":
        late = say.stale(answer.newest_evidence, question.today, settings.stale_days)
        if late:
            notes.append(late)
    return tuple(notes)


def _reason(read: Read, library: Library, threshold: float) -> str | None:
    """Why there is no answer; None when there is one."""
    if not read.found.passages:
        if read.found.outside:
            return say.OUTSIDE
        return say.NO_COVERAGE if library.index.count() else say.EMPTY
    if read.reading.spans and read.reading.p_answered >= threshold:
        return None
    best = max(p.cosine for p in read.found.passages)
    return say.NO_COVERAGE if best < FAR else say.NOT_SAID


def _best_of(read: Read, passages: Sequence[Passage]) -> list[Span]:
    """The best sentence of each of the nearest articles."""
    best: dict[str, Span] = {}
    for span in read.reading.spans:
        best.setdefault(span.passage.article.id, span)
    return [best[p.article.id] for p in nearest(passages, NEAREST) if p.article.id in best]
