"""What strangers write is inert in every format of every job's report: each kind, everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import jsonschema
import pytest

from tests.report import audit_samples, digests, parity_samples, review_samples
from tests.report.digests import HOSTILE
from tests.report.every_report import JOBS, every, poisoned
from tests.report.gfm import PARSERS, shown
from tests.report.json_schemas import VALIDATORS
from tests.report.runner import commands
from tests.report.sarif_checks import read
from tests.report.test_hostile_formats import (
    ALLOWED,
    ATTRIBUTES,
    COMMAND,
    FORBIDDEN,
    SECRETS,
    messages,
)
from tests.report.test_html import Page
from tests.support import isolation_reports

REPORTS: dict[str, Any] = {
    "check": review_samples.hostile(),
    "parity": parity_samples.hostile(),
    "isolate": isolation_reports.hostile(),
    "audit": audit_samples.hostile(),
}
"""Of each job one in which every field has something."""
NOWHERE = {"img", "iframe", "object", "embed", "base", "form", "svg"}


def check_text(text: str, clean: str) -> None:
    assert not COMMAND.search(text)


def check_json(text: str, clean: str) -> None:
    assert text.isascii()
    assert not COMMAND.search(text)
    data = json.loads(text)
    validator: jsonschema.Draft202012Validator = VALIDATORS[data["job"]]
    validator.validate(data)


def check_github(text: str, clean: str) -> None:
    found = list(commands(text))
    assert len(found) == text.count("\n")
    assert {command.name for command in found} <= {"error", "warning", "notice"}
    for command in found:
        assert command.properties.keys() <= {"file", "line", "endLine", "title"}
        assert not any(COMMAND.search(line) for line in command.message.split("\n"))
        assert command.message[0].isalnum()


def check_markdown(text: str, clean: str) -> None:
    assert not list(commands(text))
    assert len(text) < 65_536 or not text.startswith("<!--")
    for parser in PARSERS:
        page = shown(text, parser)
        assert page.tags <= ALLOWED
        assert {a for a in page.attributes if a[1] != "start"} <= ATTRIBUTES
        assert page.comments == marks(clean, parser)
        assert all(link.startswith((digests.LINKS, digests.DOCS)) for link in page.links)
        assert not page.references()


@cache
def marks(text: str, parser: str) -> list[str]:
    return shown(text, parser).comments


clean_run, clean_page = cache(read), cache(Page)


def check_sarif(text: str, clean: str) -> None:
    run, plain = read(text), clean_run(clean)
    assert len(run["results"]) == len(plain["results"])
    assert run["tool"]["driver"]["rules"] == plain["tool"]["driver"]["rules"]
    assert not any("](" in message.replace("\\](", "") for message in messages(run))


def check_html(text: str, clean: str) -> None:
    page, plain = Page(text), clean_page(clean)
    assert not {name for name, _ in page.elements} & NOWHERE
    assert {name for name, _ in page.elements} <= {name for name, _ in plain.elements} | {"a", "i"}
    assert len(page.named("style")) == len(page.named("script")) == 1
    assert not [name for _, each in page.elements for name in each if name.startswith("on")]
    theirs = set(text.splitlines()) - set(clean.splitlines())  # a style sheet has ``::marker``
    assert not COMMAND.search("\n".join(theirs))


CHECKS: dict[str, Callable[[str, str], None]] = {
    "text": check_text,
    "json": check_json,
    "github": check_github,
    "markdown": check_markdown,
    "comment": check_markdown,
    "sarif": check_sarif,
    "html": check_html,
}


@cache
def clean(job: str) -> dict[str, str]:
    return every(job, REPORTS[job])


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("kind", [kind for kind in HOSTILE if kind != "long-symbols"])
def test_every_text_of_every_report(kind: str, job: str) -> None:
    for form, text in every(job, poisoned(REPORTS[job], HOSTILE[kind])).items():
        assert not FORBIDDEN.search(text), form
        assert not any(secret in text for secret in SECRETS), form
        text.encode()
        CHECKS[form](text, clean(job)[form])
