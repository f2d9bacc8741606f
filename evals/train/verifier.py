"""Train the reader's second look: `python -m evals.train.verifier --model DIR --home DIR`.

It learns from what the reader of `--model` likes best in what a search brings for the training
questions (evals/train/stories.py), right or wrong.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from evals.train.data import answering
from evals.train.quick import quicken
from evals.train.stories import BRIEFS, FOLDER, Row, known, running_stories
from rag import NewsChat
from rag.candidates import sentences_of, with_neighbours
from rag.chunk import make_header
from rag.network import Encoded, Encoder, collate
from rag.reading_model import ReadingModel
from rag.trained_reader import TrainedReader
from rag.verifying_model import VerifyingModel

FOUND, READ = 8, 5  # passages that a search brings, and those of them that are read
YES, NO = 1, 2  # most windows that answer and that don't, for one question
HEAD_RATE = 1e-3
WARM = 0.06  # share of the steps
PRINT = 50  # steps


@dataclass(frozen=True, slots=True)
class Window:
    """A question, an article's header, sentences of it, and whether they answer."""

    question: str
    header: str
    sentences: tuple[str, ...]
    answers: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to train."""

    epochs: int
    rate: float
    batch: int
    seed: int = 7


Labelled = tuple[Encoded, float]
PLAN = Plan(epochs=2, rate=4e-5, batch=48)


def liked(
    chat: NewsChat, reader: TrainedReader, questions: Path, running: dict[str, str]
) -> Iterator[Window]:
    """What the reader likes best for each training question of a file."""
    for line in questions.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["split"] == "dev":
            yield from _windows(chat, reader, row, running)


def _windows(
    chat: NewsChat, reader: TrainedReader, row: Row, running: dict[str, str]
) -> Iterator[Window]:
    """Sentences with their neighbours, best first, none of them twice."""
    found = [p for p in chat.search(row["question"], limit=FOUND) if known(p, row, running)]
    seen: set[tuple[str, int]] = set()
    left = {True: YES, False: NO}
    for span in reader.score(row["question"], found[:READ]):
        article = span.passage.article
        borders = sentences_of(span.passage)
        place = borders.index((span.start, span.end))
        near = borders[max(0, place - 1) : place + 2]
        quotes = row["quotes"] if article.id in row["articles"] else ()
        answers = bool(answering(near, article.text, quotes))
        if (article.id, span.start) in seen or not left[answers]:
            continue
        left[answers] -= 1
        seen.update((article.id, start) for start, _ in near)
        yield Window(row["question"], make_header(article), tuple(with_neighbours(span)), answers)
        if not left[False] and (not left[True] or not row["answerable"]):
            return


def train(windows: Sequence[Window], start: Path, out: Path, plan: Plan) -> VerifyingModel:
    """Train from the encoder of the reading model `start` and write the weights to `out`."""
    torch.manual_seed(plan.seed)
    encoder, model, reader = Encoder(), VerifyingModel(), ReadingModel()
    reader.load(start)
    quicken(model.encoder, plan.seed)
    model.encoder.load_state_dict(reader.encoder.state_dict())
    model.train()
    rows = [(encoder.encode(p.question, p.header, p.sentences), float(p.answers)) for p in windows]
    body = [p for p in model.encoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": plan.rate}, {"params": model.yes.parameters(), "lr": HEAD_RATE}],
        weight_decay=0.01,
    )
    chance = random.Random(plan.seed)
    parts = [part for _ in range(plan.epochs) for part in _batches(rows, plan.batch, chance)]
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(1.0, step / (WARM * len(parts))) * max(0.0, 1 - step / len(parts)),
    )
    began, mean = time.time(), 0.0
    for step, part in enumerate(parts, start=1):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = model(*collate([encoded for encoded, _ in part])[:3])
        right = torch.tensor([label for _, label in part])
        loss = binary_cross_entropy_with_logits(scores.float(), right)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        now = float(loss.detach())
        mean = 0.98 * mean + 0.02 * now if step > 1 else now
        if step % PRINT == 0:
            print(f"{step}/{len(parts)} loss {mean:.3f} {time.time() - began:.0f}s", flush=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    model.save(out)
    return model


def _batches(
    rows: Sequence[Labelled], size: int, chance: random.Random
) -> Iterator[Sequence[Labelled]]:
    """Rows of like length together, batches in random order."""
    ordered = sorted(rows, key=lambda row: len(row[0][0]) + chance.random() * 16)
    parts = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    chance.shuffle(parts)
    yield from parts


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder of the reader's weights")
    parser.add_argument("--home", type=Path, required=True, help="where train.py made libraries")
    given = parser.parse_args()
    windows: list[Window] = []
    for home, questions, running in (
        (given.home / "stories", FOLDER / "questions.jsonl", {}),
        (given.home, BRIEFS, running_stories()),
    ):
        with NewsChat.open(home, reader="plain", chroma_url="") as chat:
            reader = TrainedReader(chat.library.embedder, given.model)
            windows += liked(chat, reader, questions, running)
    print(f"{len(windows)} windows, {sum(w.answers for w in windows)} of which answer", flush=True)
    train(windows, given.model / "model.safetensors", given.model / "verifier.safetensors", PLAN)


if __name__ == "__main__":
    main()
