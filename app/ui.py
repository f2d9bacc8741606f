"""The page: its frame, its tabs, and what a freshly opened page shows."""

from datetime import date
from typing import Any

import gradio as gr

from app.api import add_api
from app.examples import Examples
from app.links import TABS as PANELS
from app.page_chat import chat_page, opened
from app.page_library import dateline, drawn, library_page, reading
from app.page_quality import quality_page, report
from app.page_timeline import timeline_page
from app.wiring import Actions, Private, block, read_packet
from rag import NewsChat

TITLE = "EV News Chat"
UPLOADS = (3600, 3600)  # seconds: look for old uploads, and how old they may get

HEAD = """
<header class="ev-head">
  <a class="ev-skip" href="#ev-question" data-do="skip">Skip to the question</a>
  <div class="ev-plate"><h1>EV News Chat</h1><p id="ev-dateline">{line}</p></div>
  <button type="button" class="ev-quiet" data-do="theme">Dark</button>
</header>
"""
# Our own tabs, every panel drawn from the start: Gradio draws what lies in a tab or accordion of
# its own when that is first opened, and a frame later puts its first values back over whatever
# was typed by then.
TABS = (
    '<div class="ev-tabs" role="tablist" aria-label="Parts of the page">'
    + "".join(
        f'<button type="button" role="tab" id="ev-tab-{tab}" data-do="tab" data-tab="{tab}"'
        f' aria-controls="ev-panel-{tab}" aria-selected="{"true" if tab == "chat" else "false"}"'
        f' tabindex="{0 if tab == "chat" else -1}">{tab.capitalize()}</button>'
        for tab in PANELS
    )
    + "</div>"
)


def build(chat: NewsChat) -> gr.Blocks:
    """The page over an open library. Mount it with `app.serve`, which adds style and headers."""
    examples = Examples(chat)
    with gr.Blocks(
        title=TITLE, analytics_enabled=False, delete_cache=UPLOADS, fill_width=True
    ) as blocks:
        add_api(chat)  # first, so that no private event takes one of its names
        actions = Actions()
        head = block(HEAD.format(line=""), elem_id="ev-head")
        block(TABS, elem_id="ev-tabs")
        with panel("chat"):
            controls, past, live = chat_page(chat, actions, examples)
        with panel("timeline"):
            topic, *limits = timeline_page(chat)
        with panel("library"):
            holdings = library_page(chat, actions)
        with panel("quality"):
            shown = quality_page(actions, chat)
        reading(chat, actions, holdings)
        actions.add("library", lambda _: drawn(chat), holdings.all)
        actions.render()
        flag = gr.Textbox(visible=False)

        def load(packet: str) -> tuple[Any, ...]:
            found = read_packet(packet)
            view, first, second, ask = opened(
                chat, examples, str(found.get("query", "")), str(found.get("turns", ""))
            )
            costly = view.mode == "written"
            summary = chat.summary()
            known = tuple(summary.sources)
            picked = [source for source in view.sources if source in known]
            return (
                HEAD.format(line=dateline(summary, date.today())),
                first,
                second,
                view.question if ask or costly else "",
                view.after,
                view.before,
                view.as_of,
                gr.update(choices=list(known), value=picked, visible=len(known) > 1),
                view.mode,
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
                head, past, live, controls.question, *controls.limits,
                topic, *limits, flag, *holdings.all, shown,
            ],
            js="() => [window.evnews.boot()]",
            concurrency_limit=None,
            **Private,
        ).then(None, [flag], None, js="(flag) => { window.evnews.opened(flag); }", **Private)  # fmt: skip
    blocks.queue(default_concurrency_limit=20, max_size=200, api_open=False)
    page: gr.Blocks = blocks
    return page


def panel(name: str) -> gr.Column:
    """One tab's part of the page; the style sheet shows the one that is open."""
    return gr.Column(elem_id=f"ev-panel-{name}", elem_classes="ev-panel", min_width=0)
