"""What a piece of HTML is made of, for tests of what must not be in it."""

import re
from html.parser import HTMLParser

TAGS = frozenset(
    "article header h2 h3 button span div p q aside details summary b mark footer a strong ul li s"
    " dialog ol section time iframe dl dd dt i label progress".split()
)
ATTRIBUTES = frozenset(
    "class id type title role hidden open href target rel datetime tabindex value max".split()
)


class Markup(HTMLParser):
    """Collects tags, attributes and text; character references are resolved."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.tags.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.tags.append("declaration")

    def unknown_decl(self, data: str) -> None:
        self.tags.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.tags.append("instruction")


def foreign(html: str) -> list[str]:
    """Every tag, attribute and address in it that our own templates never write."""
    found = Markup(html)
    odd = [f"<{tag}>" for tag in found.tags if tag not in TAGS - {"iframe"}]
    for name, value in found.attributes:
        if name == "style" and re.fullmatch(r"(?:width|height):\d+\.\d%", value):
            continue  # the length of a bar
        if name not in ATTRIBUTES and not name.startswith(("data-", "aria-")):
            odd.append(f"{name}={value}")
        if name == "href" and not value.startswith(("https://", "http://", "?")):
            odd.append(f"{name}={value}")
    return odd
