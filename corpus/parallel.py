"""Work in threads whose results come back in order."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import zip_longest
from typing import TypeVar

WORKERS = 8
Job = TypeVar("Job")
Done = TypeVar("Done")


def each_in_order(
    jobs: Sequence[Job], host: Callable[[Job], str], work: Callable[[Job], Done]
) -> Iterator[tuple[Job, Done]]:
    """Work on jobs in threads; started host by host in turn, given back in their own order.

    Stops starting new ones when the caller stops asking or an exception comes.
    """
    queues: dict[str, list[int]] = {}
    for number, job in enumerate(jobs):
        queues.setdefault(host(job), []).append(number)
    with ThreadPoolExecutor(WORKERS, "update") as pool:
        futures: dict[int, Future[Done]] = {}
        try:
            for turn in zip_longest(*queues.values()):
                for number in turn:
                    if number is not None:
                        futures[number] = pool.submit(work, jobs[number])
            for number, job in enumerate(jobs):
                yield job, futures.pop(number).result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
