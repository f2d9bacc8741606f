"""A throw-away library for a run: built once for the same articles, settings and code, then kept.

It lies in the user's cache folder under a name made of all of these, so that it can never be a
library of something else. Two runs that start together share one building of it.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock

from corpus.article import Draft, Failure
from corpus.errors import InputError
from corpus.readers import read_file
from rag.pipeline import NewsChat
from rag.settings import load as load_settings

# Settings that change what is in a library; the others only change how it is searched.
STAMPED = ("embedding", "precision", "chunk_tokens")
KEPT_DAYS = 14
# The files of rag that make a library; all of corpus counts too.
BUILDERS = (
    "chunk",
    "embed",
    "chroma",
    "index",
    "ledger",
    "lexical",
    "library",
    "sentences",
    "tokens",
)

Progress = Callable[[str, int, int], None]
Read = Callable[[Sequence[Path]], Iterator[Draft | Failure]]


@dataclass(frozen=True, slots=True)
class Built:
    """A finished library: its folder, how many articles it holds, what was not taken in."""

    home: Path
    key: str
    articles: int
    skipped: tuple[str, ...] = ()


def read_all(paths: Sequence[Path]) -> Iterator[Draft | Failure]:
    """The articles of files that `evnews ingest` reads."""
    for path in paths:
        yield from read_file(path)


def build(
    articles: Sequence[Path],
    settings: Mapping[str, Any],
    cache_dir: Path | None = None,
    progress: Progress | None = None,
    read: Read | None = None,
) -> Built:
    """The library of these files and folders, made now or found in the cache.

    `read` turns them into drafts (default: as `evnews ingest` does). Raises InputError when a path is missing or nothing could be
    taken in.
    """
    read = read or read_all
    paths = list(_files(articles))
    folder = cache_dir or Path(platformdirs.user_cache_dir("evnews", appauthor=False)) / "evals"
    folder.mkdir(parents=True, exist_ok=True)
    effective = load_settings(**settings)  # the environment may set some of them
    stamp = {name: getattr(effective, name) for name in STAMPED} | {
        "read": f"{read.__module__}.{read.__name__}"
    }
    key = _key(paths, stamp)
    home = folder / key
    with FileLock(folder / f"{key}.lock"):
        if not (home / "built.json").exists():
            _prune(folder, keep=key)
            _make(home, read(paths), settings, progress)
    os.utime(home)
    note = json.loads((home / "built.json").read_text(encoding="utf-8"))
    return Built(home, key, note["articles"], tuple(note["skipped"]))


@cache
def fingerprint() -> str:
    """A digest of all the code and data between a question and its answer.

    Taken once: what a process has loaded stays what it was, whatever happens to the files.
    """
    return _digest(
        path
        for package in ("corpus", "rag")
        for path in Path(str(files(package))).rglob("*")
        if path.suffix in {".py", ".toml", ".json", ".safetensors"}
    )


def _make(
    home: Path,
    drafts: Iterable[Draft | Failure],
    settings: Mapping[str, Any],
    progress: Progress | None,
) -> None:
    part = home.with_name(f"{home.name}.part")
    for left in (part, home):
        shutil.rmtree(left, ignore_errors=True)
    with NewsChat.open(part, **settings) as chat:
        report = chat.add(drafts, progress)
        held = chat.summary().articles
    if not held:
        why = f" ({report.failures[0].reason})" if report.failures else ""
        shutil.rmtree(part)
        raise InputError(f"there is no article in what was given{why}")
    note = {"articles": held, "skipped": [f"{f.name}: {f.reason}" for f in report.failures]}
    (part / "built.json").write_text(json.dumps(note), encoding="utf-8")
    # Renamed at the very end: a folder of that name is always a whole library.
    part.rename(home)


def _files(articles: Iterable[Path]) -> Iterable[Path]:
    """Every file, folders opened, without code and hidden files."""
    for path in articles:
        if not path.exists():
            raise InputError(f"{path}: there is no such file or folder; name the articles")
        if not path.is_dir():
            yield path
            continue
        for file in sorted(path.rglob("*")):
            parts = file.relative_to(path).parts
            hidden = any(part.startswith((".", "__")) for part in parts)
            if file.is_file() and not hidden and file.suffix not in {".py", ".pyc"}:
                yield file


def _key(paths: Sequence[Path], stamp: Mapping[str, Any]) -> str:
    marks = [json.dumps(stamp, sort_keys=True), _made_by(), _digest(paths)]
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:16]


@cache
def _made_by() -> str:
    return _digest(builders())


def builders() -> list[Path]:
    """The files that decide what is in a library; a change of any of them makes a new one."""
    corpus, rag = (Path(str(files(name))) for name in ("corpus", "rag"))
    taken_in = [path for path in corpus.rglob("*") if path.suffix in {".py", ".toml"}]
    here = [Path(__file__), Path(__file__).with_name("beir.py")]
    return [*taken_in, *(rag / f"{name}.py" for name in BUILDERS), *here]


def _digest(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _prune(folder: Path, keep: str) -> None:
    """Drop libraries that no run has used for two weeks."""
    oldest = time.time() - KEPT_DAYS * 86_400
    for note in folder.glob("*/built.json"):
        if note.parent.name != keep and note.parent.stat().st_mtime < oldest:
            shutil.rmtree(note.parent, ignore_errors=True)
            (folder / f"{note.parent.name}.lock").unlink(missing_ok=True)
