"""Answer -> HTML: the question, how it was understood, the statements, the sources beside it.

Everything is escaped (`app/safe.py`); there is no Markdown and nothing is fetched.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.cards import Load, card
from app.links import View, to_query
from app.safe import count, day, esc, name
from app.thread import Shown, to_json
from rag.history import understood
from rag.types import Answer, Citation, Difference, Statement, Window

WHY = {
    "no coverage": "I have no news about this.",
    "outside the dates asked": "I have no news from that period that answers this.",
    "the coverage found does not say": "The news I have doesn’t say.",
    "the library is empty": "The library holds no articles yet. Add some in the Library tab.",
    "sources disagree": "The sources disagree, so there is no single answer.",
}
LONG = 240  # characters of a question that still makes a headline
KINDS = (
    ("superseded", "A later report replaces an earlier one"),
    ("disputed", "Reports differ"),
)


def turns(shown: Sequence[Shown], load: Load, *, dropped: bool = False) -> str:
    """Earlier turns of a conversation."""
    return "".join(turn(one, place, load, dropped=dropped) for place, one in enumerate(shown))


def turn(shown: Shown, place: int, load: Load, *, last: bool = False, dropped: bool = False) -> str:
    """One question with its answer; `place` counts the conversation's turns from 0.

    The last turn carries its own data, which the page's script keeps in the browser. `dropped`
    also shows, struck through, the sentences that the quotes did not support.
    """
    prefix = f"t{place}-{name(shown.answer.id)[:12] if shown.answer else 'new'}"
    data = f' data-turn="{esc(to_json(shown))}"' if last else ""
    edit = (
        f'<button type="button" class="ev-quiet ev-edit" data-do="edit" data-place="{place}"'
        f' data-question="{esc(shown.question)}">Edit<span class="ev-sr"> this question</span></button>'
    )
    side = _side(shown, prefix, load)
    return (
        f'<article class="ev-turn" data-place="{place}" data-state="{shown.state}"{data}>'
        f"{_heading(shown.question, edit)}"
        f'<div class="ev-grid{"" if side else " ev-alone"}">'
        f'<div class="ev-a">{_left(shown, place, prefix, last, dropped)}</div>{side}</div></article>'
    )


def _heading(question: str, edit: str) -> str:
    """The question; a very long one is small and scrolls, so that its answer is on the screen."""
    if len(question) <= LONG:
        return f'<header class="ev-q"><h2>{esc(question)}</h2>{edit}</header>'
    return f'<header class="ev-q ev-long"><h2 tabindex="0">{esc(question)}</h2>{edit}</header>'


def _left(shown: Shown, place: int, prefix: str, last: bool, dropped: bool) -> str:
    parts = []
    answer = shown.answer
    if answer is not None:
        parts.append(_understood(answer, shown))
        parts += [f'<p class="ev-note">{esc(note)}</p>' for note in other_notes(answer)]
        parts.append(_differences(answer.differences, prefix))
        if answer.statements:
            parts.append(_statements(answer, prefix))
        elif shown.state == "done":
            parts.append(_refusal(answer))
        if dropped:
            parts.append(_left_out(answer.left_out))
    if shown.state == "asking":
        parts.append('<p class="ev-wait"><span>Reading the news</span></p>')
    elif shown.state == "stopped":
        parts.append('<p class="ev-note">Stopped. Ask again for the whole answer.</p>')
    elif shown.state == "failed":
        parts.append(f'<p class="ev-warn" role="alert">{esc(shown.message)}</p>')
    if shown.state != "asking":
        parts.append(_tools(shown, place, last))
    return "".join(parts)


def _understood(answer: Answer, shown: Shown) -> str:
    """How the question was taken, where that is not plain from the question itself."""
    facts = []
    if answer.standalone_question.strip().casefold() != shown.question.strip().casefold():
        facts.append(f"Understood as <q>{esc(answer.standalone_question)}</q>")
    limits = period(answer.window)
    if limits:
        facts.append(limits)
    if shown.view.sources:
        facts.append("only " + esc(", ".join(shown.view.sources)))
    said = "; ".join(facts)
    return f'<p class="ev-understood">{said[:1].upper()}{said[1:]}</p>' if facts else ""


def other_notes(answer: Answer) -> list[str]:
    """The answer's notes without the one that says how the question was understood."""
    # As the pipeline words it: it does not tell an order, which nobody asked for.
    window = replace(answer.window, order="relevance")
    heard = understood(window, answer.standalone_question, answer.question)
    return [note for note in answer.notes if note != heard]


def period(window: Window) -> str:
    """A period in words; "" for all of the library."""
    parts = []
    if window.after and window.before:
        if window.after == window.before:
            parts.append(f"reports of {day(window.after)}")
        else:
            parts.append(f"reports from {day(window.after)} to {day(window.before)}")
    elif window.after:
        parts.append(f"reports since {day(window.after)}")
    elif window.before:
        parts.append(f"reports up to {day(window.before)}")
    if parts and not window.strict:
        parts = [f"{parts[0]} first"]
    if window.as_of:
        parts.append(f"as known on {day(window.as_of)}")
    return ", ".join(parts)


def _differences(differences: Sequence[Difference], prefix: str) -> str:
    """Where reports differ, one box for each kind."""
    out = []
    for kind, title in KINDS:
        lines = [
            f"<p>{_together(esc(d.text), _marks((d.earlier, d.later), prefix))}</p>"
            for d in differences
            if d.kind == kind
        ]
        if lines:
            out.append(f'<div class="ev-differ"><p><b>{title}</b></p>{"".join(lines)}</div>')
    return "".join(out)


