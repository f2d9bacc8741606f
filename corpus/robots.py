"""robots.txt as RFC 9309 describes it: groups, longest match, `*` and `$`, crawl delay.

The standard library's parser takes the first match and knows no wildcards, so it lets through
what publishers mean to close (`Disallow: /*?print=`).
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

MAX_BYTES = 500 * 1024
_LINE = re.compile(r"\s*([A-Za-z-]+)\s*:\s*([^#]*)")


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robot may read of a host: (pattern, allowed) pairs and a delay in seconds."""

    rules: tuple[tuple[str, bool], ...] = ()
    delay: float | None = None

    def allows(self, url: str) -> bool:
        """Whether the path and query of `url` may be read; the longest matching rule decides.

        Of two equally long rules the allowing one wins. `/robots.txt` itself is always open.
        """
        parts = urlsplit(url)
        path = _normal((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        if path == "/robots.txt":
            return True
        matching = [(len(pattern), allow) for pattern, allow in self.rules if _hit(pattern, path)]
        return max(matching, default=(0, True))[1]


def parse(text: str, agent: str) -> Rules:
    """Rules of `text` for the robot named `agent` (its product name, such as `EVNewsChat`).

    The groups that name the agent count, else those of `*`; several groups are joined.
    """
    groups: dict[str, list[tuple[str, bool]]] = {}
    delays: dict[str, float] = {}
    names: list[str] = []
    in_rules = False
    for line in text[:MAX_BYTES].splitlines():
        found = _LINE.match(line.lstrip("\ufeff"))
        if not found:
            continue
        key, value = found[1].lower(), found[2].strip()
        if key == "user-agent":
            if in_rules:
                names, in_rules = [], False
            names.append(value.lower())
            groups.setdefault(value.lower(), [])
        elif key in ("allow", "disallow"):
            in_rules = True
            for name in names if value else ():
                groups[name].append((_normal(value), key == "allow"))
        elif key == "crawl-delay":
            in_rules = True
            for name in names if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", value) else ():
                delays[name] = float(value)
    own = agent.lower()
    name = own if own in groups else "*"
    return Rules(tuple(groups.get(name, ())), delays.get(name))


def _normal(path: str) -> str:
    """Percent-encode alike, so that `%7Ejoe`, `~joe` and their lower-case forms compare equal."""
    return quote(unquote_to_bytes(path), safe="/?&=*$:@!,;+'()~#[]")


def _hit(pattern: str, path: str) -> bool:
    """Match a rule against a path in linear time (no regular expression made of foreign text)."""
    anchored = pattern.endswith("$")
    pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:-1]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if len(pieces) == 1:
        return not anchored or at == len(path)
    last = pieces[-1]
    if anchored:
        return path.endswith(last) and len(path) - len(last) >= at
    return path.find(last, at) >= 0
