"""Store and index stay one: crashes, two programs, stamps, revisions, as-of."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from corpus.article import Draft
from corpus.errors import LibraryBusy, StampMismatch, StorageError
from corpus.lock import writing
from rag import NewsChat
from rag.embed import SentenceEmbedder
from rag.library import Library
from rag.settings import load
from rag.types import Window

Open = Callable[..., NewsChat]
Make = Callable[..., Draft]
ROOT = Path(__file__).parent.parent.parent
PLANT = "Volta Motors will build a battery plant in Toledo, Ohio, and hire 1,200 people there."
BUS = "Helios delivered forty electric buses to the city of Lyon on Tuesday morning."


def found(chat: NewsChat, query: str, **limits: object) -> list[str]:
    return [p.article.id for p in chat.search(query, **limits)]  # type: ignore[arg-type]


def vectors(library: Library) -> set[str]:
    with library.index.vectors.collection() as collection:
        return set(collection.get(include=[])["ids"])


def test_a_revision_replaces_what_is_searched(open_chat: Open, draft: Make) -> None:
    chat = open_chat()
    chat.add([draft(PLANT, id="a"), draft(BUS, id="b")])
    assert found(chat, "battery plant in Toledo")[0] == "a"
    chat.add([draft("The plan was dropped; Volta stays in Michigan.", id="a")])
    texts = [p.text for p in chat.search("battery plant in Toledo Ohio")]
    assert not any("Toledo" in text for text in texts)
    with chat.library.index.database.errors():
        rows = chat.library.index.database.connection.execute("SELECT id FROM chunks").fetchall()
    assert vectors(chat.library) == {row["id"] for row in rows}


def test_a_removed_article_is_gone(open_chat: Open, draft: Make) -> None:
    chat = open_chat()
    chat.add([draft(PLANT, id="a"), draft(BUS, id="b")])
    assert chat.remove("a")
    assert not chat.remove("a")
    assert found(chat, "battery plant in Toledo") == ["b"]
    assert len(vectors(chat.library)) == 1


def test_a_crash_between_the_two_stores_shows_nothing_and_is_mended(
    open_chat: Open, draft: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = open_chat()
    chat.add([draft(BUS, id="b")])

    def crash(self: object, connection: object) -> None:
        raise SystemExit("the machine went down")

    with monkeypatch.context() as patch:
        patch.setattr("rag.index.Index._grow", crash)
        with pytest.raises(SystemExit):
            chat.add([draft(PLANT, id="a")])
    assert len(vectors(chat.library)) == 2, "the crash came after Chroma had the vector"
    assert found(chat, "battery plant in Toledo") == ["b"]
    assert chat.library.pending() == 1
    chat.library.sync()
    assert found(chat, "battery plant in Toledo")[0] == "a"


def test_vectors_that_a_crash_left_are_swept(
    open_chat: Open, draft: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = open_chat()
    with monkeypatch.context() as patch:

        def crash(self: object, connection: object) -> None:
            raise SystemExit

        patch.setattr("rag.index.Index._grow", crash)
        with pytest.raises(SystemExit):
            chat.add([draft(PLANT, id="a")])
    chat.store.remove("a")
    chat.add([draft(BUS, id="b")])
    assert len(vectors(chat.library)) == 1


WRITE = """
import sys
from datetime import UTC, datetime
from corpus.article import Draft
from rag import NewsChat, library
library.GROUP = 60  # several groups out of few articles
with NewsChat.open(sys.argv[1], chunk_tokens=40) as chat:
    print("ready", flush=True)
    chat.add(
        Draft(key=f"id:{i}", id=str(i), title=f"Report {i}", source="Wire",
              published=datetime(2024, 1, 1, tzinfo=UTC),
              text=f"Plant number {i} makes {i * 17} cars. "
              "Its workers weld the doors in the morning and paint them in the afternoon. "
              "A second hall for the batteries is to be opened in the summer of next year. "
              "The mayor of the town called the whole plan good news for all of the region.")
        for i in range(int(sys.argv[2]))
    )
    print("done", flush=True)
