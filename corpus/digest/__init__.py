"""The starter library: short dated briefs in Markdown, shipped inside the package."""

from collections.abc import Iterator
from pathlib import Path

from corpus.article import Draft, Failure
from corpus.readers import read

FOLDER = Path(__file__).parent


def drafts() -> Iterator[Draft | Failure]:
    """Every brief, oldest first."""
    yield from (item for path in sorted(FOLDER.glob("*.md")) for item in read(path))
