"""The timeline: a topic's dated events, each with its quote, as a list and as a chart."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import gradio as gr

from app import jobs
from app.cards import Load, card
from app.charts import timeline_chart
from app.lanes import lane
from app.render import WHY
from app.safe import count, day, esc
from app.wiring import AT_ONCE, Private, block, day_box
from rag import NewsChat
from rag.types import Event


def timeline_page(chat: NewsChat) -> tuple[gr.Textbox, gr.Textbox, gr.Textbox, gr.Textbox]:
    """Draw the tab and wire it; returns topic, from, to and as-of."""
    with gr.Column(elem_classes="ev-page ev-wide"):
        block(
            '<h2 class="ev-title">Timeline</h2><p class="ev-lead">What happened, in order. '
            "Every event carries the quote that says so.</p>",
        )
        with gr.Row(elem_classes="ev-form", equal_height=False):
            topic = gr.Textbox(
                label="Topic", placeholder="Honda and Nissan", elem_id="ev-topic", scale=3,
                max_length=400, max_lines=1, min_width=220,
            )  # fmt: skip
            after = day_box("From", "ev-tl-after")
            before = day_box("To", "ev-tl-before")
            as_of = day_box("As of", "ev-tl-asof")
            go = gr.Button("Show", variant="primary", elem_id="ev-tl-go", scale=0, min_width=110)
        plot = gr.Plot(visible=False, show_label=False, elem_id="ev-tl-plot", container=False)
        events = block("", elem_id="ev-tl-list")

    def show(about: str, low: str, high: str, known: str) -> Iterator[tuple[Any, Any]]:
        if not (about or "").strip():
            yield (
                gr.update(visible=False),
                '<p class="ev-note">Name a topic: a company, a model, a plan.</p>',
            )
            return
        if not chat.summary().articles:
            yield gr.update(visible=False), f'<p class="ev-note">{WHY["the library is empty"]}</p>'
            return
        # The chart's room is kept from the start, so that nothing jumps when it comes.
        yield (
            gr.update(value=None, visible=True),
            '<p class="ev-wait"><span>Reading the news</span></p>',
        )
        try:
            found = find_events(chat, about, low, high, known)
        except Exception as error:
            yield gr.update(visible=False), jobs.failed(error)
            return
        if len(found) > 1:
            yield (
                gr.update(value=timeline_chart(found), visible=True),
                draw(found, chat.library.load),
            )
        else:
            yield gr.update(visible=False), draw(found, chat.library.load)

    gr.on(
        [go.click, topic.submit], show, [topic, after, before, as_of], [plot, events],
        js="(...given) => window.evnews.topic(given)", concurrency_limit=AT_ONCE, **Private,
    )  # fmt: skip
    return topic, after, before, as_of


def find_events(
    chat: NewsChat, topic: str, after: str | None, before: str | None, as_of: str | None
) -> tuple[Event, ...]:
    """The topic's events in order of time. Raises NewsError."""
    with lane():
        found = chat.timeline(topic, after or None, before or None, as_of or None)
    return tuple(sorted(found, key=lambda event: event.day))


def draw(events: Sequence[Event], load: Load) -> str:
    """The list, a heading for each year."""
    if not events:
        return (
            '<div class="ev-refusal"><p>The library has no dated events about this.</p>'
            '<p class="ev-hint">Try another name for it, or a wider period.</p></div>'
        )
    years = []
    place = 0
    for year, group in groupby(events, key=lambda event: event.day.year):
        items = []
        for event in group:
            items.append(_event(event, place, load))
            place += 1
        years.append(
            f'<section><h3>{year}</h3><ol class="ev-events">{"".join(items)}</ol></section>'
        )
    return f'<p class="ev-sum">{count(len(events), "event")}</p>{"".join(years)}'


def _event(event: Event, place: int, load: Load) -> str:
    said = "" if event.day_from == "text" else '<span class="ev-by">day of the report</span>'
    more = f'<p class="ev-by">{count(event.sources, "source")}</p>' if event.sources > 1 else ""
    return (
        f'<li><p class="ev-when"><time datetime="{event.day.isoformat()}">{_when(event)}</time>'
        f'{said}</p><div><p class="ev-what">{esc(event.text)}</p>{more}'
        f"{card(event.citation, load, f'tl{place}')}</div></li>"
    )


def _when(event: Event) -> str:
    """The event's day, as exactly as it is known."""
    if event.grain == "month":
        return f"{event.day:%B %Y}"
    return ("Week of " if event.grain == "week" else "") + day(event.day)
