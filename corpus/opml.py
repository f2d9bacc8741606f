"""Lists of feeds as OPML 2.0 (http://opml.org/spec2.opml), which every feed reader reads."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from urllib.parse import urlsplit

from corpus.address import join
from corpus.article import Feed
from corpus.errors import ParseError
from corpus.markup import split_prolog, text_of_bytes
from corpus.text import one_line


def read_opml(data: bytes, name: str) -> list[Feed]:
    """Feeds of an OPML file, each address once, enabled, in the order of the file.

    Raises:
        ParseError: not OPML, or no feed in it; `name` says which file.
    """
    try:
        root = ET.fromstring(split_prolog(text_of_bytes(data), name))
    except ET.ParseError as error:
        raise ParseError(f"{name}: not an OPML file ({error})") from None
    if root.tag.lower() != "opml":
        raise ParseError(f"{name}: not an OPML file (its first element is <{root.tag[:40]}>)")
    found: dict[str, Feed] = {}
    for node in root.iter():
        given = {key.lower(): one_line(value) for key, value in node.attrib.items()}
        url = join("", given.get("xmlurl", ""))
        if node.tag.lower() == "outline" and url.startswith(("http://", "https://")):
            title = given.get("title") or given.get("text") or urlsplit(url).netloc
            found.setdefault(url, Feed(url, title))
    if not found:
        raise ParseError(f"{name}: no feed in it (no outline with an http address in xmlUrl)")
    return list(found.values())


def write_opml(feeds: Iterable[Feed]) -> bytes:
    """An OPML 2.0 file of `feeds`, as UTF-8."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = "EV News Chat feeds"
    body = ET.SubElement(root, "body")
    for feed in feeds:
        names = {"text": feed.name, "title": feed.name, "xmlUrl": feed.url}
        ET.SubElement(body, "outline", {"type": "rss", **names})
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
