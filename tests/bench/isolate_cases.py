"""Components to divide: real projects, with conflicts planted between twos and threes.

``count`` is the number of containers that is right, ``threes`` are sets that cannot share
although every two of them can.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.cases import SHOP, Case


@dataclass(frozen=True, slots=True)
class Division:
    """A case (lines by component, the core first) and what is right about it."""

    case: Case
    count: int
    threes: tuple[frozenset[str], ...] = ()


def _three(*names: str) -> frozenset[str]:
    return frozenset(names)


TWO = (
    Division(
        Case("two-healed", {"core": SHOP, "ai": ("openai", "tiktoken", "pandas")}, "satisfiable"), 1
    ),
    Division(
        Case(
            "two-pydantic",
            {"core": (*SHOP, "pydantic<2"), "ai": ("langchain>=0.3", "openai")},
            "unsatisfiable",
        ),
        2,
    ),
)

_TWELVE = {
    "core": ("django>=4.2,<5", "djangorestframework", "celery[redis]", "pydantic<2"),
    "admin": ("django>=5.1", "django-storages", "boto3"),
    "agents": ("langchain>=0.3,<0.4", "langchain-openai<1"),
    "billing": ("stripe", "sqlalchemy<2", "requests"),
    "reports": ("pandas>=2.2", "openpyxl", "sqlalchemy>=2"),
    # numpy: every two leave some release, the three none
    "forecast": ("scikit-learn", "numpy<2.1"),
    "features": ("numpy>=1.26", "pandas"),
    "ranking": ("numpy!=1.26.*,!=2.0.*", "scipy"),
    "telemetry": ("opentelemetry-exporter-otlp>=1.20", "protobuf<5"),
    "gateway": ("grpcio-status>=1.67", "grpcio"),
    "mail": ("jinja2", "premailer", "beautifulsoup4"),
    "search": ("elasticsearch>=8,<9", "httpx"),
}

_EIGHTEEN_MORE = {
    "legacy": ("django>=3.2,<4", "sqlalchemy>=1.4,<2"),
    # pydantic 2.10 alone has a pydantic-core within reach of all
    "schemas": ("pydantic>=2.9,<2.11", "pyyaml"),
    "engine": ("pydantic-core>=2.27", "attrs"),
    "forms": ("pydantic!=2.10.*", "email-validator"),
    # packaging, through what langchain-core allows
    "build": ("packaging<24", "setuptools"),
    "prompts": ("langchain-core>=0.3.30,<0.4",),
    "release": ("packaging!=23.2", "twine"),
    "warehouse": ("sqlalchemy>=2", "alembic", "psycopg[binary]"),
    "spans": ("opentelemetry-sdk>=1.30", "opentelemetry-exporter-otlp>=1.30"),
    "vision": ("pillow>=10", "imageio", "numpy"),
    "charts": ("matplotlib>=3.8", "seaborn"),
    "etl": ("pandas<2.2", "boto3", "s3fs"),
    "api": ("fastapi>=0.110", "uvicorn[standard]", "pydantic>=2.7"),
    "auth": ("pyjwt", "cryptography>=42", "requests"),
    "queue": ("kombu", "redis>=5"),
    "crawler": ("scrapy", "lxml", "parsel"),
    "chat": ("openai>=1.40", "tiktoken", "httpx"),
    "tables": ("polars", "openpyxl", "xlsxwriter"),
}

TWELVE = Division(
    Case("twelve", _TWELVE, "unsatisfiable"), 2, (_three("forecast", "features", "ranking"),)
)
THIRTY = Division(
    Case("thirty", {**_TWELVE, **_EIGHTEEN_MORE}, "unsatisfiable"),
    3,
    (
        _three("forecast", "features", "ranking"),
        _three("schemas", "engine", "forms"),
        _three("build", "prompts", "release"),
    ),
)
