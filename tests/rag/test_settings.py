"""Settings from the environment: a slip is named, what belongs to others is left alone."""

import pytest

from corpus.errors import SettingsError
from rag.settings import load


def test_an_unknown_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVNEWS_TRESHOLD", "0.5")
    with pytest.raises(SettingsError, match="EVNEWS_TRESHOLD: no such setting"):
        load()


def test_the_pages_password_and_the_tests_own_variables_are_no_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EVNEWS_AUTH", "ann:secret")
    monkeypatch.setenv("EVNEWS_TEST_GGUF", "model.gguf")
    monkeypatch.setenv("EVNEWS_THRESHOLD", "0.5")
    assert load().threshold == 0.5
