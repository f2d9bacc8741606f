"""Written mode's last stage: a chat model's sentences, each checked against its quotes.

Where the model fails or says nothing that holds, the quotes are the answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from langchain_core.language_models import BaseChatModel

from rag import say
from rag.cite import check
from rag.compose import notes_on
from rag.conflict import Clash
from rag.evidence import MOST_CLASHES, cite_differences, cited, gather, number_of, with_differences
from rag.ground import Meaning
from rag.library import Library
from rag.settings import Settings
from rag.stages import Read, elapsed_ms
from rag.types import Answer, Citation, Difference, Span, Statement, Stream
from rag.written import Summary, Written, write


def write_answer(
    quotes: Answer,
    read: Read,
    model: BaseChatModel,
    name: str,
    library: Library,
    settings: Settings,
    meaning: Meaning,
) -> Iterator[Stream]:
    """The answer in the model's words: each sentence when it has passed its check, then the whole.

    `quotes` is the quotes-mode answer to the same question, which stands where the model gives
    nothing.
    """
    query = read.found.question.query
    evidence = gather(read, meaning, settings.half_life_days)
    statements: list[Statement] = []
    spans: list[Span] = []
    citations: list[Citation] = []
    dropped: list[str] = []
    summary = Summary()
    today = read.found.question.today
    for item in write(query, evidence.spans, model, settings, today=today, meaning=meaning):
        if isinstance(item, Summary):
            summary = item
        elif item.dropped:
            dropped.append(item.text)
        else:
            statement = _stated(item, citations, read, library)
            check(citations, library.load)
            statements.append(statement)
            spans += item.spans
            used = tuple(c for c in citations if c.n in statement.citations)
            yield Stream(statement=statement, citations=used)
    told = _told(evidence.clashes, spans, quotes)
    differences = cite_differences(told, citations, read, library)
    check(citations, library.load)
    yield Stream(
        answer=_finished(
            quotes, statements, citations, differences, dropped, summary, name, read, settings
        )
    )


def _finished(
    quotes: Answer,
    statements: Sequence[Statement],
    citations: Sequence[Citation],
    differences: Sequence[Difference],
    dropped: Sequence[str],
    summary: Summary,
    name: str,
    read: Read,
    settings: Settings,
) -> Answer:
    tokens = {"in": summary.tokens_in, "out": summary.tokens_out}
    timings = {**quotes.timings_ms, "total": elapsed_ms(read.found.question)}
    timings["answer"] = round(summary.seconds * 1000, 2)
    if summary.first_s is not None:
        timings["first_sentence"] = round(summary.first_s * 1000, 2)
    extra = []
    if summary.error:
        extra.append(f"The chat model stopped: {summary.error}.")
    if dropped:
        extra.append(say.left_out(len(dropped)))
    if not statements or summary.error:
        # What holds is in the quotes; a half-told answer is not an answer.
        if not summary.error:
            extra.append(
                "The chat model gave nothing that the news supports; these are the quotes."
            )
        notes = (*extra, *quotes.notes)
        return replace(
            quotes,
            notes=notes,
            text="\n".join([*extra, quotes.text]),
            model=name,
            left_out=tuple(dropped),
            tokens=tokens,
            timings_ms=timings,
        )
    newest = max((c.published for c in citations if c.published), default=None)
    answer = replace(
        quotes,
        statements=tuple(statements),
        citations=tuple(citations),
        differences=tuple(differences),
        newest_evidence=newest,
        mode="written",
        model=name,
        left_out=tuple(dropped),
        tokens=tokens,
        timings_ms=timings,
    )
    notes = (*extra, *notes_on(answer, read, settings))
    text = say.with_notes(say.tell_written(statements), notes, differences)
    return replace(answer, notes=notes, text=text)


def _stated(written: Written, citations: list[Citation], read: Read, library: Library) -> Statement:
    """The sentence with its citations."""
    quotes = cited(written.spans, read, library)
    return Statement(written.text, tuple(number_of(one, citations) for one in quotes))


def _told(clashes: Sequence[Clash], spans: Sequence[Span], quotes: Answer) -> tuple[Clash, ...]:
    """The differences of a written answer: what its sentences touch, then what the quotes told."""
    _, touched = with_differences(tuple(spans), clashes)
    texts = {difference.text for difference in quotes.differences}
    others = [c for c in clashes if c.text in texts and c not in touched]
    return (*touched, *others)[:MOST_CLASHES]
