"""Train the reader: `python -m evals.train.train --squad F --selqa F F --clapnq F F --out DIR`.

Four stages. The first reads one passage at a time; the second several passages of a question at
once (evals/train/groups.py); the third does so on what a search brings
(evals/train/stories.py), and the fourth does that again, slower. Repeatable: the seed fixes data order, dropout and initial heads (bf16
sums may still differ in the last bits between machines).

On Linux `MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000` makes it about
twice as fast and twice as large (24 GB): batches come in ever new shapes, and their memory is then
not given back page by page.
"""

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.functional import log_softmax

from corpus.article import Article
from evals.train.data import Example, clapnq, held_out, mixed, pairs, selqa, squad
from evals.train.groups import Group, grouped, with_noes
from evals.train.quick import quicken
from evals.train.stories import briefs, running_stories, stories
from rag import NewsChat
from rag.network import Encoded, Encoder, collate
from rag.reading_model import ReadingModel

SEED = 7
BATCH = 32  # passages
CUT = 0.35  # share of answered passages given again without their answer
FOUND = 3  # passages from other stories that a search brings for a question about the digest
OTHERS = {"squad2": 1, "selqa": 2, "clapnq": 2}  # further passages a question, by set


@dataclass(frozen=True, slots=True)
class Stage:
    """How long and how fast to train; rates are for the layers and for the two heads."""

    epochs: int
    rate: float
    head_rate: float


STAGES = ("alone", "together", "stories", "again")
ALONE = Stage(2, 6e-5, 1e-3)
TOGETHER = Stage(1, 5e-5, 3e-4)
STORIES = Stage(2, 5e-5, 3e-4)
AGAIN = Stage(1, 3e-5, 2e-4)

Row = tuple[Encoded, frozenset[int]]


def gather(arguments: argparse.Namespace) -> list[Example]:
    """All examples but those of the held-out articles."""
    found: list[Example] = [*squad(arguments.squad)] if arguments.squad else []
    for path in arguments.selqa:
        found += selqa(path)
    for path in arguments.clapnq:
        found += clapnq(path)
    train = [e for e in found if not held_out(e.article)]
    if arguments.pairs:
        train += _digest(arguments.pairs, arguments.home)
    return train


def _digest(path: Path, home: Path) -> list[Example]:
    """Examples over the digest; a search in its own library brings the passages that don't answer."""
    with NewsChat.open(home, chroma_url="") as chat:
        if not chat.summary().articles:
            chat.ingest_digest()
        articles: dict[str, Article] = {a.id: a for a in chat.store.articles()}
        running = running_stories()
        others: dict[str, list[tuple[str, int, int]]] = {}
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            found = chat.search(row["question"], limit=12)
            others[row["question"]] = [
                (p.article.id, p.start, p.end)
                for p in found
                if running.get(p.article.id) != running.get(row["article"])
            ][:FOUND]
        return list(pairs(path, articles, others))


def all_groups(examples: Sequence[Example]) -> list[Group]:
    """Groups of every set, each set among its own passages."""
    sets: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        sets[example.origin.partition("-")[0]].append(example)
    found = [g for name, own in sorted(sets.items()) for g in grouped(own, OTHERS.get(name, FOUND))]
    return with_noes(found, CUT, SEED)


def encode(groups: Sequence[Group], encoder: Encoder) -> list[list[Row]]:
    """The groups as token ids; an answer beyond what the network reads is no answer."""
    data = []
    for group in groups:
        rows = []
        for example in group:
            encoded = encoder.encode(example.question, example.header, example.sentences)
            if encoded[2]:
                answers = frozenset(i for i in example.answers if i < len(encoded[2]))
                rows.append((encoded, answers))
        if rows:
            data.append(rows)
    return data


def batches(groups: Sequence[list[Row]], chance: random.Random) -> Iterator[list[list[Row]]]:
    """Batches of about `BATCH` passages of like length, in random order."""

    def length(group: list[Row]) -> float:
        return max(len(encoded[0]) for encoded, _ in group) + chance.random() * 24

    parts: list[list[list[Row]]] = [[]]
    for group in sorted(groups, key=length):
        if sum(map(len, parts[-1])) + len(group) > BATCH and parts[-1]:
            parts.append([])
        parts[-1].append(group)
    chance.shuffle(parts)
    yield from parts


