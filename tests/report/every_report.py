"""Reports of all jobs in all formats, and any of them with a stranger's text in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from depcheck.model.walls import Guardrail
from depcheck.report.digest import Context, Digest
from depcheck.report.digests.audit import digest_audit
from depcheck.report.digests.check import digest_check
from depcheck.report.digests.isolation import digest_isolation
from depcheck.report.digests.parity import digest_parity
from depcheck.report.github import render_github
from depcheck.report.html.page import render_html
from depcheck.report.json import audit as json_audit
from depcheck.report.json import check as json_check
from depcheck.report.json import isolation as json_isolation
from depcheck.report.json import parity as json_parity
from depcheck.report.markdown.comment import render_comment
from depcheck.report.markdown.summary import render_markdown
from depcheck.report.sarif.log import render_sarif
from depcheck.report.text import audit as text_audit
from depcheck.report.text import check as text_check
from depcheck.report.text import isolation as text_isolation
from depcheck.report.text import parity as text_parity
from tests.report.digests import DOCS, LINKS

T = TypeVar("T")

CONTEXT = Context(prefix="shop/", links=LINKS, docs=DOCS, command=("depcheck", "check"))
DIGESTED: dict[str, Callable[[Digest], str]] = {
    "github": render_github,
    "markdown": render_markdown,
    "comment": render_comment,
    "sarif": render_sarif,
    "html": render_html,
}
FORMATS = ("text", "json", *DIGESTED)


@dataclass(frozen=True)
class Job:
    """How the report of a job is told."""

    name: str
    digest: Callable[..., Digest]
    json: Callable[..., str]
    text: Callable[..., str]
    suppresses: bool = True


JOBS = {
    job.name: job
    for job in (
        Job("check", digest_check, json_check.render, text_check.render),
        Job("parity", digest_parity, json_parity.render_parity, text_parity.render_parity, False),
        Job(
            "isolate",
            digest_isolation,
            json_isolation.render_isolation_json,
            text_isolation.render_isolation,
        ),
        Job("audit", digest_audit, json_audit.render_audit_json, text_audit.render_audit),
    )
}


def told(job: str, report: Any, form: str, *, fail_on: str = "warning", width: int = 100) -> str:
    """Return a report in a format, with everything in it that may be told."""
    how = JOBS[job]
    if form == "text":
        more = {"show_suppressed": True} if how.suppresses else {}
        return how.text(
            report, width=width, colour=False, unicode=True, verbose=True, prefix="shop/", **more
        )
    if form == "json":
        return how.json(report, root="shop/", fail_on=fail_on)
    return DIGESTED[form](how.digest(report, CONTEXT, fail_on=fail_on))


def every(job: str, report: Any, *, fail_on: str = "warning") -> dict[str, str]:
    """Return a report in all formats, as ``told`` does, digested once."""
    digest = JOBS[job].digest(report, CONTEXT, fail_on=fail_on)
    plain = {form: told(job, report, form, fail_on=fail_on) for form in ("text", "json")}
    return plain | {form: render(digest) for form, render in DIGESTED.items()}


_OURS = {"rule", "kind", "role", "revision", "kept", "idle"}
"""Fields that no stranger writes, beside those of a few words."""


def poisoned(value: T, text: str) -> T:
    """Return ``value`` (a report, or what is in one) with ``text`` in all that strangers write."""
    found: Any = value
    if isinstance(found, str):
        found = text
    elif isinstance(found, tuple):
        found = tuple(poisoned(item, text) for item in found)
    elif isinstance(found, Mapping):
        found = {poisoned(key, text): poisoned(item, text) for key, item in found.items()}
    elif is_dataclass(found) and not isinstance(found, type):
        kept = _of_few_words(type(found)) | _OURS
        found = replace(
            found,
            **{
                each.name: poisoned(getattr(found, each.name), text)
                for each in fields(found)
                if each.name not in kept
            },
        )
    return found  # type: ignore[no-any-return]  # it is what came in, by each branch


@cache
def _of_few_words(kind: type) -> frozenset[str]:
    """Return the fields whose words are fixed (``Literal``)."""
    fixed = {name for name, hint in get_type_hints(kind).items() if _is_fixed(hint)}
    return frozenset(fixed | {"name"} if kind is Guardrail else fixed)


def _is_fixed(hint: Any) -> bool:
    return get_origin(hint) is Literal or any(_is_fixed(part) for part in get_args(hint))
