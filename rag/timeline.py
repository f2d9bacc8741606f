"""A topic -> dated events, one line and one citation each, in order.

`timeline` searches; `build` is the pure part: from each article that is about the topic the
sentence that tells it best, dated by `rag/eventday.py`, repeats merged.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from corpus.article import Article
from rag.cite import Sources, cite
from rag.embed import Embedder, Vectors
from rag.eventday import Dated, event_date, tells_of_before
from rag.grounding.phrases import concepts, overlap
from rag.sentences import spans
from rag.topic import Topic, read_topic
from rag.types import Event, Passage, Span, Window

Search = Callable[[str, int, Window], Sequence[Passage]]
Encode = Callable[[Sequence[str]], Vectors]

PASSAGES = 3  # passages that are searched for one event
HEAD = 0.7  # share of the topic that a title on it names
TITLE = 0.55  # cosine of topic and title from which an article is about the topic
LINE = 0.35  # cosine of topic and sentence below which a sentence is no line of the topic
SAME = 0.72  # cosine of two lines that tell the same
SAME_WORDS = 0.55  # share of concepts in common that makes two lines the same
OPENING = 600  # characters of an article that say what it is about
APART = 4  # days between two reports of one event, at most
LATE = timedelta(days=31)  # how long after an event it is still reported

_LINK = re.compile(r"(?:Watch|Read|Details?|More|See also|Related|Photo|Video)\b[^.]{0,20}:", re.I)
_STANDING = re.compile(r"\b(?:currently|presently|so far|today's|offers|nowadays)\b", re.IGNORECASE)
_AGENCY = re.compile(r"^(?:[A-Z .]{2,30})?\((?:Reuters|Bloomberg|AP|AFP)\)\s*[-–—]+\s*")


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence that may become an event."""

    span: Span
    when: Dated
    score: float
    vector: Vectors

    @property
    def article(self) -> Article:
        return self.span.passage.article


def timeline(
    search: Search,
    embedder: Embedder,
    topic: str,
    *,
    after: date | None = None,
    before: date | None = None,
    as_of: date | None = None,
    today: date,
    limit: int = 40,
    sources: Sources = lambda story: 1,
) -> tuple[Event, ...]:
    """The events of `topic` from `after` to `before` (days of the events), earliest first.

    `search(query, limit, window)` finds passages; `as_of` hides what was published later.
    `sources(story)` counts the sources that carry a story. At most `limit` events, the ones
    that fit best.
    """
    late = before + LATE if before else None
    window = Window(after=after, before=late, as_of=as_of)
    passages = search(read_topic(topic).text, PASSAGES * limit, window)
    found = build(topic, passages, embedder.encode, as_of or today, sources=sources, limit=None)
    inside = [
        (score, event)
        for score, event in found
        if (after is None or _last_day(event) >= after) and (before is None or event.day <= before)
    ]
    best = sorted(inside, key=lambda pair: -pair[0])[:limit]
    return numbered(event for _, event in best)