def _statements(answer: Answer, prefix: str) -> str:
    by_number = {c.n: c for c in answer.citations}
    out = []
    for statement in answer.statements:
        cited = [by_number[n] for n in statement.citations if n in by_number]
        marks = _marks([c.n for c in cited], prefix, cited)
        if answer.mode == "quotes" and cited:
            first = cited[0]
            by = f'<span class="ev-by">{esc(first.source)}, {day(first.published)}</span>'
            said = f"“{_short(statement, first)}”"
        else:
            by, said = "", esc(statement.text)
        out.append(f'<div class="ev-s"><p>{_together(said, marks)}</p>{by}</div>')
    kind = "ev-written" if answer.mode == "written" else "ev-quotes"
    return f'<div class="ev-statements {kind}">{"".join(out)}</div>'


def _together(said: str, marks: str) -> str:
    """The sentence with its markers, which never stand alone on a line."""
    start, space, last = said.rpartition(" ")
    if not space or len(last) > 40 or "<" in last or ">" in last:
        return said + marks
    return f'{start} <span class="ev-last">{last}{marks}</span>'


def _short(statement: Statement, citation: Citation) -> str:
    """The quote with its short answer set off, where the reader found one."""
    low, high = citation.answer_start, citation.answer_end
    if low is None or high is None or not 0 <= low < high <= len(citation.quote):
        return esc(statement.text)
    if " ".join(citation.quote.split()) != statement.text:
        return esc(statement.text)
    before, short, after = citation.quote[:low], citation.quote[low:high], citation.quote[high:]
    return f"{esc(before)}<strong>{esc(short)}</strong>{esc(after)}"


def _marks(numbers: Sequence[int], prefix: str, cited: Sequence[Citation] = ()) -> str:
    titles = {c.n: c.title for c in cited}
    out = []
    for n in dict.fromkeys(int(number) for number in numbers):
        label = f"Source {n}" + (f": {titles[n]}" if n in titles else "")
        out.append(
            f'<button type="button" class="ev-mark" data-do="card" data-card="{prefix}-c{n}"'
            f' aria-label="{esc(label)}">{n}</button>'
        )
    return f'<span class="ev-marks">{"".join(out)}</span>' if out else ""


def _refusal(answer: Answer) -> str:
    why = WHY.get(answer.reason or "")
    if why is None:
        why = answer.text.split("\n")[0] or WHY["the coverage found does not say"]
    near = (
        '<p class="ev-hint">The nearest coverage is shown with it; it may help to ask in other words.</p>'
        if answer.nearest
        else ""
    )
    return f'<div class="ev-refusal"><p>{esc(why)}</p>{near}</div>'


def _left_out(left: Sequence[str]) -> str:
    if not left:
        return ""
    items = "".join(f"<li><s>{esc(text)}</s></li>" for text in left)
    label = f"Left out as unsupported by the quotes: {count(len(left), 'sentence')}"
    return f'<div class="ev-left-out"><p>{label}</p><ul>{items}</ul></div>'


def _tools(shown: Shown, place: int, last: bool) -> str:
    answer = shown.answer
    view = shown.view
    address = to_query(View(shown.question, view.after, view.before, view.as_of, view.sources, view.mode))  # fmt: skip
    rate = ""
    if answer is not None and shown.state == "done":
        rate = (
            '<span class="ev-rate" role="group" aria-label="Was this helpful?">'
            f"{_thumb('good', 'Helpful', shown, place)}{_thumb('bad', 'Not helpful', shown, place)}</span>"
        )
    again = (
        f'<button type="button" class="ev-quiet" data-do="again" data-place="{place}">Ask again</button>'
        if last
        else ""
    )
    share = f'<a class="ev-quiet" href="{esc(address)}">Link to this</a>'
    return (
        f'<footer class="ev-tools">{rate}{again}{share}{_fresh(answer)}</footer>'
        '<div class="ev-reason" hidden></div>'
    )


def _thumb(verdict: str, said: str, shown: Shown, place: int) -> str:
    pressed = "true" if shown.verdict == verdict else "false"
    return (
        f'<button type="button" class="ev-quiet" data-do="rate" data-verdict="{verdict}"'
        f' data-place="{place}" aria-pressed="{pressed}">{said}</button>'
    )


def _fresh(answer: Answer | None) -> str:
    """How old the evidence is, what a chat model cost, and how long the answer took."""
    if answer is None or not answer.answered:
        return ""
    facts = []
    if answer.newest_evidence:
        facts.append(f"Newest evidence: {day(answer.newest_evidence)}")
    if answer.mode == "written":
        facts.append(f"written by {esc(answer.model or 'a chat model')}, every sentence checked")
    used = answer.tokens
    if used:
        facts.append(f"{count(used.get('in', 0), 'token')} in, {used.get('out', 0):,} out")
    total = answer.timings_ms.get("total")
    if total:
        facts.append(f"{total / 1000:.1f} s")
    return f'<span class="ev-fresh">{" · ".join(facts)}</span>' if facts else ""


def _side(shown: Shown, prefix: str, load: Load) -> str:
    answer = shown.answer
    if answer is None:
        return '<aside class="ev-cards" aria-hidden="true"></aside>' if shown.state == "asking" else ""  # fmt: skip
    sources: Sequence[Citation] = answer.citations
    title = "Sources"
    if not sources and answer.nearest:
        sources, title = answer.nearest, "Nearest coverage"
    if not sources:
        return ""
    cards = "".join(
        card(citation, load, prefix, is_open=place == 0 and title == "Sources")
        for place, citation in enumerate(sources)
    )
    return f'<aside class="ev-cards" aria-label="{title}"><h3>{title}</h3>{cards}</aside>'
