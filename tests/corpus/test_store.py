"""The store decides and keeps: no-ops, revisions, copies, nothing lost."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus.article import Draft
from corpus.errors import StorageError
from corpus.store import Store

NOW = datetime(2024, 6, 1, tzinfo=UTC)
LONG = " ".join(
    f"Sentence number {i} tells of plant {i * 7} where Volta builds {i * 113} cars a year."
    for i in range(40)
)

Make = Callable[..., Draft]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "library.db")
    yield opened
    opened.close()


def outcomes(store: Store, *drafts: Draft) -> list[str]:
    return [verdict.outcome for verdict in store.put(drafts, NOW)[1]]


def test_the_same_article_again_is_a_no_op(store: Store, draft: Make) -> None:
    one = draft(LONG, id="a")
    assert outcomes(store, one, one) == ["new", "unchanged"]
    assert outcomes(store, draft(LONG.replace(" ", "  "), id="a")) == ["unchanged"]
    assert store.summary().revisions == 1


@pytest.mark.parametrize("fields", [{"id": "a"}, {"url": "https://example.com/a", "key": "url:a"}])
def test_a_changed_text_is_a_revision(store: Store, draft: Make, fields: dict[str, str]) -> None:
    assert outcomes(store, draft(LONG, **fields)) == ["new"]
    changed = draft(LONG + " Corrected: 12 cars.", **fields)
    _, (verdict,) = store.put([changed], NOW)
    assert (verdict.outcome, verdict.revision) == ("revised", 2)
    current = store.get(verdict.article_id)
    assert current is not None
    assert current.text == changed.text
    assert current.known == NOW
    history = store.history(verdict.article_id)
    assert [article.text for article in history] == [LONG, changed.text]


def test_the_same_text_from_another_source_is_one_story(store: Store, draft: Make) -> None:
    first = draft(LONG, id="a", source="Wire")
    copy = draft(LONG, id="b", source="Daily")
    near = draft(
        LONG.replace("Sentence number 3 ", "Item 3 ") + " (Reporting by J. Doe)",
        id="c",
        source="Gazette",
    )
    other = draft(LONG.replace("Volta", "Ampere").replace("plant", "site"), id="d")
    assert outcomes(store, first, copy, near, other) == ["new", "copy", "near-copy", "new"]
    assert store.story_sources("a") == ["Daily", "Gazette", "Wire"]
    assert store.summary().stories == 2


def test_reports_made_from_one_template_months_apart_are_different_news(
    store: Store, draft: Make
) -> None:
    first = draft(LONG, id="a", published=NOW - timedelta(days=60))
    second = draft(LONG + " In May it was more.", id="b", published=NOW)
    assert outcomes(store, first, second) == ["new", "new"]


def test_an_id_that_two_files_share_loses_no_article(store: Store, draft: Make) -> None:
    a = draft(LONG, id="1", url="https://example.com/a")
    b = draft("Quite another story about charging.", id="1", url="https://example.org/b")
    assert outcomes(store, a, b) == ["new", "new"]
    assert outcomes(store, a, b) == ["unchanged", "unchanged"]
    assert {article.text for article in store.articles()} == {a.text, b.text}


def test_rows_that_share_an_address_but_have_ids_stay_apart(store: Store, draft: Make) -> None:
    url = "https://example.com/"
    a = draft(LONG, id="1", url=url)
    b = draft("Quite another story about charging.", id="2", url=url)
    assert outcomes(store, a, b) == ["new", "new"]
    assert store.summary().articles == 2


def test_the_same_file_under_two_names_is_stored_once(store: Store, draft: Make) -> None:
    a = draft(LONG, key="file:/x/a.txt")
    b = draft(LONG, key="file:/x/copy of a.txt")
    assert outcomes(store, a, b) == ["new", "unchanged"]
    assert [article.id for article in store.articles()] == ["a"]


def test_removing_the_first_of_a_story_keeps_its_copies(store: Store, draft: Make) -> None:
    store.put([draft(LONG, id="a", source="Wire"), draft(LONG, id="b", source="Daily")], NOW)
    assert store.remove("a")
    assert not store.remove("a")
    kept = store.get("b")
    assert kept is not None
    assert kept.story == "b"


def test_a_failed_batch_leaves_nothing_by_half(store: Store, draft: Make) -> None:
    def drafts() -> Iterator[Draft]:
        yield draft(LONG, id="a")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.put(drafts(), NOW)
    assert store.summary().articles == 0
    assert outcomes(store, draft(LONG, id="a")) == ["new"]


def test_a_file_that_is_no_library_is_named(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(b"this is not a database, but it is long enough to be looked at " * 20)
    with pytest.raises(StorageError, match=r"library\.db.*--home"):
        Store(path)


def test_a_full_disk_loses_nothing(store: Store, draft: Make) -> None:
    store.put([draft(LONG, id="a")], NOW)
    connection = store.database.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    # SQLite answers a database that may not grow as it answers a disk that is full.
    connection.execute(f"PRAGMA max_page_count = {pages}")
    big = draft(" ".join(f"Word {i} and {i * i}." for i in range(60_000)), id="b")
    with pytest.raises(StorageError, match="free some disk space"):
        store.put([big], NOW)
    assert [article.id for article in store.articles()] == ["a"]
    connection.execute("PRAGMA max_page_count = 1073741823")
    assert outcomes(store, big) == ["new"]


def test_revisions_survive_reopening(tmp_path: Path, draft: Make) -> None:
    first = Store(tmp_path / "library.db")
    first.put([draft(LONG, id="a", topics=("batteries",), reported_by="Volta, 1 May")], NOW)
    first.close()
    second = Store(tmp_path / "library.db")
    article = second.get("a")
    second.close()
    assert article is not None
    assert article.topics == ("batteries",)
    assert article.reported_by == "Volta, 1 May"
    assert article.published == datetime(2024, 3, 16, tzinfo=UTC)
    with sqlite3.connect(tmp_path / "library.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    connection.close()


def test_a_thread_that_ends_leaves_no_open_file(store: Store) -> None:
    used: list[sqlite3.Connection] = []
    thread = threading.Thread(target=lambda: used.append(store.database.connection))
    thread.start()
    thread.join()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        used[0].execute("SELECT 1")
    assert store.summary().articles == 0


MARCH = datetime(2024, 3, 16, tzinfo=UTC)  # when the fixture's drafts are published


@pytest.mark.parametrize(
    ("first", "second", "known"),
    [
        (None, MARCH + timedelta(days=9), [MARCH, MARCH + timedelta(days=9)]),
        # Changed without a new date, or with one that can't be: the change was seen now.
        (MARCH + timedelta(hours=9), MARCH + timedelta(hours=9), [MARCH + timedelta(hours=9), NOW]),
        (None, MARCH - timedelta(days=1900), [MARCH, NOW]),
        (None, NOW + timedelta(days=9), [MARCH, NOW]),
        (MARCH - timedelta(days=1900), None, [MARCH, NOW]),
        (NOW + timedelta(days=9), None, [MARCH, NOW]),
    ],
)
def test_no_text_is_known_before_it_was_there(
    store: Store,
    draft: Make,
    first: datetime | None,
    second: datetime | None,
    known: list[datetime],
) -> None:
    texts = (LONG, first), (LONG + " Corrected.", second)
    store.put([draft(text, id="a", updated=updated) for text, updated in texts], NOW)
    assert [article.known for article in store.history("a")] == known


def test_a_change_of_an_undated_article_is_known_from_now_on(store: Store, draft: Make) -> None:
    old = MARCH - timedelta(days=1900)
    texts = (LONG, None), (LONG + " Corrected.", old)
    store.put([draft(t, id="a", published=None, updated=updated) for t, updated in texts], NOW)
    assert [article.known for article in store.history("a")] == [None, NOW]
