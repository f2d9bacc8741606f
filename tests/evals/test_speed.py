import json
from itertools import pairwise
from pathlib import Path

import pytest

from corpus.errors import InputError
from evals.plain import SIZE, pieces
from evals.speed import markdown, speed, spread


def test_both_sides_are_measured_in_one_run(tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    topics = ["Renault plans a small car", "Nissan shuts a plant", "Kia recalls the EV6"]
    rows = [{"title": t, "text": f"{t}. It said so on Monday. " * 30} for t in topics]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = speed(file, questions=3)
    for side in ("ours", "plain"):
        assert found[side]["articles"] == 3
        assert found[side]["chunks"] >= 3
        assert found[side]["search_errors"] == 0
        assert set(found[side]["search_per_s"]) == {"1", "4", "16"}
        assert found[side]["peak_mb"] >= found[side]["base_mb"] > 50
        assert found[side]["disk_bytes_per_chunk"] > 1000
    assert set(found["ours"]["stages_ms"]) >= {"search", "total"}
    assert "| ingest, articles/s |" in markdown(found)


def test_percentiles_by_hand() -> None:
    assert spread([float(i) for i in range(101)]) == {"p50": 50.0, "p95": 95.0, "p99": 99.0}


def test_no_articles_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no articles"):
        speed(tmp_path)


def test_the_plain_splitter_cuts_at_the_coarsest_border_and_overlaps() -> None:
    short = "One paragraph."
    assert pieces(short) == [short]
    words = " ".join(f"word{i}" for i in range(400))
    found = pieces(f"{short}\n\n{words}")
    assert found[0] == short
    assert all(len(piece) <= SIZE for piece in found)
    for first, second in pairwise(found[1:]):
        assert first[-100:] in second[:200]  # up to 200 characters come again
    assert found[-1].endswith("word399")
