"""Plans to write: a shop and its recommender, with what a test changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from depcheck.deployment.plan import ImagePlan, Plan, ServicePlan
from depcheck.model.isolation import Container, Gateway
from depcheck.model.target import Target

TARGET = Target(
    python="3.11.0", implementation="cpython", platform="linux/amd64", tags=(), environment={}
)


def image(name: str, *components: str) -> ImagePlan:
    container = Container(name=name, components=components or (name,), target=TARGET)
    return ImagePlan(container=container, base="reg.example/python:3.11")


def core(**given: Any) -> ServicePlan:
    return ServicePlan(**{
        "name": "web", "image": "web", "components": ("web",), "role": "core", "guarded": False,
        "command": ("gunicorn", "web:app"), "port": 8000, "health": "/healthz", **given,
    })  # fmt: skip


def ai(name: str = "recommender", **given: Any) -> ServicePlan:
    return ServicePlan(**{
        "name": name, "image": name, "components": (name,), "role": "ai", "guarded": True,
        "command": ("uvicorn", "recommender:app"), "port": 8000, "health": "/healthz", **given,
    })  # fmt: skip


def plan(*services: ServicePlan, **given: Any) -> Plan:
    """A plan of the services, with an image for each that they name."""
    services = services or (core(), ai())
    names = dict.fromkeys(service.image for service in services)
    return Plan(**{
        "project": "shop", "images": tuple(image(name) for name in names),
        "services": services, "gateway": Gateway(), "context": "..", "here": "deploy", **given,
    })  # fmt: skip


def with_gateway(**given: Any) -> Plan:
    """The shop behind a gateway whose times are short enough for a test."""
    short = Gateway(rate=500, concurrency=2, queue=1, timeout=1, errors=3, pause=1)
    return plan(gateway=replace(short, **given))
