"""The index under several processes, and several libraries on one Chroma server."""

import gc
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from chromadb.api.shared_system_client import SharedSystemClient

from corpus.article import Article
from corpus.errors import StampMismatch
from rag.index import Index
from rag.types import Chunk, Window

STAMP = {"dim": 16}
ROOT = Path(__file__).parent.parent.parent
DAY = datetime(2024, 1, 1, tzinfo=UTC)
# Chroma keeps fewer vectors than this in a log, which every client reads.
MANY = 1500

SERVE = "import sys\nfrom chromadb.cli.cli import app\nsys.argv[0] = 'chroma'\napp()\n"


def vector(name: int) -> np.ndarray:
    found: np.ndarray = np.random.default_rng(name).normal(size=STAMP["dim"]).astype(np.float32)
    return found / np.linalg.norm(found)


def entry(name: int) -> tuple[Article, list[Chunk]]:
    key, text = f"a{name}", f"Report {name}."
    article = Article(key, 1, "Report", text, "Wire", None, DAY, DAY, DAY, key)
    return article, [Chunk(f"{key}:0", key, 1, 0, len(text), "", text)]


def fill(index: Index, names: Sequence[int]) -> None:
    index.begin()
    index.put([entry(name) for name in names], np.stack([vector(name) for name in names]))
    index.finish()


def nearest(index: Index, name: int) -> list[str]:
    return [hit.article_id for hit in index.dense(vector(name), 1, Window())]


def test_a_writer_finds_what_another_process_wrote_before_it(tmp_path: Path) -> None:
    index = Index(tmp_path, STAMP)
    fill(index, [1, 2])
    assert nearest(index, 1) == ["a1"]
    other = [sys.executable, "-W", "ignore", "-m", "tests.rag.test_index", str(tmp_path)]
    subprocess.run(other, cwd=ROOT, check=True)
    index.begin()
    index.remove(["a1"])
    index.finish()
    assert nearest(index, 100) == ["a100"]
    index.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A Chroma server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run = ["run", "--host", "127.0.0.1", "--port", str(port), "--path", str(tmp_path / "server")]
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SERVE, *run],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = next((line for line in process.stdout if "listening on" in line), None)
        assert said, "the server did not start"
        yield f"http://127.0.0.1:{port}"
        process.kill()
    # Chroma's clients leave their connections open: they go here, where the warning is ignored.
    SharedSystemClient.clear_system_cache()
    gc.collect()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_libraries_on_one_server_leave_each_other_alone(server: str, tmp_path: Path) -> None:
    one, two = (Index(tmp_path / name, STAMP, server) for name in ("one", "two"))
    fill(one, [1, 2])
    fill(two, [3])
    assert nearest(one, 3), "the other library's vector took the place"
    two.begin()  # as by a process that was killed
    two.begin()
    assert nearest(one, 1) == ["a1"], "swept by the other library"
    two.clear()
    assert nearest(one, 1) == ["a1"], "cleared by the other library"
    assert nearest(two, 3) == []
    one.close()
    two.close()


def test_an_index_whose_vectors_lie_elsewhere_is_refused(tmp_path: Path) -> None:
    index = Index(tmp_path, STAMP)
    fill(index, [1])
    index.close()
    moved = Index(tmp_path, STAMP, "http://127.0.0.1:1")
    with pytest.raises(StampMismatch, match=r"'in the folder', now 'on a server'.*evnews reindex"):
        moved.check_stamp()
    moved.close()


if __name__ == "__main__":  # the other process
    other = Index(Path(sys.argv[1]), STAMP)
    fill(other, range(100, 100 + MANY))
    other.close()
