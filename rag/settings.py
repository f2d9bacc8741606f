"""Every setting in one place; each can be given as EVNEWS_NAME or in Python.

An unknown key is refused, in Python and in the environment, so that a typing error can't pass
for a default.
"""

import os
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus.errors import SettingsError

PREFIX = "EVNEWS_"
# Not settings of a library: read by `evnews start`, and by the tests.
FOREIGN = ("EVNEWS_AUTH", "EVNEWS_TEST_")


def default_home() -> Path:
    """The platform's folder for a user's data."""
    return Path(platformdirs.user_data_dir("evnews", appauthor=False))


class Settings(BaseSettings):
    """Settings with their defaults; see each field's description."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    home: Path = Field(default_factory=default_home, description="folder of the library")
    embedding: str = Field(
        "all-MiniLM-L6-v2", description="sentence-transformers model, by name or path"
    )
    precision: Literal["auto", "bf16", "fp32"] = Field(
        "auto", description="number format of the models; auto takes bf16 where the CPU has it"
    )
    reranker: str = Field("", description="sentence-transformers CrossEncoder by name or path")
    reader: str = Field("", description="reader: empty for the shipped one, 'plain', or a path")
    chroma_url: str = Field("", description="a Chroma server (http://host:port) for the vectors")
    chunk_tokens: int = Field(
        400, ge=40, le=4000, description="most tokens of a chunk; the model's window cuts sooner"
    )
    candidates: int = Field(100, ge=10, le=5000, description="candidates from each index")
    passages: int = Field(12, ge=1, le=100, description="passages that are read for an answer")
    per_article: int = Field(3, ge=1, description="most passages of one article")
    threshold: float = Field(0.64, ge=0, le=1, description="least p_answered for an answer")
    half_life_days: float = Field(
        120.0, gt=0, description="days in which an article's newness halves, for 'latest'"
    )
    stale_days: int = Field(90, ge=1, description="age from which evidence counts as stale")
    llm: str = Field("", description="chat model: provider:model or gguf:PATH; empty for none")
    llm_url: str = Field("", description="base URL of an OpenAI-compatible server")
    evidence_tokens: int = Field(600, ge=100, description="most tokens of evidence in a prompt")
    llm_seconds: float = Field(60.0, gt=0, description="time limit for a written answer")
    show_dropped: bool = Field(False, description="show unsupported sentences struck through")
    contact: str = Field("", description="address or e-mail that publishers see when asked")
    pause_seconds: float = Field(1.0, ge=0, description="pause between requests to one host")
    allow_private: bool = Field(False, description="allow addresses of the local network")


def load(**given: object) -> Settings:
    """Settings from the environment and what is `given` (which wins; None means not given).

    Raises SettingsError in one line for an unknown or impossible value.
    """
    names = set(Settings.model_fields)
    for variable in os.environ:
        if not variable.startswith(PREFIX) or variable.startswith(FOREIGN):
            continue
        if variable.removeprefix(PREFIX).lower() not in names:
            raise SettingsError(
                f"{variable}: no such setting; the settings are "
                + ", ".join(PREFIX + name.upper() for name in sorted(names))
            )
    try:
        settings = Settings(**{key: v for key, v in given.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise SettingsError(
            f"setting {name}: {first['msg'].lower()}; correct or remove it"
        ) from error
    return settings.model_copy(update={"home": settings.home.expanduser()})
