"""Bytes of the web -> text, and text with tags -> text without. Nothing is expanded or fetched."""

import html
import re

from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html

from corpus.errors import ParseError
from corpus.text import clean, decode, one_line

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.I)
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_SPACE = re.compile(r"\s*")
_BLOCKS = {"p", "div", "li", "ul", "ol", "tr", "table", "pre", "section", "article", "br", "hr"}
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "dd", "dt"}
_UNSEEN = {"script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "nav"}
_UNSEEN |= {"form", "button", "figure", "figcaption", "aside", "audio", "video", "select"}
_UNSEEN |= {"input", "textarea", "head", "title"}


def text_of_bytes(data: bytes, content_type: str = "") -> str:
    """Decode a page or a feed. What the bytes show outranks what the header claims.

    Order: byte order mark, valid UTF-8, the charset that the file names, the one that the header
    names, the likeliest one. Headers are wrong more often than multi-byte UTF-8 is an accident.
    """
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(name, "replace")
    if data[:4] in (b"<\x00?\x00", b"\x00<\x00?"):
        return data.decode("utf-16-le" if data[1:2] == b"\x00" else "utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    inside = _DECLARED.search(data[:1000]) or _META.search(data[:4000])
    header = _CHARSET.search(content_type)
    for name in (inside[1].decode() if inside else "", header[1] if header else ""):
        # Browsers read Latin-1 as its superset (https://encoding.spec.whatwg.org/).
        known = (
            "cp1252" if name.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii") else name
        )
        if not known or known.lower().replace("-", "") in ("utf8", "utf16", "utf7"):
            continue
        try:
            return data.decode(known)
        except (UnicodeError, LookupError, ValueError):
            continue
    if data.count(b"\xff") + data.count(b"\x00") == 0 and _nearly_utf8(data):
        return data.decode("utf-8", "replace")
    return decode(data)


def _nearly_utf8(data: bytes) -> bool:
    """UTF-8 with a few broken places (text cut in the middle of a character)."""
    text = data.decode("utf-8", "replace")
    return text.count("\ufffd") * 20 < sum(char > "\x7f" for char in text)


def split_prolog(text: str, name: str) -> str:
    """XML from its root element on: declarations, comments and document type are dropped.

    Raises:
        ParseError: the document type declares entities, which could expand without end or read
            local files.
    """
    at = 0
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing too
        if text.startswith("<?", at):
            end = text.find("?>", at)
            at = end + 2
        elif text.startswith("<!--", at):
            end = text.find("-->", at)
            at = end + 3
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            end = text.find(">", at)
            bracket = text.find("[", at, max(end, at))
            if bracket >= 0:
                end = text.find("]", bracket)
                if re.search("<!ENTITY", text[bracket : end if end > 0 else None], re.I):
                    raise ParseError(f"{name}: declares XML entities, which are never expanded")
                end = text.find(">", end) if end > 0 else end
            at = end + 1
        else:
            return text[at:]
        if end < 0:
            raise ParseError(f"{name}: broken before its first element")


def text_of(fragment: str) -> str:
    """Text of an HTML fragment as paragraphs; figures, scripts, forms and asides are left out."""
    if "<" not in fragment:
        return clean(html.unescape(fragment))
    try:
        root = lxml_html.fragment_fromstring(fragment.replace("\x00", ""), create_parent="div")
    except (etree.LxmlError, ValueError, TypeError, AssertionError):
        return clean(html.unescape(re.sub(r"<[^<>]{0,1000}>", " ", fragment)))
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    for node in [found for found in root.iter() if found.tag in _UNSEEN]:
        if node.getparent() is not None:
            node.drop_tree()
    pieces: list[str] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if node.tag in _BLOCKS:
            pieces.append("\n\n")
        inside = node.text if event == "start" else node.tail
        pieces.append(re.sub(r"\s+", " ", inside or ""))
    return clean("".join(pieces))


def plain(fragment: str) -> str:
    """A title or a name without tags, on one line."""
    return one_line(text_of(fragment))
