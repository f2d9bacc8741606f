"""Spans -> Citations: exact slices with who and when, checked before they are shown."""

from collections.abc import Callable, Sequence
from datetime import date

from corpus.article import Article
from corpus.errors import StorageError
from rag.expects import expects, find_answer
from rag.types import Citation, Span

Sources = Callable[[str], int]


def cite(
    spans: Sequence[Span],
    today: date,
    *,
    question: str = "",
    sources: Sources = lambda story: 1,
    first: int = 1,
) -> tuple[Citation, ...]:
    """One citation a span, numbered from `first`. `sources(story)` counts independent sources."""
    return tuple(
        _citation(number, span, today, question, sources)
        for number, span in enumerate(spans, start=first)
    )


def _citation(n: int, span: Span, today: date, question: str, sources: Sources) -> Citation:
    article = span.passage.article
    short = find_answer(span.text, expects(question), question) if question else None
    return Citation(
        n=n,
        article_id=article.id,
        revision=article.revision,
        title=article.title,
        source=article.source,
        published=article.day,
        url=article.url,
        quote=span.text,
        start=span.start,
        end=span.end,
        age_days=(today - article.published.date()).days if article.published else None,
        sources=sources(article.story),
        answer_start=short[0] if short else None,
        answer_end=short[1] if short else None,
        reported_by=article.reported_by,
    )


def check(citations: Sequence[Citation], load: Callable[[str, int], Article | None]) -> None:
    """Raise StorageError unless every quote is the very slice of its stored article."""
    for citation in citations:
        article = load(citation.article_id, citation.revision)
        if article is None or article.text[citation.start : citation.end] != citation.quote:
            raise StorageError(
                f"{citation.article_id}: the stored text no longer holds a quote of this answer;"
                " ask again, or run `evnews reindex`"
            )


def dated(citation: Citation) -> str:
    """Who and when, as readers write it: `CNN, 16 March 2024`."""
    if citation.published is None:
        return f"{citation.source}, no date"
    day = date.fromisoformat(citation.published)
    return f"{citation.source}, {day.day} {day:%B %Y}"
