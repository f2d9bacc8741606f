"""The chat: ask, stream, stop, ask again, edit; conversations kept in the browser."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import gradio as gr

from app import feedback, render
from app.examples import Examples
from app.export import to_markdown
from app.jobs import alive, reason
from app.lanes import in_lane
from app.links import View, from_query, limits
from app.safe import esc
from app.thread import FULL, MOST_TURNS, Shown, from_json, partial
from app.welcome import welcome
from app.wiring import AT_ONCE, Actions, Private, block, day_box, read_packet
from corpus.errors import NewsError
from rag import NewsChat
from rag.model import label
from rag.types import Answer, Citation, Statement

RAIL = """
<nav class="ev-rail" aria-label="Conversations">
  <div class="ev-rail-top">
    <button type="button" class="ev-new" data-do="new">New conversation</button>
    <button type="button" class="ev-quiet ev-rail-toggle" data-do="rail" aria-expanded="false"
      aria-controls="ev-list">Conversations</button>
  </div>
  <ul id="ev-list"></ul>
  <p class="ev-rail-foot"><button type="button" class="ev-quiet" data-do="export">Save as Markdown</button>
  <button type="button" class="ev-quiet" data-do="clear">Delete<span class="ev-sr"> this conversation</span></button></p>
</nav>
"""
# Not Gradio's accordion: what lies in one loses what is typed while it opens (see `ui.py`).
LIMITS = (
    '<p class="ev-limits-bar"><button type="button" class="ev-quiet" data-do="limits"'
    ' aria-expanded="false" aria-controls="ev-limits">Period</button>'  # the script adds the rest
    '<span id="ev-limits-now">{now}</span></p><p id="ev-editing" hidden><span></span>'
    ' <button type="button" class="ev-quiet" data-do="keep">Leave it as it is</button></p>'
)


@dataclass(frozen=True, slots=True)
class Controls:
    """The controls of the chat, in the order in which handlers get their values."""

    question: gr.Textbox
    after: gr.Textbox
    before: gr.Textbox
    as_of: gr.Textbox
    sources: gr.Dropdown
    mode: gr.Radio

    @property
    def limits(self) -> list[Any]:
        """All but the question."""
        return [self.after, self.before, self.as_of, self.sources, self.mode]


def chat_page(
    chat: NewsChat, actions: Actions, examples: Examples
) -> tuple[Controls, gr.HTML, gr.HTML]:
    """Draw the chat and wire it; returns its controls and the two parts of the conversation."""
    with gr.Row(elem_id="ev-chat", equal_height=False):
        with gr.Column(elem_id="ev-side", scale=0, min_width=0):
            block(RAIL)
        with gr.Column(elem_id="ev-main", min_width=0):
            past = block("", elem_id="ev-past")
            live = block("", elem_id="ev-live")
            controls, send, stop = _composer(chat)

    outputs = [past, live, controls.question]

    def ask(packet: str, question: str, *given: Any) -> Iterator[tuple[Any, ...]]:
        yield from _ask(chat, packet, question, _view(question, given))

    asking = gr.on(
        [send.click, controls.question.submit],
        ask,
        [actions.slot, controls.question, *controls.limits],
        outputs,
        js="(slot, ...given) => window.evnews.asking(given)",
        concurrency_limit=AT_ONCE,
        concurrency_id="ask",
        trigger_mode="multiple",
        **Private,
    )
    gr.on(
        [box.change for box in controls.limits],
        None,
        controls.limits,
        None,
        js="(...given) => { window.evnews.limits(given); }",
        **Private,
    )
    stop.click(None, None, None, cancels=[asking], js="() => window.evnews.stopped()", **Private)

    def restore(packet: str) -> tuple[str, str]:
        try:
            shown = from_json(packet)
        except NewsError as error:
            return "", f'<p class="ev-warn" role="alert">{esc(error)}</p>'
        return _drawn(chat, shown, examples)

    actions.add("restore", restore, [past, live]).then(
        None, None, None, js="() => { window.evnews.restored(); }", **Private
    )

    given = gr.Textbox(visible=False)

    def rate(packet: str) -> str:
        found = read_packet(packet)
        verdict = str(found.get("verdict", ""))
        try:
            answer = feedback.keep(
                chat.settings.home,
                from_json(str(found.get("turns", ""))),
                int(found.get("place", -1)),
                verdict,
                str(found.get("reason", "")),
                str(found.get("comment", "")),
            )
        except (NewsError, ValueError) as error:
            raise gr.Error(esc(error), print_exception=False) from error
        return json.dumps({"answer": answer, "verdict": verdict})

    actions.add("rate", rate, [given]).success(
        None, [given], None, js="(told) => { window.evnews.rated(told); }", **Private
    )

    saved = gr.Textbox(visible=False)

    def export(packet: str) -> str:
        try:
            return to_markdown(from_json(packet), datetime.now(UTC).date())
        except NewsError as error:
            raise gr.Error(esc(error), print_exception=False) from error

    actions.add("export", export, [saved]).then(
        None, [saved], None, js="(text) => { window.evnews.save(text); }", **Private
    )
    return controls, past, live


def _composer(chat: NewsChat) -> tuple[Controls, gr.Button, gr.Button]:
    written = bool(chat.settings.llm)
    with gr.Column(elem_id="ev-composer"):
        block(LIMITS.format(now="in quotes" if written else ""))
        with gr.Column(elem_id="ev-limits", min_width=0):
            with gr.Row(elem_classes="ev-dates"):
                after = day_box("From", "ev-after")
                before = day_box("To", "ev-before")
                as_of = day_box("As if it were (as of)", "ev-asof")
            with gr.Row(elem_classes="ev-choices"):
                sources = gr.Dropdown(
                    [], multiselect=True, label="Sources", elem_id="ev-sources",
                    info="None chosen means all of them",
                )  # fmt: skip
                # Quotes to begin with, other than for programs: whoever opens the page need not be
                # who pays for the model, so a written answer is asked for by hand.
                mode = gr.Radio(
                    [("Quotes", "quotes"), (f"Written by {label(chat.settings)}", "written")],
                    value="quotes", label="How to answer", elem_id="ev-mode", visible=written,
                    info="Quotes are free. A written answer asks the chat model, which may cost "
                    "money; example questions never do.",
                )  # fmt: skip
        with gr.Row(elem_id="ev-ask", equal_height=False):
            question = gr.Textbox(
                label="Your question", show_label=False, container=False, lines=1, max_lines=5,
                placeholder="Ask about electric vehicles", elem_id="ev-question",
                max_length=2000, scale=1, min_width=0, autofocus=False,
                html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
            )  # fmt: skip
            send = gr.Button("Ask", variant="primary", elem_id="ev-send", scale=0, min_width=0)
            stop = gr.Button("Stop", elem_id="ev-stop", scale=0, min_width=0)
    return Controls(question, after, before, as_of, sources, mode), send, stop


def _view(question: str, given: Sequence[Any]) -> View:
    after, before, as_of, sources, mode = given
    return View(
        question=question or "",
        # As they were typed: what is no day is refused where it is asked, not left out here.
        after=str(after or "").strip(),
        before=str(before or "").strip(),
        as_of=str(as_of or "").strip(),
        sources=tuple(sources or ()),
        mode="written" if mode == "written" else "quotes",
    )


def _ask(chat: NewsChat, packet: str, question: str, view: View) -> Iterator[tuple[Any, ...]]:
    """First the question, at once; then each statement; then the whole answer."""
    load, dropped = chat.library.load, chat.settings.show_dropped
    question = (question or "").strip()  # as the address has it
    try:
        before = from_json(packet)
    except NewsError as error:
        yield "", _refused(str(error)), gr.skip()
        return
    if not question:
        yield gr.skip(), gr.skip(), gr.skip()
        return
    place = len(before)
    if place >= MOST_TURNS:
        yield render.turns(before, load, dropped=dropped), _refused(FULL), gr.skip()
        return

    def draw(shown: Shown) -> str:
        return render.turn(shown, place, load, last=True, dropped=dropped)

    yield render.turns(before, load, dropped=dropped), draw(Shown(question, "asking", view)), ""
    statements: list[Statement] = []
    citations: list[Citation] = []
    answer: Answer | None = None
    try:
        given = {**limits(view), "mode": view.mode}
        steps = chat.stream(question, [s.turn() for s in before], **given)
        # A chat model is waited for, not worked for: that needs no lane.
        for step in alive(steps if view.mode == "written" else in_lane(steps)):
            if step is None:
                yield gr.skip(), gr.skip(), gr.skip()
                continue
            if step.answer is not None:
                answer = step.answer
                break
            if step.statement is not None:
                statements.append(step.statement)
                citations.extend(step.citations)
                so_far = partial(question, "new", statements, citations)
                yield gr.skip(), draw(Shown(question, "asking", view, so_far)), gr.skip()
        shown = Shown(question, "done", view, answer)
    except Exception as error:
        shown = Shown(question, "failed", view, None, reason(error))
    yield gr.skip(), draw(shown), gr.skip()


def _refused(why: str) -> str:
    """Why a question was not asked. It is no turn: what the browser keeps stays as it is.

    The mark is another each time, so that the page's script sees that this is a new refusal.
    """
    return f'<p class="ev-warn" role="alert" data-refused="{uuid4().hex}">{esc(why)}</p>'


def _drawn(chat: NewsChat, shown: Sequence[Shown], examples: Examples) -> tuple[str, str]:
    """A whole conversation, or the welcome when it has not begun."""
    load, dropped = chat.library.load, chat.settings.show_dropped
    if not shown:
        summary = chat.summary()
        return "", welcome(examples.now(summary), summary.sources)
    last = len(shown) - 1
    past = render.turns(shown[:-1], load, dropped=dropped)
    return past, render.turn(shown[-1], last, load, last=True, dropped=dropped)


def opened(
    chat: NewsChat, examples: Examples, query: str, turns: str
) -> tuple[View, str, str, bool]:
    """What a freshly opened page shows: the view its address asks for, and the conversation.

    The flag says whether the address's question is to be asked now: not when the conversation
    has it already, nor when asking would use a paid model.
    """
    view = from_query(query)
    if not chat.settings.llm:
        view = replace(view, mode="quotes")  # a link from where there was a chat model
    try:
        shown = from_json(turns)
    except NewsError:
        shown = ()
    past, live = _drawn(chat, shown, examples)
    asked = bool(shown) and shown[-1].question == view.question
    return view, past, live, bool(view.question) and not asked and view.mode == "quotes"
