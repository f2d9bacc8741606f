"""The latest eval report, shut in a frame that can neither run scripts nor reach the page."""

import html
from datetime import UTC, datetime
from pathlib import Path

import gradio as gr

from app.safe import day, esc
from app.wiring import Actions, Private, block
from rag import NewsChat

NONE = (
    '<div class="ev-empty"><p>There is no report yet. Make one with</p><pre><code>evnews eval run</code></pre>'
    "<p>It asks the gold questions and measures how often the answer, its quotes and its refusals "
    "are right. Run it in the folder in which this page was started.</p></div>"
)
# In the frame nothing runs: what would only work with a script is not shown there. It stands at
# the end, where the page's script cuts it off again to save the report as a file.
STILL = "<style>button, .filters, table.questions { display: none }</style>"
LARGEST = 20_000_000  # bytes


def quality_page(actions: Actions, chat: NewsChat) -> gr.HTML:
    """Draw the tab; the report is read anew each time it is opened."""
    with gr.Column(elem_classes="ev-page ev-wide"):
        block(
            '<h2 class="ev-title">Quality</h2><p class="ev-lead">How well questions are answered, '
            "measured with questions whose answers are known.</p>",
        )
        shown = block(NONE, elem_id="ev-report")
        again = gr.Button("Load again", elem_classes="ev-small", scale=0, min_width=0)
    again.click(lambda: report(chat.settings.home), None, shown, **Private)
    actions.add("quality", lambda _: report(chat.settings.home), shown)
    return shown


def report(home: Path) -> str:
    """The newest report in its frame, or how to make one.

    It may lie in the library's folder (`quality/`) or where `evnews eval run` puts it: in
    `eval-runs/` of the folder in which the program was started.
    """
    path = latest(home, Path.cwd())
    try:
        if path is None:
            return NONE
        facts = path.stat()
        if facts.st_size > LARGEST:
            return f'<p class="ev-warn">{esc(path)} is too large to show; open it as a file.</p>'
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return NONE
    made = datetime.fromtimestamp(facts.st_mtime, UTC).date()
    return (
        f'<p class="ev-report-bar"><span>Report of {day(made)}.</span> <button type="button"'
        ' class="ev-quiet" data-do="report">Save it as a file</button> <span>to sort and search '
        "its table of questions.</span></p>"
        '<iframe class="ev-frame" title="Eval report" sandbox="" referrerpolicy="no-referrer"'
        f' srcdoc="{html.escape(text + STILL, quote=True)}"></iframe>'
    )


def latest(home: Path, here: Path) -> Path | None:
    """The newest `report.html` of the library's folder and of the runs under `here`."""
    quality = home / "quality"
    found = [
        *quality.glob("report.html"),
        *quality.glob("*/report.html"),
        *here.glob("eval-runs/*/report.html"),
    ]
    return max(found, key=_made, default=None)


def _made(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
