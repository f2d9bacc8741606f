import json
from pathlib import Path

import pytest

from corpus.errors import InputError
from evals.beir import beir, measure, read_qrels

DOCUMENTS = {
    "d1": "Northvolt filed for bankruptcy in Sweden after it ran out of money.",
    "d2": "Tesla delivered fewer cars in the first quarter than a year before.",
    "d3": "Toyota builds a battery plant in North Carolina.",
}
QUERIES = {"q1": "Northvolt bankruptcy", "q2": "Toyota battery plant", "q3": "nobody judged this"}


def write(folder: Path) -> Path:
    (folder / "qrels").mkdir(parents=True)
    corpus = [{"_id": k, "title": "", "text": v} for k, v in DOCUMENTS.items()]
    corpus.append({"_id": "d4", "title": "", "text": " "})
    queries = [{"_id": k, "text": v} for k, v in QUERIES.items()]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    qrels = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td3\t2\n"
    (folder / "qrels" / "test.tsv").write_text(qrels, encoding="utf-8")
    return folder


def test_a_small_set_is_measured_on_every_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The user's own server is left alone: this one isn't there, and no one asks it.
    monkeypatch.setenv("EVNEWS_CHROMA_URL", "http://127.0.0.1:1")
    found = beir(write(tmp_path / "set"), {}, cache_dir=tmp_path / "cache")
    assert (found["documents"], found["queries"], len(found["skipped"])) == (3, 2, 1)
    assert set(found["measures"]) == {"lexical", "dense", "fused"}
    for values in found["measures"].values():
        assert values["ndcg@10"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 2}
        assert values["recall@100"]["value"] == 1.0


def test_measures_by_hand() -> None:
    judged = {"q1": {"a": 1, "b": 1}, "q2": {"c": 1}}
    found = measure({"q1": ["x", "a", "y"], "q2": ["c"]}, judged)
    assert found["mrr@10"]["value"] == 0.75  # (1/2 + 1) / 2
    assert found["recall@10"]["value"] == 0.75
    # A query for which nothing was found counts as 0; it is not left out.
    assert measure({"q1": [], "q2": ["c"]}, judged)["mrr@10"]["value"] == 0.5


def test_a_folder_of_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"test\.tsv: can't be read; a BEIR set has"):
        beir(tmp_path, {})
    (tmp_path / "broken.tsv").write_text("q\td\tgrade\nq1 d1 1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"broken\.tsv:2: not `query<TAB>"):
        read_qrels(tmp_path / "broken.tsv")
