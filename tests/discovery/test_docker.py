"""What a Dockerfile tells of the Python that is deployed."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.discovery.docker import python_of
from tests.discovery.layouts import lay


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("FROM python:3.12\n", "3.12"),
        ("from python:3.12.7-slim-bookworm@sha256:00 as base\n", "3.12.7"),
        ("FROM --platform=$BUILDPLATFORM reg.example:5000/base/python:3.11-alpine\n", "3.11"),
        ("ARG PY=3.13\nFROM python:${PY}-slim\n", "3.13"),
        ("FROM python:${PY:-3.13}\n", None),
        ("FROM node:20 AS web\nFROM python:3.10\nCOPY --from=web . .\n", "3.10"),
        ("FROM python:3.9 AS build\nFROM python:3.10\n", "3.10"),
        ("FROM python:latest\n", None),
        ("FROM python:2.7\n", None),
        ("FROM ubuntu:22.04\nRUN echo FROM python:3.12\n", None),
        ("", None),
        (f"ARG V={'x' * 100_000}\nFROM {'$V' * 100_000}\nFROM python:3.12\n", "3.12"),
    ],
)
def test_python(text: str, version: str | None, tmp_path: Path) -> None:
    lay(tmp_path, {"Dockerfile": text})
    found = python_of("Dockerfile", tmp_path)
    assert (found.value if found else None) == version
