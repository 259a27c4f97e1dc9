"""Repositories as people have them, written to a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def lay(root: Path, files: Mapping[str, str]) -> Path:
    """Write ``files`` (path → text) below ``root`` and return it."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


MONOREPO = {
    "compose.yaml": """\
services:
  shop:
    build: ./web
  worker:
    build: {context: ., dockerfile: web/Dockerfile}
  brain:
    build:
      context: ml
      dockerfile: Dockerfile.gpu
  db:
    image: postgres:17
""",
    "web/requirements.in": "django>=4\ngunicorn\n",
    "web/requirements.txt": "django==4.2.1\ngunicorn==22.0\nasgiref==3.8\n",
    "web/requirements-dev.txt": "pytest\n",
    "web/Dockerfile": "ARG V=3.11\nFROM python:${V}-slim\nCOPY . .\n",
    "ml/pyproject.toml": """\
[project]
name = "recommender"
version = "1"
requires-python = ">=3.10"
dependencies = ["torch>=2", "transformers"]
""",
    "ml/Dockerfile.gpu": "FROM --platform=linux/amd64 reg.example/python:3.10.4-bookworm AS run\n",
    "docs/requirements.txt": "sphinx\n",
    "node_modules/x/requirements.txt": "left-pad\n",
    ".venv/requirements.txt": "hidden\n",
}

UV_WORKSPACE = {
    "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
    "uv.lock": 'version = 1\nrequires-python = ">=3.12"\n\n[manifest]\nmembers = ["api", "rag"]\n'
    '\n[[package]]\nname = "api"\nversion = "1"\nsource = { virtual = "packages/api" }\n'
    '\n[[package]]\nname = "rag"\nversion = "1"\nsource = { virtual = "packages/rag" }\n',
    "packages/api/pyproject.toml": '[project]\nname = "api"\nversion = "1"\n'
    'requires-python = ">=3.12"\ndependencies = ["fastapi", "uvicorn"]\n',
    "packages/rag/pyproject.toml": '[project]\nname = "rag"\nversion = "1"\n'
    'dependencies = ["langchain", "openai"]\n',
}

POETRY = {
    "src/shop/__init__.py": "",
    "pyproject.toml": """\
[tool.poetry]
name = "shop"
version = "1.0"
description = ""
authors = []

[tool.poetry.dependencies]
python = "^3.11"
flask = "^3.0"

[tool.poetry.group.dev.dependencies]
pytest = "^8"
""",
    "poetry.lock": """\
[[package]]
name = "flask"
version = "3.0.0"
description = ""
optional = false
python-versions = ">=3.8"
files = []

[metadata]
lock-version = "2.0"
python-versions = "^3.11"
content-hash = "0000000000000000000000000000000000000000000000000000000000000000"
""",
}

EXTRAS = {
    "src/shop/__init__.py": "",
    ".python-version": "3.12.4\n",
    "pyproject.toml": """\
[project]
name = "shop"
version = "1"
dependencies = ["flask"]

[project.optional-dependencies]
recommend = ["torch", "shop[data]"]
data = ["pandas"]
test = ["pytest"]

[dependency-groups]
rank = ["lightgbm", {include-group = "tables"}]
tables = ["pyarrow"]
dev = ["ruff"]
""",
}
