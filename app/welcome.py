"""What an empty conversation shows."""

from collections.abc import Collection, Sequence

from app.safe import esc

DIGEST = "EV News Digest"  # the source of the starter library


def welcome(questions: Sequence[str], sources: Collection[str]) -> str:
    """What this is, and questions to begin with; `sources` are those of the library's articles."""
    items = "".join(
        f'<li><button type="button" data-do="example" data-question="{esc(q)}">{esc(q)}</button></li>'
        for q in questions
    )
    start = note = ""
    if not sources:
        start = (
            '<p class="ev-note">The library is empty. Open the <b>Library</b> tab to add articles, '
            "pages or feeds.</p>"
        )
    elif items:
        start = f'<h3>Questions this library answers</h3><ul class="ev-examples">{items}</ul>'
    if DIGEST in sources:
        note = (
            f'<p class="ev-note">{DIGEST} is a starter: short dated briefs written for this project, '
            "not a news feed. Add your own news in the Library tab.</p>"
        )
    return (
        '<section class="ev-welcome"><h2>Ask the news about electric vehicles.</h2>'
        "<p>Every sentence of an answer quotes a dated article that you can open. When the news "
        f"doesn’t say, the answer says so.</p>{start}{note}</section>"
    )
