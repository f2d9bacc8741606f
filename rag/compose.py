"""The last stage: what was read -> an Answer, checked before it is shown.

`compose` is quotes mode: the sentences themselves. `write_answer` lets a chat model put them
into words, sentence by sentence, each checked against its quotes; where the model fails or says
nothing that holds, the quotes are the answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from langchain_core.language_models import BaseChatModel

from rag import say
from rag.answer import pick, state
from rag.cite import check, cite
from rag.conflict import Clash, differences, outdated
from rag.ground import Meaning
from rag.history import understood
from rag.library import Library
from rag.settings import Settings
from rag.stages import Read, elapsed_ms, nearest
from rag.types import Answer, Citation, Difference, Passage, Reading, Span, Statement, Stream
from rag.written import Summary, Written, write

NEAREST = 3
MOST_CLASHES = 2
EVIDENCE = 8  # spans among which differences are looked for
RELATED = 0.25  # share of the best score from which a span counts as evidence


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answer is made from: spans best first, and where they differ."""

    spans: tuple[Span, ...]
    clashes: tuple[Clash, ...]


def compose(read: Read, library: Library, settings: Settings, meaning: Meaning) -> Answer:
    """Quotes that answer, or a refusal with the nearest coverage."""
    began = perf_counter()
    found = read.found
    question = found.question
    window = question.query.window
    reason = _reason(read, library, settings.threshold)
    citations: tuple[Citation, ...] = ()
    near: tuple[Citation, ...] = ()
    clashes: tuple[Clash, ...] = ()
    spans: tuple[Span, ...] = ()
    if reason is None:
        evidence = gather(read, meaning)
        spans = pick(question.query.text, Reading(evidence.spans, read.reading.p_answered))
        spans, clashes = _with_differences(spans, evidence.clashes)
        citations = _cited(spans, read, library)
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
        citations=citations,
        nearest=near,
        differences=_numbered(clashes, spans),
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
    notes = _notes(answer, read, settings)
    body = say.tell(statements, citations) if citations else say.refuse(reason or "", window, near)
    return replace(answer, notes=notes, text=say.with_notes(body, notes, answer.differences))


def gather(read: Read, meaning: Meaning) -> Evidence:
    """The reader's spans and where the best of them differ.

    A question about the present drops what a newer report among them replaces, unless that
    would leave nothing.
    """
    spans = read.reading.spans
    question = read.found.question.query
    top = [s for s in spans[:EVIDENCE] if s.score >= RELATED * spans[0].score]
    clashes = differences(top, question.text, meaning)
    if question.window.order == "newest":
        old = outdated(top, question.text, meaning)
        current = [span for i, span in enumerate(top) if i not in old]
        if current and old:
            spans = (*current, *spans[len(top) :])
    return Evidence(tuple(spans), clashes)


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
    evidence = gather(read, meaning)
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
    differences = _differing(told, citations, read, library)
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
    notes = (*extra, *_notes(answer, read, settings))
    text = say.with_notes(say.tell_written(statements), notes, differences)
    return replace(answer, notes=notes, text=text)


def _stated(written: Written, citations: list[Citation], read: Read, library: Library) -> Statement:
    """The sentence with its citations."""
    cited = _cited(written.spans, read, library)
    return Statement(written.text, tuple(_number(one, citations) for one in cited))


def _told(clashes: Sequence[Clash], spans: Sequence[Span], quotes: Answer) -> tuple[Clash, ...]:
    """The differences of a written answer: what its sentences touch, then what the quotes told."""
    _, touched = _with_differences(tuple(spans), clashes)
    texts = {difference.text for difference in quotes.differences}
    others = [c for c in clashes if c.text in texts and c not in touched]
    return (*touched, *others)[:MOST_CLASHES]


def _differing(
    clashes: Sequence[Clash], citations: list[Citation], read: Read, library: Library
) -> tuple[Difference, ...]:
    """Each difference with both of its reports cited."""
    found = []
    for clash in clashes:
        earlier, later = (
            _number(one, citations) for one in _cited((clash.earlier, clash.later), read, library)
        )
        found.append(Difference(clash.kind, earlier, later, clash.text))
    return tuple(found)


def _number(citation: Citation, citations: list[Citation]) -> int:
    """The number of the quote that holds this one; one that none holds yet is added."""
    for known in citations:
        same = known.article_id == citation.article_id
        if same and known.start <= citation.start and citation.end <= known.end:
            return known.n
    citations.append(replace(citation, n=len(citations) + 1))
    return len(citations)


def _cited(spans: Sequence[Span], read: Read, library: Library) -> tuple[Citation, ...]:
    question = read.found.question
    return cite(
        spans,
        question.today,
        question=question.query.text,
        sources=lambda story: len(library.store.story_sources(story)),
    )


def _with_differences(
    spans: tuple[Span, ...], clashes: Sequence[Clash]
) -> tuple[tuple[Span, ...], tuple[Clash, ...]]:
    """The differences that touch a chosen span, with the other side quoted too."""
    kept: list[Clash] = []
    chosen = list(spans)
    for clash in clashes:
        if len(kept) == MOST_CLASHES:
            break
        missing = [s for s in (clash.earlier, clash.later) if _index(s, chosen) is None]
        # One more quote tells what differs; a list of all that ever did would bury the answer.
        if len(missing) == 2 or (missing and len(chosen) > len(spans)):
            continue
        chosen += missing
        kept.append(clash)
    return tuple(chosen), tuple(kept)


def _index(span: Span, chosen: Sequence[Span]) -> int | None:
    for i, other in enumerate(chosen):
        same = other.passage.article.id == span.passage.article.id
        if same and other.start <= span.start and span.end <= other.end:
            return i
    return None


def _numbered(clashes: Sequence[Clash], spans: Sequence[Span]) -> tuple[Difference, ...]:
    found = []
    for clash in clashes:
        earlier, later = _index(clash.earlier, spans), _index(clash.later, spans)
        if earlier is not None and later is not None and earlier != later:
            found.append(Difference(clash.kind, earlier + 1, later + 1, clash.text))
    return tuple(found)


def _notes(answer: Answer, read: Read, settings: Settings) -> tuple[str, ...]:
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
    return say.NO_COVERAGE if best < say.FAR else say.NOT_SAID


def _best_of(read: Read, passages: Sequence[Passage]) -> list[Span]:
    """The best sentence of each of the nearest articles."""
    best: dict[str, Span] = {}
    for span in read.reading.spans:
        best.setdefault(span.passage.article.id, span)
    return [best[p.article.id] for p in nearest(passages, NEAREST) if p.article.id in best]
