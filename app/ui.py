"""The page: its frame, its tabs, and what a freshly opened page shows."""

from datetime import date
from typing import Any

import gradio as gr

from app.api import add_api
from app.examples import Examples
from app.page_chat import chat_page, opened
from app.page_library import drawn, library_page, reading
from app.page_quality import quality_page, report
from app.page_timeline import timeline_page
from app.safe import ago, count, day
from app.wiring import Actions, Private, block, read_packet
from corpus.store import Summary
from rag import NewsChat

TITLE = "EV News Chat"
UPLOADS = (3600, 3600)  # seconds: look for old uploads, and how old they may get

HEAD = """
<header class="ev-head">
  <a class="ev-skip" href="#ev-question">Skip to the question</a>
  <div class="ev-plate"><h1>EV News Chat</h1><p id="ev-dateline">{line}</p></div>
  <button type="button" class="ev-quiet" data-do="theme" aria-pressed="false">Dark</button>
</header>
"""


def build(chat: NewsChat) -> gr.Blocks:
    """The page over an open library. Mount it with `app.serve`, which adds style and headers."""
    examples = Examples(chat)
    with gr.Blocks(
        title=TITLE, analytics_enabled=False, delete_cache=UPLOADS, fill_width=True
    ) as blocks:
        add_api(chat)  # first, so that no private event takes one of its names
        actions = Actions()
        head = block(HEAD.format(line=""), elem_id="ev-head")
        with gr.Tabs(elem_id="ev-tabs") as tabs:
            with gr.Tab("Chat", id="chat"):
                controls, past, live = chat_page(chat, actions, examples)
            with gr.Tab("Timeline", id="timeline"):
                topic, *limits = timeline_page(chat)
            with gr.Tab("Library", id="library") as library:
                holdings = library_page(chat, actions)
            with gr.Tab("Quality", id="quality") as quality:
                shown = quality_page(chat)
        reading(chat, actions, holdings)
        actions.render()

        library.select(lambda: drawn(chat), None, holdings.all, **Private)
        quality.select(lambda: report(chat.settings.home), None, shown, **Private)
        flag = gr.Textbox(visible=False)

        def load(packet: str) -> tuple[Any, ...]:
            found = read_packet(packet)
            view, first, second, ask = opened(
                chat, examples, str(found.get("query", "")), str(found.get("turns", ""))
            )
            summary = chat.summary()
            known = tuple(summary.sources)
            picked = [source for source in view.sources if source in known]
            return (
                HEAD.format(line=dateline(summary, date.today())),
                gr.update(selected=view.tab),
                first,
                second,
                view.question if ask or view.mode == "written" else "",
                view.after,
                view.before,
                view.as_of,
                gr.update(choices=list(known), value=picked, visible=len(known) > 1),
                view.mode if chat.settings.llm else "quotes",
                view.topic,
                *((view.after, view.before, view.as_of) if view.topic else ("", "", "")),
                # What the page's script is to start: a question, a timeline, an article.
                "ask" if ask else "topic" if view.topic else "read" if view.article else "",
                *(drawn(chat) if view.tab == "library" else [gr.skip()] * 4),
                report(chat.settings.home) if view.tab == "quality" else gr.skip(),
            )

        blocks.load(
            load,
            [actions.slot],
            [
                head, tabs, past, live, controls.question, *controls.limits,
                topic, *limits, flag, *holdings.all, shown,
            ],
            js="() => [window.evnews.boot()]",
            concurrency_limit=None,
            **Private,
        ).then(None, [flag], None, js="(flag) => { window.evnews.opened(flag); }", **Private)  # fmt: skip
    blocks.queue(default_concurrency_limit=20, max_size=200, api_open=False)
    page: gr.Blocks = blocks
    return page


def dateline(summary: Summary, today: date) -> str:
    """The line under the title: how much there is, and how new."""
    if not summary.articles:
        return "The library is empty"
    parts = [count(summary.articles, "article")]
    if summary.newest:
        age = ago((today - date.fromisoformat(summary.newest)).days)
        parts.append(f"newest {day(summary.newest)}{f' ({age})' if age else ''}")
    return " · ".join(parts)
