"""Source cards and the reader: what stands behind a citation, as HTML.

A quote is shown inside its own paragraph of the stored article. When the stored text no longer
holds it, the card says so instead of pretending.
"""

from collections.abc import Callable, Sequence

from app.safe import ago, count, day, esc, link, name
from corpus.article import Article
from rag.types import Citation

Load = Callable[[str, int], Article | None]

AROUND = 260  # characters of a long paragraph shown before and after the quote


def card(citation: Citation, load: Load, prefix: str, *, is_open: bool = False) -> str:
    """One source: who, when, how old, title, the quote in its paragraph, ways to go on."""
    article = load(citation.article_id, citation.revision)
    holds = article is not None and article.text[citation.start : citation.end] == citation.quote
    number = int(citation.n)
    age = ago(citation.age_days)
    when = f"{day(citation.published)}{f' · {age}' if age else ''}"
    body = _context(article, citation) if article and holds else _gone(citation)
    facts = _facts(citation)
    return (
        f'<details class="ev-card" id="{name(prefix)}-c{number}"{" open" if is_open else ""}>'
        f'<summary><span class="ev-num" aria-hidden="true">{number}</span>'
        f'<span class="ev-card-head"><span class="ev-card-by"><span class="ev-sr">Source {number}: '
        f"</span><b>{esc(citation.source)}</b> <span>{when}</span></span>"
        f'<span class="ev-card-title">{esc(citation.title)}</span></span></summary>'
        f'<div class="ev-card-body">{body}{facts}{_actions(citation, bool(article))}</div></details>'
    )


def _context(article: Article, citation: Citation) -> str:
    text = article.text
    first = text.rfind("\n", 0, citation.start) + 1
    last = text.find("\n", citation.end)
    last = len(text) if last < 0 else last
    before, after = text[first : citation.start], text[citation.end : last]
    if len(before) > AROUND:
        before = "… " + before[-AROUND:].partition(" ")[2]
    if len(after) > AROUND:
        after = after[:AROUND].rpartition(" ")[0] + " …"
    return f'<p class="ev-context">{esc(before)}<mark>{esc(citation.quote)}</mark>{esc(after)}</p>'


def _gone(citation: Citation) -> str:
    return (
        f'<p class="ev-context"><mark>{esc(citation.quote)}</mark></p>'
        '<p class="ev-warn">The library no longer holds this text: the article was removed.</p>'
    )


def _facts(citation: Citation) -> str:
    facts = []
    if citation.reported_by:
        facts.append(f"Based on {esc(citation.reported_by)}")
    if citation.sources > 1:
        facts.append(f"Carried by {count(int(citation.sources), 'independent source')}")
    else:
        facts.append("One source in the library")
    return f'<p class="ev-facts">{" · ".join(facts)}</p>'


def _actions(citation: Citation, stored: bool) -> str:
    parts = []
    address = link(citation.url)
    if address:
        parts.append(
            f'<a href="{address}" target="_blank" rel="noopener noreferrer">Open article'
            '<span aria-hidden="true"> ↗</span><span class="ev-sr"> (new window)</span></a>'
        )
    if stored:
        parts.append(
            f'<button type="button" data-do="read" data-id="{esc(citation.article_id)}"'
            f' data-revision="{int(citation.revision)}" data-start="{int(citation.start)}"'
            f' data-end="{int(citation.end)}">Show in library</button>'
        )
    return f'<p class="ev-actions">{"".join(parts)}</p>' if parts else ""


def reader(
    article: Article,
    history: Sequence[Article],
    sources: Sequence[str],
    start: int = 0,
    end: int = 0,
) -> str:
    """The whole stored text in a dialog, the quote marked, with its revisions."""
    address = link(article.url)
    head = f"<b>{esc(article.source)}</b> · {day(article.day)}"
    if article.author:
        head += f" · {esc(article.author)}"
    opened = (
        f'<a href="{address}" target="_blank" rel="noopener noreferrer">Open article'
        '<span aria-hidden="true"> ↗</span></a>'
        if address
        else ""
    )
    about = []
    if article.reported_by:
        about.append(f"Based on {esc(article.reported_by)}.")
    if len(sources) > 1:
        about.append(f"The same story is carried by {esc(', '.join(sources))}.")
    if article.topics:
        about.append("Topics: " + esc(", ".join(article.topics)) + ".")
    return (
        f'<dialog class="ev-reader" aria-labelledby="ev-reader-title" data-article="{esc(article.id)}">'
        '<div class="ev-reader-bar"><button type="button" data-do="close" class="ev-quiet">'
        '<span aria-hidden="true">×</span> Close</button>'
        f'<span class="ev-reader-acts">{opened}'
        f'<button type="button" data-do="forget" class="ev-quiet" data-id="{esc(article.id)}">'
        "Remove from library</button></span></div>"
        f'<article><p class="ev-card-by">{head}</p>'
        f'<h2 id="ev-reader-title" tabindex="-1">{esc(article.title)}</h2>'
        f"{_revisions(article, history)}"
        f'<div class="ev-text">{_paragraphs(article.text, start, end)}</div>'
        f'<footer class="ev-facts">{" ".join(about)} <span>Kept as {esc(article.id)}, '
        f"revision {article.revision}, read in on {day(article.fetched.date())}.</span></footer>"
        "</article></dialog>"
    )


def _revisions(article: Article, history: Sequence[Article]) -> str:
    if len(history) < 2:
        return ""
    items = []
    for revision in history:
        when = day(revision.known.date()) if revision.known else "no date"
        label = f"Revision {revision.revision} · {when}"
        if revision.revision == article.revision:
            items.append(f'<li aria-current="true">{label}</li>')
        else:
            items.append(
                f'<li><button type="button" data-do="read" data-id="{esc(article.id)}"'
                f' data-revision="{revision.revision}">{label}</button></li>'
            )
    return f'<ol class="ev-revisions" aria-label="Revisions">{"".join(items)}</ol>'


def _paragraphs(text: str, start: int, end: int) -> str:
    """The text as paragraphs; `text[start:end]` is marked, across borders where need be."""
    out, at = [], 0
    if not 0 <= start < end <= len(text):
        start = end = 0
    for line in text.split("\n"):
        low, high = max(start, at), min(end, at + len(line))
        if line.strip():
            if low < high:
                marked = (
                    esc(text[at:low])
                    + f"<mark>{esc(text[low:high])}</mark>"
                    + esc(text[high : at + len(line)])
                )
                out.append(f"<p>{marked}</p>")
            else:
                out.append(f"<p>{esc(line)}</p>")
        at += len(line) + 1
    return "".join(out)
