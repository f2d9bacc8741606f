"""A GGUF file as a LangChain chat model, run in this process by llama.cpp (`xllamacpp`, MIT).

xllamacpp is an extra (`[local]`) and is imported when a file is opened.
"""

import os
import queue
import secrets
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    SystemMessage,
)
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from corpus.errors import ModelError

MAGIC = b"GGUF"
ANSWER_TOKENS = 320  # most tokens of an answer
# llama.cpp can only stop between batches; a small one costs 3 % of speed and makes a stop quick.
BATCH = 64


class ChatGGUF(BaseChatModel):
    """A chat model in this process. `context` and `max_tokens` count tokens of this model.

    Greedy (temperature 0): the same question gets the same answer. One answer is written at a
    time; a second caller waits.
    """

    path: str
    context: int = 4096
    threads: int = 1
    max_tokens: int = ANSWER_TOKENS
    _server: Any = PrivateAttr(default=None)
    _one: Any = PrivateAttr(default_factory=threading.Lock)

    def model_post_init(self, context: Any, /) -> None:
        """Load the file. Raises ModelError when llama.cpp can't."""
        super().model_post_init(context)
        self._server = _serve(self.path, self.context, self.threads)

    @property
    def _llm_type(self) -> str:
        return "gguf"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": Path(self.path).name, "context": self.context, "threads": self.threads}

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = ""
        usage: UsageMetadata | None = None
        for chunk in self._stream(messages, stop, run_manager, **kwargs):
            text += chunk.text
            if isinstance(chunk.message, AIMessageChunk):
                usage = chunk.message.usage_metadata or usage
        message = AIMessage(content=text, usage_metadata=usage)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        """Chunks as they are made. Closing the iterator stops the model at its next token."""
        request: dict[str, Any] = {
            "messages": [{"role": _role(m), "content": str(m.text)} for m in messages],
            "max_tokens": self.max_tokens,
            "temperature": 0.0,
            "stream": True,
            "stream_options": {"include_usage": True},
            "return_progress": True,  # a sign of life from each batch of the prompt, to stop at
        }
        if stop:
            request["stop"] = stop
        pieces: queue.SimpleQueue[Any] = queue.SimpleQueue()
        over = threading.Event()

        def take(chunk: Any) -> bool:
            pieces.put(chunk)
            return over.is_set()

        def work() -> None:
            try:
                with self._one:
                    if not over.is_set():
                        self._server.handle_chat_completions(request, take)
            except Exception as error:
                pieces.put(error)
            finally:
                pieces.put(None)

        threading.Thread(target=work, daemon=True, name="gguf").start()
        try:
            while (piece := pieces.get()) is not None:
                yield _chunk(piece)
        finally:
            over.set()


def _role(message: BaseMessage) -> str:
    if isinstance(message, SystemMessage):
        return "system"
    return "user" if isinstance(message, HumanMessage) else "assistant"


def _chunk(piece: Any) -> ChatGenerationChunk:
    """One piece of llama.cpp's stream. Raises ModelError for an error among them."""
    if isinstance(piece, Exception):
        raise ModelError(f"the local model failed: {piece}") from piece
    if "error" in piece:
        reason = piece["error"].get("message", "no reason given")
        raise ModelError(f"the local model failed: {reason}; lower EVNEWS_EVIDENCE_TOKENS")
    choices = piece.get("choices") or [{}]
    text = choices[0].get("delta", {}).get("content") or ""
    message = AIMessageChunk(content=text)
    if used := piece.get("usage"):
        tokens_in, tokens_out = used["prompt_tokens"], used["completion_tokens"]
        message.usage_metadata = UsageMetadata(
            input_tokens=tokens_in, output_tokens=tokens_out, total_tokens=tokens_in + tokens_out
        )
    return ChatGenerationChunk(message=message)


def open_gguf(path: Path, evidence_tokens: int = 600) -> ChatGGUF:
    """Open a model file with context and threads to suit this machine.

    Raises ModelError in one line when the file, xllamacpp or the memory is missing.
    """
    name = str(path)
    if not path.is_file():
        raise ModelError(f"{name}: no such model file; set EVNEWS_LLM=gguf:PATH to a .gguf file")
    with path.open("rb") as file:
        if file.read(4) != MAGIC:
            raise ModelError(f"{name} is no GGUF file; set EVNEWS_LLM=gguf:PATH to a .gguf file")
    size, memory = path.stat().st_size, _memory()
    if memory and size > memory:
        raise ModelError(
            f"{name} needs {size / 2**30:.1f} GB and this machine has {memory / 2**30:.1f} GB;"
            " take a smaller or more strongly quantised file"
        )
    return ChatGGUF(path=name, context=context_for(evidence_tokens), threads=threads())


def context_for(evidence_tokens: int) -> int:
    """A context that holds the rules, the evidence and the answer, as a multiple of 1,024.

    Counts of cl100k_base are taken half as high again, because other vocabularies cut finer.
    """
    needed = int(1.5 * evidence_tokens) + 700 + ANSWER_TOKENS
    return max(2048, -(-needed // 1024) * 1024)


def threads() -> int:
    """Processors that this process may use: its affinity, its container's share, OMP_NUM_THREADS."""
    try:
        most = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        most = os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        most = min(most, max(1, int(quota) // int(period)))
    with suppress(ValueError):
        most = min(most, max(1, int(os.environ.get("OMP_NUM_THREADS", most))))
    return most


def _memory() -> int:
    """Bytes of memory in this machine, 0 when that can't be told."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def _serve(path: str, context: int, threads: int) -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelError(
            "a gguf: model needs xllamacpp; run: pip install 'ev-news-chat[local]'"
        ) from error
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.n_ctx = context
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = BATCH
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = 0  # prompts differ; the one slot's own cache keeps the rules
    params.verbosity = -1  # questions and evidence stay out of the log
    params.warmup = False
    params.ui = False
    # The engine opens an HTTP port on the loopback address as well; nobody else may use it.
    params.api_keys = [secrets.token_hex(32)]
    params.endpoint_slots = params.endpoint_props = params.endpoint_metrics = False
    try:
        return xllamacpp.Server(params)
    except Exception as error:
        raise ModelError(f"{path}: llama.cpp can't load this file; fetch it anew") from error
