"""The lexical side: a question as an FTS5 query, with the aliases of the names in it.

SQLite's FTS5 keeps an inverted index on disk, updated row by row, and ranks by BM25
(Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework", k1 = 1.2, b = 0.75).
"""

import re

from corpus.names import aliases_of, find_names

SCHEMA = """
CREATE VIRTUAL TABLE IF NOT EXISTS fts USING fts5(
    title, body, tokenize = "porter unicode61 remove_diacritics 2"
);
"""
TITLE_WEIGHT, BODY_WEIGHT = 1.5, 1.0
MOST_TERMS = 64
WORD = re.compile(r"\w+(?:['’]\w+)?")

# Words that carry no topic. Question words, auxiliaries and the like; "may" and "will" are in.
STOP = frozenset(
    """a about after again all also am an and any are as at be because been before being between
    both but by can could did do does doing during each few for from further had has have having
    he her here hers him his how i if in into is it its itself just me more most my no nor not of
    on once only or other our out over own s same she should so some such t than that the their
    them then there these they this those through to too under until up very was we were what when
    where which while who whom whose why will with would you your may might must shall let tell
    say says said know much many ever yet d ll re ve m really actually please
    """.split()
)


def match_query(question: str) -> str | None:
    """The question as an FTS5 expression: any of its words, each name with its aliases.

    None when no word carries a topic.
    """
    terms: list[str] = []
    rest = list(question)
    for name in find_names(question):
        spellings = aliases_of(name.surface) or (name.surface,)
        terms += [_phrase(spelling) for spelling in (name.surface, *spellings)]
        rest[name.start : name.end] = " " * (name.end - name.start)
        # A name of several words also counts by its words ("Mustang Mach-E" by "Mustang").
        if " " in name.surface:
            terms += [_phrase(word) for word in WORD.findall(name.surface)]
    words = [word for word in WORD.findall("".join(rest)) if word.casefold() not in STOP]
    terms += [_phrase(word) for word in words]
    unique = [term for term in dict.fromkeys(terms) if term]
    if not unique:
        unique = [_phrase(word) for word in dict.fromkeys(WORD.findall(question))]
    return " OR ".join(unique[:MOST_TERMS]) or None


def _phrase(words: str) -> str:
    """An FTS5 phrase: quoted, so that no character of a question is an operator."""
    return '"' + " ".join(re.findall(r"\w+", words.casefold())) + '"' if WORD.search(words) else ""