def numbered(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events in order of their days, their citations numbered from 1."""
    ordered = sorted(events, key=lambda e: (e.day, e.citation.published or "", e.citation.title))
    return tuple(
        replace(event, citation=replace(event.citation, n=n))
        for n, event in enumerate(ordered, start=1)
    )


def build(
    topic: str,
    passages: Sequence[Passage],
    encode: Encode,
    today: date,
    *,
    sources: Sources = lambda story: 1,
    limit: int | None = 40,
) -> list[tuple[float, Event]]:
    """The events that `passages` tell of `topic`, each with its score, earliest first.

    Pure but for `encode`, which makes unit vectors of texts. No event lies after `today`.
    """
    wanted = read_topic(topic)
    lines = _lines(wanted, passages, encode)
    groups = _merge([line for line in lines if line.when.day <= today])
    events = [(group[0].score, _event(group, today, sources)) for group in groups]
    events.sort(key=lambda pair: -pair[0])
    return sorted(events[:limit], key=lambda pair: pair[1].day)


def _last_day(event: Event) -> date:
    days = {"day": 0, "week": 6, "month": 30}[event.grain]
    return event.day + timedelta(days=days)


# -- which sentence of which article -----------------------------------------------------------


def _lines(topic: Topic, passages: Sequence[Passage], encode: Encode) -> list[_Line]:
    """The best sentence of each article that is about the topic.

    Names and words are compared first, so that only what may become a line is encoded.
    """
    articles: dict[str, list[Passage]] = {}
    for passage in passages:
        if passage.article.published is not None:
            articles.setdefault(passage.article.id, []).append(passage)
    rows = [(own[0].article, _chosen(topic, own)) for own in articles.values()]
    rows = [(article, chosen) for article, chosen in rows if chosen]
    if not rows:
        return []
    titles = [article.title for article, _ in rows]
    texts = [span.text for _, chosen in rows for span in chosen]
    vectors = encode([topic.text, *titles, *texts])
    asked, heads, bodies = vectors[0], vectors[1 : len(rows) + 1], vectors[len(rows) + 1 :]
    lines: list[_Line] = []
    place = 0
    for (article, chosen), head in zip(rows, heads, strict=True):
        own_vectors = bodies[place : place + len(chosen)]
        place += len(chosen)
        best = _best(topic, article, chosen, own_vectors, head, asked)
        if best is not None:
            lines.append(best)
    return lines


def _chosen(topic: Topic, passages: Sequence[Passage]) -> list[Span]:
    """The sentences of an article that may tell its part in the topic."""
    article = passages[0].article
    head = topic.cover(f"{article.title} {article.text[:OPENING]}")
    found = _sentences(passages)
    if not topic.heads(article.title, HEAD) and head < 0.99:
        return [span for span in found if topic.cover(span.text) >= 0.99]
    first = [span for span in found if span.start < OPENING][:3]
    rest = [span for span in found if span not in first and topic.cover(span.text) > 0]
    return [*first, *rest[:4]]


def _sentences(passages: Sequence[Passage]) -> list[Span]:
    """The sentences of an article's passages and of its first lines, each once."""
    article = passages[0].article
    opening = Passage(article, 0, min(len(article.text), OPENING), passages[0].score)
    found: dict[int, Span] = {}
    for start, end in spans(article.text):
        for passage in [opening, *passages]:
            if passage.start <= start and end <= passage.end:
                found.setdefault(start, Span(passage, start, end, 0.0))
    return [found[start] for start in sorted(found)]


def _best(
    topic: Topic,
    article: Article,
    chosen: Sequence[Span],
    vectors: Vectors,
    head: Vectors,
    asked: Vectors,
) -> _Line | None:
    """The sentence that tells the article's part in the topic, or None if it has none.

    Where the title is about the topic, the sentence is the one closest to title and topic.
    Where it is not, one sentence has to name the whole topic and its day.
    """
    if article.published is None:
        return None
    published = article.published.date()
    opening = article.text[:OPENING]
    about = (topic.heads(article.title, HEAD) and float(asked @ head) >= LINE) or (
        topic.cover(f"{article.title} {opening}") >= 0.99 and float(asked @ head) >= TITLE
    )
    best: _Line | None = None
    for i, (span, vector) in enumerate(zip(chosen, vectors, strict=True)):
        to_topic, to_title = float(asked @ vector), float(head @ vector)
        cover = topic.cover(span.text)
        if not _is_told(span.text) or tells_of_before(span.text, published):
            continue
        when = event_date(span.text, published)
        if about:
            if max(to_topic, to_title) < LINE:
                continue
            if when.day_from == "text" and (published - when.day).days > 60:
                continue  # background, told again
            score = 0.55 * to_title + 0.3 * to_topic + 0.08 * cover - 0.05 * min(i, 6)
            score -= 0.15 * bool(_STANDING.search(span.text))
        else:
            recent = when.day_from == "text" and (published - when.day).days <= 400
            if cover < 0.99 or to_topic < TITLE or not recent:
                continue
            score = 0.4 * to_topic + 0.1
        if best is None or score > best.score:
            best = _Line(replace(span, score=score), when, score, vector)
    return best


def _is_told(text: str) -> bool:
    """Is it a whole sentence, not a headline, a link or a question?"""
    words = text.split()
    return len(words) >= 5 and text.rstrip("\"'”’)")[-1:] in (".", "!") and not _LINK.match(text)


# -- repeats -----------------------------------------------------------------------------------


def _merge(lines: Sequence[_Line]) -> list[list[_Line]]:
    """Groups of lines that tell the same event, the one to show first."""
    groups: list[list[_Line]] = []
    for line in sorted(lines, key=lambda line: -line.score):
        for group in groups:
            if any(_same(line, other) for other in group):
                group.append(line)
                break
        else:
            groups.append([line])
    return groups


def _same(one: _Line, two: _Line) -> bool:
    if one.article.story == two.article.story:
        return True
    loose = 31 if "month" in (one.when.grain, two.when.grain) else APART
    if abs((one.when.day - two.when.day).days) > loose:
        return False
    if float(one.vector @ two.vector) >= SAME:
        return True
    a, b = concepts(one.span.text), concepts(two.span.text)
    return max(overlap(a, b), overlap(b, a)) >= SAME_WORDS


def _event(group: Sequence[_Line], today: date, sources: Sources) -> Event:
    """The event of a group: its best line, the most exact day, and who reported it."""
    best = group[0]
    when = best.when
    told = best.article.published
    exact = [
        line.when
        for line in group
        if line.when.day_from == "text"
        and line.when.grain == "day"
        and (told is None or line.when.day <= told.date())
    ]
    if when.day_from == "article" and exact:
        when = min(exact, key=lambda dated: dated.day)
    elif when.day_from == "article":
        when = min((line.when for line in group), key=lambda dated: dated.day)
    citation = cite([best.span], today)[0]
    tellers = {line.article.source for line in group}
    stories = {line.article.story for line in group}
    count = len(tellers) if len(stories) > 1 else max(1, sources(best.article.story))
    return Event(
        day=when.day,
        text=_AGENCY.sub("", " ".join(best.span.text.split())),
        citation=replace(citation, sources=count),
        sources=count,
        day_from=when.day_from,
        grain=when.grain,
    )