"""


def writer(home: Path, articles: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", WRITE, str(home), str(articles)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


VISIBLE = """
SELECT article_id, sum(told), sum(shown) FROM (
    SELECT article_id, chunks AS told, 0 AS shown FROM ledger
    UNION ALL SELECT article_id, 0, 1 FROM chunks JOIN fts ON fts.rowid = row
) GROUP BY article_id
"""


def visible(home: Path) -> dict[str, tuple[int, int]]:
    """Chunks of each article: as the ledger tells, and as a search could find them."""
    with closing(sqlite3.connect(home / "index.db")) as connection:
        return {name: (told, shown) for name, told, shown in connection.execute(VISIBLE)}


def test_kill_9_in_the_middle_leaves_whole_articles(
    open_chat: Open, embedder: SentenceEmbedder, tmp_path: Path
) -> None:
    home = tmp_path / "killed"
    process = writer(home, 100)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    first: dict[str, tuple[int, int]] = {}
    while process.poll() is None and not first:
        first = visible(home)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    # The library is looked at as the crash left it: opening it would mend it.
    left = visible(home)
    assert 0 < len(left) < 100, "it was killed in the middle"
    for told, shown in [*first.values(), *left.values()]:
        assert told == shown == 3
    with NewsChat(load(home=home, chunk_tokens=40), embedder) as chat:
        rows = chat.library.index.database.connection.execute("SELECT id FROM chunks").fetchall()
        assert {row["id"] for row in rows} <= vectors(chat.library)
        assert chat.library.pending() == 100 - len(left)
    chat = open_chat(home, chunk_tokens=40)
    assert chat.library.pending() == 0
    held = chat.store.revisions()
    assert chat.library.index.ledger() == held
    assert set(visible(home).values()) == {(3, 3)}
    name = sorted(held.keys() - left.keys())[0]
    assert name in found(chat, f"Plant number {name} makes", limit=5)


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    home = tmp_path / "busy"
    with writing(home):
        code = (
            "import sys, time\nfrom pathlib import Path\nfrom corpus.lock import writing\n"
            "from corpus.errors import LibraryBusy\n"
            "for _ in range(3):\n"
            "    began = time.monotonic()\n"
            "    try:\n        with writing(Path(sys.argv[1])): print('in')\n"
            "    except LibraryBusy as error: print(time.monotonic() - began, error)\n"
        )
        result = subprocess.run(
            [sys.executable, "-c", code, str(home)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    lines = result.stdout.splitlines()
    assert len(lines) == 3
    assert all(f"process {os.getpid()}" in line for line in lines)
    # A second is what is promised; a busy machine may hold one of the three up.
    assert min(float(line.split()[0]) for line in lines) < 1
    with writing(home):
        pass


def test_a_disk_that_is_full_gives_one_line_and_frees_the_lock(tmp_path: Path) -> None:
    full = Path("/dev/full")  # every write to it is answered "no space left"
    if not full.exists():
        pytest.skip("no /dev/full here")
    (tmp_path / "writer.json").symlink_to(full)
    with pytest.raises(StorageError, match="free some disk space"), writing(tmp_path):
        pass
    with writing(tmp_path):
        pass


def test_a_reader_sees_what_another_process_wrote(open_chat: Open, tmp_path: Path) -> None:
    home = tmp_path / "shared"
    chat = open_chat(home, chunk_tokens=40)
    chat.add([])
    assert chat.search("plant number 3") == []
    process = writer(home, 5)
    out, _ = process.communicate(timeout=120)
    assert out.endswith("done\n")
    assert "3" in found(chat, "Plant number 3 makes 51 cars")
    assert chat.search("plant number 3")[0].cosine > 0.2, "the vectors are seen, not only the words"


def test_a_library_opens_for_reading_while_another_process_writes(
    open_chat: Open, draft: Make
) -> None:
    chat = open_chat()
    chat.add([draft(PLANT, id="a")])
    with writing(chat.settings.home):
        chat.store.put([draft(BUS, id="b")], datetime.now(UTC))  # not in the index so far
        with NewsChat.open(chat.settings.home) as other:
            assert found(other, "battery plant in Toledo") == ["a"]
    with NewsChat.open(chat.settings.home) as other:
        assert other.library.pending() == 0


def test_work_that_another_process_finished_is_not_done_again(
    open_chat: Open, draft: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = open_chat()
    other = open_chat()
    chat.store.put([draft(PLANT, id="a")], datetime.now(UTC))

    def waited(home: Path) -> object:
        monkeypatch.undo()
        assert other.library.sync() == 1, "the other one had the lock first"
        return writing(home)

    monkeypatch.setattr("rag.library.writing", waited)
    assert chat.library.sync() == 0


def test_another_stamp_is_refused_with_the_remedy(open_chat: Open, draft: Make) -> None:
    chat = open_chat()
    chat.add([draft(PLANT, id="a")])
    other = open_chat(chat.settings.home, chunk_tokens=60)
    with pytest.raises(StampMismatch, match=r"chunk_tokens 400, now 60.*evnews reindex"):
        other.add([draft(BUS, id="b")])
    assert other.reindex() == 1
    assert found(other, "battery plant") == ["a"]


def test_rebuilding_gives_the_same_answers(open_chat: Open, draft: Make) -> None:
    chat = open_chat()
    chat.add([draft(PLANT, id="a"), draft(BUS, id="b")])
    before = [(p.article.id, p.start, p.end) for p in chat.search("electric buses in Lyon")]
    assert chat.reindex() == 2
    assert [(p.article.id, p.start, p.end) for p in chat.search("electric buses in Lyon")] == before


def test_a_folder_that_is_a_file_gives_one_line(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("x")
    with pytest.raises(StorageError, match="--home"):
        NewsChat.open(path)


def test_nothing_later_than_as_of_is_found_on_any_day(open_chat: Open, draft: Make) -> None:
    chat = open_chat()
    first = date(2024, 1, 1)
    drafts = []
    for i in range(40):
        day = datetime(2024, 1, 1, 9, tzinfo=UTC) + timedelta(days=3 * i)
        drafts.append(draft(f"Volta built {i * 10 + 5} cars so far.", id=f"n{i}", published=day))
    undated = draft("Volta built some cars, it is said.", id="undated", published=None)
    chat.add([*drafts, undated])
    for step in range(0, 125, 5):
        limit = first + timedelta(days=step)
        for passage in chat.search("How many cars has Volta built?", limit=50, as_of=limit):
            assert passage.article.published is not None
            assert passage.article.published.date() <= limit
    # A revision counts from the day on which it was made, not from the article's date.
    changed = draft("Volta built 999 cars after all.", id="n0", published=drafts[0].published)
    chat.add([changed])
    texts = [p.text for p in chat.search("Volta 999 cars", limit=50, as_of=date(2024, 12, 1))]
    assert not any("999" in text for text in texts)


@pytest.mark.parametrize("side", ["dense", "lexical"])
def test_filters_are_pushed_down_into_both_sides(open_chat: Open, draft: Make, side: str) -> None:
    chat = open_chat()
    drafts = [
        draft(
            f"Report {i}: Volta sold {i} electric vans.",
            id=f"d{i}",
            source="Wire" if i % 2 else "Daily",
            published=datetime(2020 + i % 5, 6, 1, tzinfo=UTC),
        )
        for i in range(60)
    ]
    chat.add(drafts)
    window = Window(after=date(2022, 1, 1), before=date(2022, 12, 31))
    index, question = chat.library.index, "Volta electric vans"
    if side == "dense":
        vector = chat.library.embedder.encode([question])[0]
        hits = index.dense(vector, 20, window, ("Wire",))
    else:
        hits = index.lexical(question, 20, window, ("Wire",))
    wanted = {f"d{i}" for i in range(60) if i % 5 == 2 and i % 2}
    assert {hit.article_id for hit in hits} == wanted


def test_status_of_a_damaged_note_does_not_matter(tmp_path: Path) -> None:
    home = tmp_path / "noted"
    home.mkdir()
    (home / "writer.json").write_text(json.dumps({"pid": "?"}))
    with writing(home):
        assert json.loads((home / "writer.json").read_text())["pid"] == os.getpid()
    with pytest.raises(LibraryBusy), writing(home), writing(home):
        pass
