"""Train the reader: `python -m evals.train.train --squad F --selqa F F --clapnq F F --out DIR`.

Repeatable: the seed fixes data order, dropout and initial heads (bf16 sums may still differ in
the last bits between machines).
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch.nn.functional import log_softmax

from corpus.article import Article
from corpus.digest import FOLDER
from evals.train.data import Example, clapnq, held_out, mixed, pairs, selqa, squad
from rag import NewsChat
from rag.reading_model import Encoded, Encoder, ReadingModel, collate

SEED = 7
BATCH = 32
EPOCHS = 2
RATE, HEAD_RATE = 6e-5, 1e-3
CUT = 0.35  # share of answered passages given again without their answer
OTHERS = 2  # passages from other stories a question


def gather(arguments: argparse.Namespace) -> tuple[list[Example], list[Example]]:
    """All examples, as (for training, held out)."""
    found: list[Example] = [*squad(arguments.squad)] if arguments.squad else []
    for path in arguments.selqa:
        found += selqa(path)
    for path in arguments.clapnq:
        found += clapnq(path)
    train = [e for e in found if not held_out(e.article)]
    test = [e for e in found if held_out(e.article)]
    if arguments.pairs:
        train += _digest(arguments.pairs, arguments.home)
    return train, test


def _digest(path: Path, home: Path) -> list[Example]:
    """Examples over the digest; a search in its own library brings the passages that don't answer."""
    with NewsChat.open(home) as chat:
        if not chat.summary().articles:
            chat.ingest_digest()
        articles: dict[str, Article] = {a.id: a for a in chat.store.articles()}
        stories = _stories()
        others: dict[str, list[tuple[str, int, int]]] = {}
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            found = chat.search(row["question"], limit=10)
            others[row["question"]] = [
                (p.article.id, p.start, p.end)
                for p in found
                if stories.get(p.article.id) != stories.get(row["article"])
            ][:OTHERS]
        return list(pairs(path, articles, others))


def _stories() -> dict[str, str]:
    """Running story by brief."""
    return {
        path.stem: next(
            line.partition(":")[2].strip()
            for line in path.read_text("utf-8").splitlines()
            if line.startswith("story:")
        )
        for path in FOLDER.glob("*.md")
    }


def batches(
    examples: Sequence[tuple[Encoded, frozenset[int]]], chance: random.Random
) -> Iterator[list[tuple[Encoded, frozenset[int]]]]:
    """Batches of like length in random order."""
    order = sorted(
        range(len(examples)), key=lambda i: len(examples[i][0][0]) + chance.random() * 24
    )
    groups = [order[i : i + BATCH] for i in range(0, len(order), BATCH)]
    chance.shuffle(groups)
    for group in groups:
        yield [examples[i] for i in group]


def loss_of(scores: torch.Tensor, answers: Sequence[frozenset[int]]) -> torch.Tensor:
    """Minus the log of the probability that falls on the right choices."""
    logs = log_softmax(scores.float(), dim=1)
    wanted = torch.zeros_like(logs, dtype=torch.bool)
    for row, found in enumerate(answers):
        inside = [i + 1 for i in found if i + 1 < logs.shape[1]]
        wanted[row, inside or [0]] = True
    return -torch.logsumexp(logs.masked_fill(~wanted, -1e4), dim=1).mean()


def train(arguments: argparse.Namespace) -> None:
    """Train and save weights to `--out`."""
    torch.manual_seed(SEED)
    torch.set_num_threads(arguments.threads)
    kept, _ = gather(arguments)
    examples = mixed(kept, CUT, SEED)
    encoder = Encoder()
    data = [
        (encoded, example.answers)
        for example in examples
        if (encoded := encoder.encode(example.question, example.header, example.sentences))[2]
    ]
    data = [(e, frozenset(i for i in a if i < len(e[2]))) for e, a in data]
    print(f"{len(data)} passages, {sum(bool(a) for _, a in data)} of them answered", flush=True)
    model = ReadingModel()
    # Backward through fused attention in bf16 is eight times slower than written out, on a CPU.
    model.encoder.config._attn_implementation = "eager"
    heads = [*model.none.parameters(), *model.sentence.parameters()]
    body = [p for p in model.encoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01
    )
    steps = EPOCHS * (len(data) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1.0, s / (0.06 * steps)) * max(0.0, 1 - s / steps)
    )
    chance = random.Random(SEED)
    model.train()
    began, step, mean = time.time(), 0, 0.0
    for epoch in range(EPOCHS):
        for batch in batches(data, chance):
            inputs = collate([encoded for encoded, _ in batch])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores = model(*inputs)
            loss = loss_of(scores, [answers for _, answers in batch])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            mean = 0.98 * mean + 0.02 * float(loss) if step > 1 else float(loss)
            if step % 20 == 0:
                print(
                    f"{epoch} {step}/{steps} loss {mean:.3f} {time.time() - began:.0f}s", flush=True
                )
        arguments.out.mkdir(parents=True, exist_ok=True)
        model.save(arguments.out / "model.safetensors")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path)
    parser.add_argument("--selqa", type=Path, nargs="*", default=[])
    parser.add_argument("--clapnq", type=Path, nargs="*", default=[])
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
