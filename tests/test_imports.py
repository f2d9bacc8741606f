"""The import contract of pyproject.toml holds, and Gradio, Chroma and tiktoken stay in place."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_imports_run_one_way() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("gradio", r"app/"),
        ("chromadb", r"rag/index\.py|evals/(speed|plain)\w*\.py"),
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
