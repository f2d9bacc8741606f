"""What is around an article and not of it: boxes to prune before extraction, lines after it."""

import re
from typing import Any

from corpus.text import one_line

# Words of class and id names. Matched whole between hyphens, underscores and case changes.
_BOX = re.compile(
    r"(?:^|[\s_-])(?:cookie\w*|consent|gdpr|ccpa|newsletter\w*|subscribe|signup|sign-up|related|"
    r"recirc\w*|recommend\w*|read-?more|more-?stories|more-?from|most-?(?:read|popular)|trending|"
    r"caption|figcaption|wp-caption-text|credit|photo-?credit|share\w*|sharing|social|promo\w*|"
    r"advert\w*|sponsor\w*|outbrain|taboola|comments?|disqus|breadcrumbs?|author-?(?:bio|box)|"
    r"paywall-?\w*|regwall|popup|modal|toolbar|site-?(?:footer|header|nav))(?:$|[\s_-])",
    re.I,
)
_ALWAYS = {"figcaption", "nav", "aside", "footer", "form", "dialog", "noscript"}
_SHARE = 0.25  # a box that holds more of the page's prose than this is the article itself


def _any(*patterns: str) -> re.Pattern[str]:
    """One pattern that matches a whole line made of any of `patterns` and a mark at its end."""
    return re.compile(rf"(?:{'|'.join(patterns)})\W*", re.I | re.S)


_LINE = _any(
    # Links to other stories, and credits, with their mark.
    r"(?:also read|read (?:also|more|next|this)|see (?:also|more)|related|recommended"
    r"|watch(?: now)?|listen|don['’]t miss|must[ -]read|more information"
    r"|journal information|further reading"
    r"|credits?|source image|explore further|provided by)\s*[:>»–—].*",
    r"(?:featured? )?(?:image|photo|picture|video)s?(?: (?:credit|courtesy|source)\w*)?\s*:"
    r".{0,160}",
    r"\W*(?:image|photo|picture|illustration)s?\s*(?:credit|by|via|courtesy)\b.{0,160}",
    r"[\[(](?:image|photo|picture|video|via|source|credit|h/t)\b[^\])]{0,160}[\])]",
    # Newsletters.
    r"\W*(?:subscribe|sign up|register)\b.{0,140}\b(?:newsletter|inbox|e-?mail|podcast|channel)\b"
    r".{0,120}",
    r".{0,120}\b(?:newsletter|inbox)\b.{0,80}\b(?:subscribe|sign up)\b.{0,80}",
    r"(?:get|join)\b.{0,100}\b(?:newsletter|(?:in|to) your inbox).{0,80}",
    # Consent.
    r"(?:we|this (?:web)?site|our (?:web)?site) uses? cookies.{0,400}",
    r"(?:accept|reject|manage) (?:all )?(?:cookies|preferences|choices).{0,60}",
    r"by (?:clicking|continuing|signing up)\b.{0,300}(?:cookies|terms|privacy|policy).{0,200}",
    # Buttons.
    r"(?:click|go) here\b.{0,160}",
    r"get .{2,40} on the go\b.{0,160}",
    r"follow .{1,60} on (?:x|twitter|facebook|instagram|linkedin|google news|youtube|bluesky)\b"
    r".{0,160}",
    r"share|tweet|print|e-?mail|copy link|save|comments?|\d+ comments?|advertisement|ad|sponsored",
    r"promotion|loading\W*|facebook|twitter|linkedin|whatsapp|reddit|x|menu|skip to content",
    r"share this(?: (?:article|story|post|page))?|link copied\W*|listen to this article.{0,40}",
    r"add us (?:on|as) .{0,60}|back to top|(?:\d+|one|two|three|five|ten)[ -]min(?:ute)?s? read",
    # Imprints.
    r"(?:©|copyright|\(c\))\s*(?:©\s*)?(?:19|20)\d\d.{0,160}",
    r".{0,40}all rights reserved.{0,160}",
    r"our standards:.{0,100}",
    r"reporting by .{3,200}editing by .{3,100}",
    r"ftc: we use income earning.{0,100}",
    r"the post .{1,300} (?:first )?appeared first on .{1,100}",
)
_TAIL = _any(
    r"more (?:from|on|about|in|must[ -]reads?|stories|news|coverage)\b.{0,60}",
    r"(?:related|recommended|similar|popular|latest|other|top|trending|featured) "
    r"(?:articles?|stories|news|posts?|reads?|reading|content|topics?|coverage|links|videos?)",
    r"related|recommended|trending(?: now)?|latest|explore (?:more|further)",
    r"read (?:more|(?:this )?next)",
    r"you (?:might|may|will) (?:also )?(?:like|enjoy|be interested in).{0,40}",
    r"most (?:read|popular|viewed|shared).{0,30}|up next|keep reading|what to read next",
    r"recommended for you|(?:top|most) reads? .{0,40}|editor['’]?s['’]? (?:picks?|choice)",
    r"don['’]t miss|in this (?:topic|section)",
    r"(?:leave a (?:reply|comment)|comments?|join the (?:conversation|discussion))\W*.{0,30}",
    r"about the authors?|tags?|topics?|advertis(?:er|ing) disclosure",
)
_TAIL_FROM = 0.5  # a heading of "more stories" ends the article only in the second half


def prune(root: Any) -> None:
    """Remove boxes that are no part of the article from a parsed page, in place.

    A box is known by its tag or by a word in its class or id. One that holds a good part of the
    page's paragraphs stays: sites call their article body all kinds of names.
    """
    total = sum(len(_words(node)) for node in root.iter("p")) or 1
    for node in list(root.iter("*")):
        if not isinstance(node.tag, str) or node.getparent() is None or node.tag in _KEEP:
            continue
        names = f"{node.get('class') or ''} {node.get('id') or ''}"
        if node.tag not in _ALWAYS and not _BOX.search(_hyphens(names)):
            continue
        inside = sum(len(_words(child)) for child in node.iter("p"))
        if inside <= _SHARE * total and not node.xpath("descendant-or-self::h1"):
            node.drop_tree()


_KEEP = {"html", "head", "body", "main", "article", "h1", "script", "meta", "link"}


def _words(node: Any) -> str:
    return "".join(node.itertext())


def _hyphens(names: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", names)


def strip_lines(text: str, title: str | None) -> str:
    """Drop lines that belong to the page and not to the article.

    The title at the head of the text, credits, "read more" lines, newsletter and cookie notes go;
    a heading such as "Related stories" in the second half ends the text.
    """
    lines = text.split("\n")
    wanted = _flat(title or "")
    kept: list[str] = []
    done, size = 0, max(len(text), 1)
    skipping = False
    for line in lines:
        bare = line.strip().lstrip("-•*#| ").strip()
        done += len(line) + 1
        if skipping and line.lstrip().startswith(("-", "•")):
            continue
        skipping = False
        if wanted and len(kept) < 4 and _flat(bare) == wanted:
            continue
        if len(bare) < 90 and _TAIL.fullmatch(bare):
            if done / size > _TAIL_FROM:
                break
            skipping = True
            continue
        if bare and len(bare) < 700 and _LINE.fullmatch(bare):
            continue
        kept.append(line)
    return "\n".join(kept).strip()


def _flat(text: str) -> str:
    return re.sub(r"\W+", " ", one_line(text)).strip().lower()
