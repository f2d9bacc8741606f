"""The latest eval report, shut in a frame that can neither run scripts nor reach the page."""

import html
from pathlib import Path

import gradio as gr

from app.wiring import Private, block
from rag import NewsChat

NONE = (
    '<div class="ev-empty"><p>There is no report yet. Make one with</p><pre><code>evnews eval run</code></pre>'
    "<p>It asks this library a set of gold questions and measures how often the answer, its "
    "quotes and its refusals are right.</p></div>"
)
LARGEST = 20_000_000  # bytes


def quality_page(chat: NewsChat) -> gr.HTML:
    """Draw the tab; the report is read anew each time it is opened."""
    with gr.Column(elem_classes="ev-page ev-wide"):
        block(
            '<h2 class="ev-title">Quality</h2><p class="ev-lead">How well this library answers, '
            "measured against questions whose answers are known.</p>",
        )
        shown = block(NONE, elem_id="ev-report")
        again = gr.Button("Load again", elem_classes="ev-small", scale=0, min_width=0)
    again.click(lambda: report(chat.settings.home), None, shown, **Private)
    return shown


def report(home: Path) -> str:
    """The report in its frame, or how to make one."""
    path = home / "quality" / "report.html"
    try:
        if path.stat().st_size > LARGEST:
            return '<p class="ev-warn">The report is too large to show; open it as a file.</p>'
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return NONE
    return (
        '<iframe class="ev-frame" title="Eval report" sandbox="" referrerpolicy="no-referrer"'
        f' srcdoc="{html.escape(text, quote=True)}"></iframe>'
    )
