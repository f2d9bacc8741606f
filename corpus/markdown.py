"""Markdown -> plain text that reads well as a quote.

markdown-it-py (MIT, maintained, typed, CommonMark) parses; only the words are kept.
"""

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark", {"html": True})


def to_text(markdown: str) -> tuple[str | None, str]:
    """First level-1 heading (or None) and the text: one paragraph a block, links as their words."""
    title: str | None = None
    blocks: list[str] = []
    heading = ""
    for token in PARSER.parse(markdown):
        if token.type == "heading_open":
            heading = token.tag
        elif token.type == "heading_close":
            heading = ""
        elif token.type == "inline":
            words = _words(token)
            if heading == "h1" and title is None:
                title = words
            elif words:
                blocks.append(words)
        elif token.type in {"fence", "code_block"}:
            blocks.append(token.content.strip())
    return title, "\n\n".join(blocks)


def _words(inline: Token) -> str:
    parts: list[str] = []
    for child in inline.children or []:
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return "".join(parts).strip()
