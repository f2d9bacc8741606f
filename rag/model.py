"""The chat model that `EVNEWS_LLM` names, opened and tried as far as that costs nothing.

`provider:model` goes to LangChain's `init_chat_model`; with `EVNEWS_LLM_URL` it is any
OpenAI-compatible server (vLLM, llama.cpp, LM Studio); `gguf:PATH` runs in this process. Keys come
from the environment alone, under the names that each provider gives them.
"""

import importlib.util
import os
import re
import socket
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel

from corpus.errors import ModelError
from rag.settings import Settings

PROBE_SECONDS = 2.0
RETRIES = 2

# Provider -> the package, the extra that brings it, and the variables that may hold its key.
PROVIDERS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "openai": ("langchain_openai", "openai", ("OPENAI_API_KEY",)),
    "anthropic": ("langchain_anthropic", "anthropic", ("ANTHROPIC_API_KEY",)),
    "google_genai": ("langchain_google_genai", "google", ("GOOGLE_API_KEY", "GEMINI_API_KEY")),
    "ollama": ("langchain_ollama", "ollama", ()),
}
ALIASES = {"google": "google_genai", "gemini": "google_genai"}

SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.I)
SECRET_FORM = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|hf|ghp|lsv2)[-_][A-Za-z0-9_-]{8,}[A-Za-z0-9_*-]*|\bAIza[\w-]{20,}"
    r"|(?<=Bearer )\S+|(?<=://)[^/@\s]+(?=@)|(?<=[?&]key=)[^&\s]+",
)


def open_model(settings: Settings) -> BaseChatModel:
    """The chat model of the settings. Raises ModelError in one line with the remedy.

    A server is only asked for a connection, a key is only looked for; neither is used.
    """
    name = settings.llm.strip()
    if not name:
        raise ModelError("no chat model is set; set EVNEWS_LLM=provider:model or gguf:PATH")
    if name.startswith("gguf:"):
        from rag.gguf import open_gguf

        path = Path(name.removeprefix("gguf:")).expanduser()
        return open_gguf(path, settings.evidence_tokens)
    provider, model = _split(name, bool(settings.llm_url))
    url = settings.llm_url or None
    _check_package(provider)
    key = _key(provider, needed=url is None)
    if url or provider == "ollama":
        _check_server(url or ollama_url(), name)
    try:
        options = _options(provider, url, key, settings.llm_seconds)
        opened: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:
        package = f"langchain-{provider.replace('_', '-')}"
        raise ModelError(f"{name} needs another package; run: pip install {package}") from error
    except Exception as error:  # each provider has its own errors for a wrong configuration
        raise ModelError(f"{name} can't be opened: {one_line(error)}; check EVNEWS_LLM") from None
    return opened


def ollama_url() -> str:
    """Where Ollama listens. In OLLAMA_HOST a host alone means its usual port, as Ollama has it."""
    host = os.environ.get("OLLAMA_HOST", "").strip().rstrip("/") or "127.0.0.1"
    if "://" in host:
        return host
    return f"http://{host}" if re.search(r":\d*$", host) else f"http://{host}:11434"


def label(settings: Settings) -> str:
    """The model's name as it may be shown: for a file its name without the folder."""
    kind, _, rest = settings.llm.partition(":")
    return f"gguf:{Path(rest).name}" if kind == "gguf" else redact(settings.llm)


def redact(text: str) -> str:
    """`text` with every key blotted out: values of the environment's secrets, and their forms."""
    for variable, value in os.environ.items():
        if len(value) >= 8 and SECRET_NAME.search(variable):
            text = text.replace(value, "***")
    return SECRET_FORM.sub("***", text)


def one_line(error: BaseException) -> str:
    """What an error says, on one line of at most 200 characters, without keys."""
    text = " ".join(redact(str(error)).split()) or type(error).__name__
    return text if len(text) <= 200 else text[:200].rsplit(" ", 1)[0] + " ..."


def _split(name: str, has_url: bool) -> tuple[str, str]:
    """Provider and model. With a URL a bare name is a model of an OpenAI-compatible server."""
    provider, colon, model = name.partition(":")
    provider = ALIASES.get(provider.lower(), provider.lower().replace("-", "_"))
    if has_url and (not colon or provider not in PROVIDERS):
        return "openai", name  # model names such as `qwen2.5:7b` hold a colon of their own
    if not colon or not model:
        raise ModelError(f"EVNEWS_LLM={name}: write it as provider:model, or as gguf:PATH")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", provider):
        raise ModelError(f"EVNEWS_LLM={name}: no such provider; known are {', '.join(PROVIDERS)}")
    return provider, model


def _check_package(provider: str) -> None:
    if provider not in PROVIDERS:
        return
    package, extra, _ = PROVIDERS[provider]
    try:
        found = importlib.util.find_spec(package) is not None
    except ValueError:  # present in sys.modules without a spec
        found = False
    if not found:
        raise ModelError(f"{provider} needs an extra; run: pip install 'ev-news-chat[{extra}]'")


def _key(provider: str, *, needed: bool) -> str | None:
    names = PROVIDERS.get(provider, ("", "", ()))[2]
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    if names and needed:
        raise ModelError(f"{provider} needs a key; set {names[0]} in the environment")
    return None


def _check_server(url: str, name: str) -> None:
    """Open a connection and close it. Not tried behind a proxy, which would answer itself."""
    parts = urlsplit(url)
    shown = redact(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if parts.scheme not in ("http", "https") or not host:
        raise ModelError(f"EVNEWS_LLM_URL={shown}: write it as http://host:port/v1")
    if parts.scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(host):
        return
    try:
        address = (host, port or (443 if parts.scheme == "https" else 80))
        socket.create_connection(address, PROBE_SECONDS).close()
    except OSError:
        raise ModelError(
            f"{shown} doesn't answer; start the server of {name} or change the address"
        ) from None


def _options(provider: str, url: str | None, key: str | None, seconds: float) -> dict[str, Any]:
    """What the provider's client takes: address, key, time limit, retries.

    The temperature is set for servers of one's own only: some hosted models refuse any.
    """
    options: dict[str, Any] = {}
    if url:
        options |= {"base_url": url, "temperature": 0.0}
        if provider == "openai":
            options["api_key"] = key or "none"  # its client insists on one
    if provider == "ollama":
        options |= {"temperature": 0.0, "client_kwargs": {"timeout": seconds}}
    elif provider in PROVIDERS:
        options |= {"max_retries": RETRIES, "timeout": seconds}
    return options
