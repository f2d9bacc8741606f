"""Pure decision: is a draft new, revised, unchanged, or a copy of a known story?

Near-copies are found by MinHash over word 5-shingles (Broder 1997, "On the resemblance and
containment of documents") with datasketch (MIT, maintained, small). The signature is cut into
bands; two texts that share a band are candidates, and the share of equal values in the whole
signature estimates their Jaccard similarity.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray

from corpus.article import Draft, Verdict

SIGNATURE = 128  # values in a signature; the estimate's standard error is at most 1/sqrt(4*128)
BANDS = 32  # of 4 values: a pair of similarity 0.7 shares a band with probability 0.9999
SHINGLE = 5  # words
NEAR = 0.7  # estimated Jaccard similarity from which two texts are one story
# Texts made from one template (monthly delivery reports) are alike but are different news;
# copies of one story appear within days of each other.
APART = timedelta(days=10)
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Known:
    """An article in the store, as far as the decision needs it."""

    id: str
    revision: int
    story: str
    source: str
    url: str | None
    published: datetime | None
    hash: str
    similarity: float = 1.0


def content_hash(title: str, text: str) -> str:
    """SHA-256 of title and text without regard to white space and Unicode form."""
    folded = unicodedata.normalize("NFKC", f"{title}\n{text}")
    return hashlib.sha256(" ".join(folded.split()).encode()).hexdigest()


def signature(text: str) -> NDArray[np.uint64]:
    """MinHash signature of shape (128,) over the text's word 5-shingles."""
    words = WORD.findall(text.casefold())
    shingles = {" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))}
    minhash = MinHash(num_perm=SIGNATURE, seed=1)
    minhash.update_batch([shingle.encode() for shingle in sorted(shingles)])
    return np.asarray(minhash.hashvalues, dtype=np.uint64)


def bands(values: NDArray[np.uint64]) -> list[str]:
    """The signature's 32 bands, each as a short key."""
    rows = values.reshape(BANDS, -1)
    return [
        f"{i}:{hashlib.blake2b(row.tobytes(), digest_size=8).hexdigest()}"
        for i, row in enumerate(rows)
    ]


def similarity(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> float:
    """Estimated Jaccard similarity of two signatures, in [0, 1]."""
    return float(np.mean(a == b))


def decide(
    draft: Draft,
    draft_hash: str,
    same: Known | None,
    equal: Sequence[Known],
    near: Sequence[Known],
    new_id: str,
) -> Verdict:
    """Decide what a draft is.

    `same` is the stored article with the draft's key, id or address; `equal` are articles with
    the same content hash; `near` are candidates with their estimated similarity; `new_id` is a
    free id for the case that it is new.
    """
    if same is not None:
        if same.hash == draft_hash:
            return Verdict(
                "unchanged", same.id, same.revision, same.story, "already in the library"
            )
        why = f"its text has changed since revision {same.revision}"
        return Verdict("revised", same.id, same.revision + 1, same.story, why)
    for known in equal:
        if draft.id is None and draft.url is None:
            # The same file under another name brings nothing that a reader could open.
            return Verdict(
                "unchanged", known.id, known.revision, known.story, f"same text as {known.id}"
            )
        return Verdict("copy", new_id, 1, known.story, f"same text as {known.id}")
    for known in sorted(near, key=lambda known: -known.similarity):
        if known.similarity >= NEAR and _close_in_time(draft.published, known.published):
            share = round(known.similarity * 100)
            return Verdict("near-copy", new_id, 1, known.story, f"{share} % like {known.id}")
    return Verdict("new", new_id, 1, new_id)


def _close_in_time(a: datetime | None, b: datetime | None) -> bool:
    return a is None or b is None or abs(a - b) <= APART
