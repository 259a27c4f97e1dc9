"""The pairs that are measured: real projects, as core and AI teams state them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Case:
    """Lines by component, in order. ``outcome`` is what every tool should say."""

    name: str
    components: Mapping[str, tuple[str, ...]]
    outcome: Literal["satisfiable", "unsatisfiable"]

    def write(self, folder: Path) -> dict[str, Path]:
        """Write one requirements file for each component."""
        folder.mkdir(parents=True, exist_ok=True)
        files = {name: folder / f"{name}.txt" for name in self.components}
        for name, path in files.items():
            path.write_text("".join(f"{line}\n" for line in self.components[name]))
        return files

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for lines in self.components.values() for line in lines)


SHOP = (
    "django>=4.2,<5",
    "djangorestframework",
    "celery[redis]",
    "requests",
    "gunicorn",
    "psycopg[binary]",
    "sentry-sdk",
    "pillow",
)

CASES = (
    Case(
        "agents",
        {
            "core": (*SHOP, "boto3", "django-storages"),
            "ai": ("openai", "langchain", "langchain-openai", "tiktoken", "pandas"),
        },
        "satisfiable",
    ),
    Case(
        "search",
        {
            "core": ("fastapi", "uvicorn[standard]", "sqlalchemy>=2", "alembic", "pydantic<2.10"),
            "ai": ("transformers<5", "sentence-transformers", "qdrant-client"),
        },
        "satisfiable",
    ),
    Case(
        "forecast",
        {
            "core": ("flask", "flask-login", "sqlalchemy<2.1", "numpy<2", "redis"),
            "ai": ("scikit-learn", "pandas", "statsmodels", "mlflow"),
        },
        "satisfiable",
    ),
    Case("kubernetes-boto3", {"core": ("kubernetes",), "ai": ("boto3",)}, "satisfiable"),
    Case("boto3-kubernetes", {"core": ("boto3",), "ai": ("kubernetes",)}, "satisfiable"),
    Case(
        "pydantic",
        {"core": (*SHOP, "pydantic<2"), "ai": ("langchain>=0.3", "openai")},
        "unsatisfiable",
    ),
    Case(
        "five",
        {
            "core": ("django>=4.2,<5", "pydantic<2", "packaging<23.2", "numpy<1.24"),
            "ai": ("langchain>=0.3,<0.4", "langchain-community>=0.3.25"),
        },
        "unsatisfiable",
    ),
    Case(
        "telemetry",
        {
            "core": ("django>=4.2,<5", "opentelemetry-api>=1.30"),
            "observability": ("opentelemetry-exporter-otlp>=1.20",),
            "ai": ("protobuf<5", "openai"),
        },
        "unsatisfiable",
    ),
    Case(
        "vllm",
        {
            "core": ("django>=4.2,<5", "numpy<1.24", "pydantic<2.8"),
            "ai": ("vllm", "ray[serve]"),
        },
        "satisfiable",
    ),
    Case(
        "vllm-new",
        {
            "core": ("django>=4.2,<5", "numpy<1.24", "pydantic<2.8"),
            "ai": ("vllm>=0.8", "ray[serve]"),
        },
        "unsatisfiable",
    ),
    Case(
        "tensorflow",
        {"core": ("django>=4.2,<5", "protobuf<4", "requests"), "ai": ("tensorflow>=2.20",)},
        "unsatisfiable",
    ),
)

BY_NAME = {case.name: case for case in CASES}
