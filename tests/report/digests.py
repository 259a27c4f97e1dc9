"""Digests of all jobs by hand, and hostile ones: any of them with a stranger's text in it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from depcheck.model.report import Base
from depcheck.model.requirement import Origin, Undetermined
from depcheck.model.review import Novelty, Suppression
from depcheck.report.digest import (
    Box,
    Cell,
    Change,
    Context,
    Cure,
    Digest,
    Entry,
    Line,
    Picture,
    Place,
    Table,
)

T = TypeVar("T")

LINKS = "https://git.example/acme/shop/blob/0123456789abcdef0123456789abcdef01234567/"
DOCS = "https://docs.example/rules.html"
CONTEXT = Context(
    prefix="shop/", links=LINKS, docs=DOCS, command=("depcheck", "check", "--base", "origin/main")
)
WEB = Place(path="shop/web/requirements.txt", line=8, text="pydantic<2", component="web")
AI = Place(path="shop/ai/requirements.txt", line=2, end=4, text="langchain>=0.3", component="ai")
CHANGES = (
    Change(place=WEB, before="pydantic<2", after="pydantic>=2.7.4"),
    Change(place=AI, before="langchain>=0.3", after=""),
)
NEW = Novelty(status="new", touched=True)

CONFLICT = Entry(
    rule="conflict-transitive",
    title="conflict through other packages",
    severity="error",
    message="web needs pydantic<2, and ai needs langchain>=0.3, which needs pydantic>=2.7.4.",
    package="pydantic",
    components=("web", "ai"),
    places=(WEB, AI),
    steps=("web needs pydantic<2", "every langchain 0.3.0 to 1.5.0 needs pydantic>=2.7.4"),
    facts=(("before", "1.10.21"),),
    remedies=("Write pydantic>=2.7.4 in web/requirements.txt:8.",),
    changes=CHANGES,
    fingerprint="c0ffee00c0ffee00",
    novelty=NEW,
)
SHIFT = Entry(
    rule="shift-major",
    title="major version shifts",
    severity="warning",
    message="pyjwt moves from 1.7.1 to 2.10.1 under web.",
    package="pyjwt",
    components=("web",),
    places=(Place(path="shop/web/requirements.txt", line=5, text="PyJWT>=1.7", component="web"),),
    remedies=("Pin pyjwt==1.7.1 in web/requirements.txt.",),
    fingerprint="51f7000051f70000",
    novelty=Novelty(status="changed", worse=True, was="pyjwt 1.7.1 → 2.8.0"),
)
KNOWN = replace(
    SHIFT,
    severity="note",
    message="boto3 moves from 1.40.0 to 1.40.1 under web.",
    package="boto3",
    fingerprint="00000000000000b0",
    novelty=Novelty(status="known"),
)
NOWHERE = Entry(
    rule="undetermined",
    title="could not be checked",
    severity="warning",
    message="The interpreter of ai could not be asked.",
    components=("ai",),
    places=(Place(path="/opt/ai/bin/python", component="ai", inside=False),),
    fingerprint="0000000000000bad",
    novelty=Novelty(status="new"),
)
SUPPRESSED = replace(
    SHIFT,
    fingerprint="000000000000d00d",
    suppression=Suppression(
        rule="shift-*",
        package="pyjwt",
        reason="the login was tested with it",
        owner="web team",
        expires=datetime.date(2027, 1, 31),
        origin=Origin(component="", path="depcheck.toml", line=12, text="[[suppress]]"),
    ),
)
BASE = Base(
    named="origin/main",
    revision="89abcdef0123456789abcdef0123456789abcdef",
    verdict="shifts",
    configuration="base",
    altered=("It adds a suppression of shift-major.",),
    notes=("What an index served then is not known.",),
)
PICTURE = Picture(
    boxes=(Box(name="web", lines=("django 4.2",), core=True), Box(name="ai")),
    lines=(
        Line(
            kind="wall",
            boxes=("web", "ai"),
            demands={"web": "pydantic<2", "ai": "pydantic>=2.7.4"},
            text="pydantic",
        ),
    ),
    text="┌─────┐ ┌────┐\n│ web │ │ ai │\n└─────┘ └────┘\n",
)
SHIFTS = Table(
    id="shifts",
    title="Shifts",
    columns=("Package", "Before", "After", "Why"),
    rows=(
        (
            Cell(text="pyjwt", code=True, place=WEB),
            Cell(text="1.7.1", code=True),
            Cell(text="2.10.1", code=True, tone="bad"),
            Cell(text="ai needs PyJWT>=2 | or a later one"),
        ),
    ),
    note="What the core has, and what it gets.",
)
GAP = Undetermined(
    subject="torch @ https://user:hunter2@files.example/torch.whl?sig=abcdef",
    reason="a URL is never fetched",
    hint="name an index",
    origin=Origin(component="ai", path="shop/ai/requirements.txt", line=9, text="torch"),
)

CHECK = Digest(
    job="check",
    version="0.1.0",
    verdict="CONFLICT",
    tone="bad",
    summary="web and ai cannot share one environment: 1 conflict.",
    advice=("To heal it, change 2 lines (or 1 other way, below).",),
    status=1,
    failing=2,
    entries=(CONFLICT, SHIFT, NOWHERE, KNOWN),
    fixed=(replace(KNOWN, fingerprint="000000000000f1ed", novelty=None),),
    suppressed=(SUPPRESSED,),
    cures=(Cure(changes=CHANGES), Cure(remark="langchain 0.2 needs no pydantic 2.")),
    picture=PICTURE,
    tables=(SHIFTS,),
    gaps=(GAP,),
    notes=("2 requests in 0.3 s.",),
    facts=(("Python", "3.11.7 on linux/amd64"), ("web", "web/requirements.txt (core)")),
    base=BASE,
    home=Place(path="shop/depcheck.toml"),
    context=CONTEXT,
)
CLEAN = Digest(
    job="check",
    version="0.1.0",
    verdict="COMPATIBLE",
    tone="good",
    summary="web and ai resolve together in 12 distributions, and nothing moves.",
)
PARITY = Digest(
    job="parity",
    version="0.1.0",
    verdict="DRIFT",
    tone="warn",
    summary="staging and production differ in 1 distribution.",
    status=1,
    failing=1,
    entries=(
        Entry(
            rule="distribution-major",
            title="another version",
            severity="error",
            message="django is 4.2.1 in staging and 4.2.9 in production.",
            package="django",
            components=("web",),
            places=(Place(path="reg.example/shop/web:1.2", inside=False),),
            fingerprint="0000000000000ace",
        ),
    ),
    home=Place(path="shop/depcheck.toml"),
)
ISOLATE = Digest(
    job="isolate",
    version="0.1.0",
    verdict="2 CONTAINERS",
    tone="plain",
    summary="web stands alone.",
    entries=(replace(CONFLICT, rule="wall-conflict", novelty=None),),
    picture=PICTURE,
)
AUDIT = Digest(
    job="audit",
    version="0.1.0.dev1",
    verdict="UNDETERMINED",
    tone="dark",
    summary="1 file could not be read.",
    status=3,
    entries=(replace(NOWHERE, novelty=None),),
    gaps=(replace(GAP, harmless=True),),
)
UNKNOWN = replace(
    CHECK,
    status=3,
    failing=0,
    entries=(replace(CONFLICT, novelty=Novelty(status="unknown")),),
    base=replace(BASE, verdict=None, fault="web/requirements.txt:3: this is no requirement"),
)
SAMPLES = {
    "check": CHECK,
    "clean": CLEAN,
    "parity": PARITY,
    "isolate": ISOLATE,
    "audit": AUDIT,
    "unknown": UNKNOWN,
}


def many(count: int) -> Digest:
    """A check that finds ``count`` conflicts in a row of lines."""
    entries = tuple(
        replace(CONFLICT, places=(replace(WEB, line=at), AI), fingerprint=f"{at:016x}")
        for at in range(1, count + 1)
    )
    return replace(CHECK, entries=entries, failing=count)


HOSTILE = {
    "line-and-command": "x\n::error file=a::pwned\r\n::set-env name=A::b",
    "vertical-lines": "x\x0b::error::a\x85::error::b\u2028::error::c",
    "old-command": "x ##[set-env name=A]b ##vso[task.setvariable]",
    "stop-commands": "::stop-commands::pause",
    "per-cent": "100%0A::error::%25 a%2Cb%3Ac",
    "property": "a,title=b::c:d,line=1",
    "ansi": "\x1b[31mred\x1b[0m \x9b2J",
    "osc-8": "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "bidi": "\u202eevil\u2066 \u200bzero\ufeff",
    "nul-and-del": "a\x00b\x7fc\x08d",
    "surrogate": "a\ud800b",
    "secret-url": "https://user:hunter2@index.example/simple/?token=abcdef#key",
    "html": "</details></td><script>alert(1)</script><img src=x onerror=alert(1)><!-- ",
    "html-link": "<a href=https://evil.example>x</a> <https://evil.example>",
    "entity": "&lt;b&gt; &#64;octocat &commat;octocat &copy",
    "mention": "@octocat @acme/team cc:@octocat (@octocat)",
    "issue": "#123 GH-123 acme/shop#4 fixes #5 closes acme/shop#6",
    "commit": "0123456789abcdef0123456789abcdef01234567 deadbeef acme@deadbeef 1234567",
    "advisory": "GHSA-abcd-efgh-ijkl CVE-2020-15228 JIRA-77",
    "autolink": "www.evil.example http://evil.example ftp://evil.example a@evil.example",
    "markdown-link": "[x](https://evil.example) ![x](https://evil.example/a.png) [x][1] [x](1)",
    "emphasis": "**b** __b__ *i* _i_ ~~s~~ `c` ``c`` \\`c",
    "heading": "# h\n## h\n===\n---\n> q\n- l\n1. l\n+ l",
    "fence": "```\n~~~\n````````\n```` x",
    "ticks": "` `` ``` a`b``c",
    "backslash": "a\\ \\| \\\\| \\` \\",
    "table": "a | b || c \\| d | --- |",
    "maths": "$x$ $$x$$ $`x`$",
    "emoji": ":tada: :+1: a:smile:b",
    "footnote": "[^1] [^1]: note",
    "task": "[ ] [x] todo",
    "setext": "x\n===",
    "summary": "</summary></details>\n\n<h1>x</h1>",
    "comment-marker": "<!-- depcheck:check --> -->",
    "placeholder": "{0} {1} {x} %s %(a)s ${A} $(id) ${{ github.token }}",
    "json": '"},{"a":"b\\"',
    "script": "</script><script>alert(1)//]]>",
    "attribute": '" onmouseover=alert(1) x=\'" style=x',
    "jinja": "{{ 7*7 }} {% raw %}",
    "path": "../../etc/passwd",
    "javascript": "javascript:alert(1)",
    "long": "A" * 20_000,
    "long-symbols": "`<@#|" * 4_000,
}
"""By kind: what a stranger might write into a name, a line, a message, a path or a reason."""

_OURS = {
    "job", "tone", "severity", "rule", "fingerprint", "status", "kind", "configuration",
    "revision", "links", "docs", "id", "version", "prefix",
}  # fmt: skip
"""Fields that no stranger writes."""


def poisoned(value: T, text: str) -> T:
    """Return ``value`` (a digest, or what is in one) with ``text`` in all that strangers write."""
    found: Any = value
    if isinstance(found, str):
        found = text
    elif isinstance(found, tuple):
        found = tuple(poisoned(item, text) for item in found)
    elif isinstance(found, Mapping):
        found = {poisoned(key, text): poisoned(item, text) for key, item in found.items()}
    elif isinstance(found, Base):
        kept = poisoned_fields(found, text)
        found = replace(found, **(kept | {"verdict": found.verdict, "changes": {}}))
    elif is_dataclass(found) and not isinstance(found, type):
        found = replace(found, **poisoned_fields(found, text))
    return found  # type: ignore[no-any-return]  # it is what came in, by each branch


def poisoned_fields(value: Any, text: str) -> dict[str, Any]:
    return {
        field.name: poisoned(getattr(value, field.name), text)
        for field in fields(value)
        if field.name not in _OURS
    }
