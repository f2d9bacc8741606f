"""The import contract of pyproject.toml holds, and Gradio, Chroma and tiktoken stay in place."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from setuptools import find_namespace_packages

ROOT = Path(__file__).parent.parent


def test_imports_run_one_way() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("gradio", r"app/"),
        ("chromadb", r"rag/chroma\.py|evals/(speed|plain)\w*\.py"),
        ("tiktoken", r"rag/tokens\.py"),
    ],
)
def test_a_library_is_imported_only_in_its_room(library: str, allowed: str) -> None:
    pattern = re.compile(rf"^\s*(?:import|from) {library}\b", re.MULTILINE)
    users = [
        path.relative_to(ROOT).as_posix()
        for room in ("corpus", "rag", "app", "evals")
        for path in (ROOT / room).rglob("*.py")
        if pattern.search(path.read_text("utf-8"))
    ]
    assert users, f"nobody imports {library}: the rule is out of date"
    assert all(re.match(allowed, user) for user in users), users


def test_what_is_installed_goes_without_the_training() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found = find_namespace_packages(str(ROOT), **settings["tool"]["setuptools"]["packages"]["find"])
    assert {"corpus", "rag", "app", "evals"} <= set(found)
    assert [name for name in found if name.startswith("evals.train")] == []
    users = [
        path.relative_to(ROOT).as_posix()
        for name in found
        for path in (ROOT / name.replace(".", "/")).glob("*.py")
        if "evals.train" in path.read_text("utf-8")
    ]
    assert users == [], "they would fail where the training is left out"
