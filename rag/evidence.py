"""What an answer is made from: the spans read, and where their reports differ, both sides cited."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.cite import cite
from rag.conflict import Clash, differences, outdated
from rag.ground import Meaning
from rag.library import Library
from rag.search import freshness
from rag.stages import Read
from rag.types import Citation, Difference, Span

MOST_CLASHES = 2
EVIDENCE = 8  # spans among which differences are looked for
RELATED = 0.25  # share of the best score from which a span counts as evidence
AGE = 0.2  # share of a score that age can take where the question is about the present


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answer is made from: spans best first, and where they differ."""

    spans: tuple[Span, ...]
    clashes: tuple[Clash, ...]


def gather(read: Read, meaning: Meaning, half_life_days: float) -> Evidence:
    """The reader's spans and where the best of them differ.

    A question about the present prefers the newer of spans that answer alike, and drops what a
    newer report among them replaces, unless that would leave nothing.
    """
    spans = read.reading.spans
    question = read.found.question.query
    if question.window.order == "newest":
        spans = _newer_first(spans, half_life_days)
    top = [s for s in spans[:EVIDENCE] if s.score >= RELATED * spans[0].score]
    clashes = differences(top, question.text, meaning)
    if question.window.order == "newest":
        old = outdated(top, question.text, meaning)
        current = [span for i, span in enumerate(top) if i not in old]
        if current and old:
            spans = (*current, *spans[len(top) :])
    return Evidence(tuple(spans), clashes)


def _newer_first(spans: Sequence[Span], half_life_days: float) -> tuple[Span, ...]:
    days = [s.passage.article.published for s in spans[:EVIDENCE] if s.passage.article.published]
    if not days:
        return tuple(spans)
    aged = [
        replace(
            span,
            score=span.score
            * (
                1 - AGE + AGE * freshness(span.passage.article.published, max(days), half_life_days)
            ),
        )
        for span in spans
    ]
    return tuple(sorted(aged, key=lambda span: -span.score))


def cited(spans: Sequence[Span], read: Read, library: Library) -> tuple[Citation, ...]:
    """One citation a span, in order, with its age and the number of independent sources."""
    question = read.found.question
    return cite(
        spans,
        question.today,
        question=question.query.text,
        sources=lambda story: len(library.store.story_sources(story)),
    )


def with_differences(
    spans: tuple[Span, ...], clashes: Sequence[Clash]
) -> tuple[tuple[Span, ...], tuple[Clash, ...]]:
    """The differences that touch a chosen span, with the other side quoted too."""
    kept: list[Clash] = []
    chosen = list(spans)
    for clash in clashes:
        if len(kept) == MOST_CLASHES:
            break
        missing = [s for s in (clash.earlier, clash.later) if not _holds(s, chosen)]
        # One more quote tells what differs; a list of all that ever did would bury the answer.
        if len(missing) == 2 or (missing and len(chosen) > len(spans)):
            continue
        chosen += missing
        kept.append(clash)
    return tuple(chosen), tuple(kept)


def cite_differences(
    clashes: Sequence[Clash], citations: list[Citation], read: Read, library: Library
) -> tuple[Difference, ...]:
    """Each difference with both of its reports cited; a report that is not yet, is added."""
    found = []
    for clash in clashes:
        earlier, later = (
            number_of(one, citations) for one in cited((clash.earlier, clash.later), read, library)
        )
        if earlier != later:
            found.append(Difference(clash.kind, earlier, later, clash.text))
    return tuple(found)


def number_of(citation: Citation, citations: list[Citation]) -> int:
    """The number of the quote that holds this one; one that none holds yet is added."""
    for known in citations:
        same = known.article_id == citation.article_id
        if same and known.start <= citation.start and citation.end <= known.end:
            return known.n
    citations.append(replace(citation, n=len(citations) + 1))
    return len(citations)


def _holds(span: Span, chosen: Sequence[Span]) -> bool:
    return any(
        other.passage.article.id == span.passage.article.id
        and other.start <= span.start
        and span.end <= other.end
        for other in chosen
    )