def loss_of(scores: torch.Tensor, answers: Sequence[frozenset[int]]) -> torch.Tensor:
    """Minus the log of the probability that falls on the right choices, passage by passage."""
    logs = log_softmax(scores.float(), dim=1)
    return -torch.logsumexp(logs.masked_fill(~_right(logs, answers), -1e4), dim=1).mean()


def shared_loss(
    scores: torch.Tensor, answers: Sequence[frozenset[int]], sizes: Sequence[int]
) -> torch.Tensor:
    """The same over all sentences of a group; `sizes` are passages in each group.

    A sentence's log-odds against its own passage's "none" is its logit, 0 that of "no passage".
    """
    scores = scores.float()
    right = _right(scores, answers)
    odds = scores[:, 1:] - scores[:, :1]
    losses = []
    start = 0
    for size in sizes:
        own, wanted = odds[start : start + size], right[start : start + size, 1:]
        logits = torch.cat([own.new_zeros(1), own.flatten()])
        hits = torch.cat([(~wanted.any()).reshape(1), wanted.flatten()])
        logs = log_softmax(logits, dim=0)
        losses.append(-torch.logsumexp(logs.masked_fill(~hits, -1e4), dim=0))
        start += size
    return torch.stack(losses).mean()


def _right(scores: torch.Tensor, answers: Sequence[frozenset[int]]) -> torch.Tensor:
    """Mask of the right choices; the first column stands for "none"."""
    wanted = torch.zeros_like(scores, dtype=torch.bool)
    for row, found in enumerate(answers):
        wanted[row, [i + 1 for i in found] or [0]] = True
    return wanted


def fit(model: ReadingModel, groups: Sequence[list[Row]], stage: Stage, out: Path) -> None:
    """Train for one stage and save the weights after each epoch."""
    torch.manual_seed(SEED)  # a stage run by itself must equal the same one in a row
    print(f"{len(groups)} questions, {sum(map(len, groups))} passages", flush=True)
    heads = [*model.none.parameters(), *model.sentence.parameters()]
    body = [p for p in model.encoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": stage.rate}, {"params": heads, "lr": stage.head_rate}],
        weight_decay=0.01,
    )
    chance = random.Random(SEED)
    epochs = [list(batches(groups, chance)) for _ in range(stage.epochs)]
    steps = sum(map(len, epochs))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1.0, s / (0.06 * steps)) * max(0.0, 1 - s / steps)
    )
    began, step, mean = time.time(), 0, 0.0
    for epoch, parts in enumerate(epochs):
        for part in parts:
            rows = [row for group in part for row in group]
            answers = [right for _, right in rows]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores = model(*collate([encoded for encoded, _ in rows]))
            loss = loss_of(scores, answers)
            if any(len(group) > 1 for group in part):
                loss = 0.5 * loss + shared_loss(scores, answers, [len(group) for group in part])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            now = float(loss.detach())
            mean = 0.98 * mean + 0.02 * now if step > 1 else now
            if step % 20 == 0:
                spent = time.time() - began
                print(f"{epoch} {step}/{steps} loss {mean:.3f} {spent:.0f}s", flush=True)
        out.mkdir(parents=True, exist_ok=True)
        model.save(out / "model.safetensors")


def train(arguments: argparse.Namespace) -> None:
    """Train the `--stages`, in order, and save weights to `--out`."""
    torch.manual_seed(SEED)
    torch.set_num_threads(arguments.threads)
    examples = gather(arguments)
    encoder, model = Encoder(), ReadingModel()
    quicken(model.encoder, SEED)
    model.train()
    if arguments.start:
        model.load(arguments.start / "model.safetensors")
    if "alone" in arguments.stages:
        alone: list[Group] = [(example,) for example in mixed(examples, CUT, SEED)]
        fit(model, encode(alone, encoder), ALONE, arguments.out)
    if "together" in arguments.stages:
        fit(model, encode(all_groups(examples), encoder), TOGETHER, arguments.out)
    asked = {"stories": STORIES, "again": AGAIN}
    if asked.keys() & set(arguments.stages):
        told = list(stories(arguments.home / "stories"))
        starter = list(briefs(arguments.home, running_stories()))
        groups = with_noes(told, CUT, SEED) + with_noes(starter, CUT, SEED)
        data = encode(groups, encoder)
        for name, stage in asked.items():
            if name in arguments.stages:
                fit(model, data, stage, arguments.out)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path)
    parser.add_argument("--selqa", type=Path, nargs="*", default=[])
    parser.add_argument("--clapnq", type=Path, nargs="*", default=[])
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--home", type=Path, required=True, help="where libraries are made")
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=list(STAGES))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
