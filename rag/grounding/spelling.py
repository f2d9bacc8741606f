"""Words without accents and capitals, so that "Bogotá" meets "BOGOTA"."""

import unicodedata

_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "æ": "ae", "ß": "ss", "ł": "l", "Ł": "L", "đ": "d", "ı": "i"}
)


def unaccented(text: str) -> str:
    """`text` without accents."""
    plain = unicodedata.normalize("NFKD", text).translate(_LETTERS)
    return "".join(char for char in plain if not unicodedata.combining(char))


def folded(text: str) -> str:
    """`text` in lower case and without accents."""
    return unaccented(text.casefold())
