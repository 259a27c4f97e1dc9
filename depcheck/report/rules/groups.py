"""The rules by topic, as a person looks them up, and how each is accepted."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from depcheck.model.check_rules import CHECK
from depcheck.model.container_rules import RUNTIME
from depcheck.model.image_rules import FILES, IMAGE
from depcheck.model.isolation_rules import GUARDRAILS, OTHERS, WALLS
from depcheck.model.parity_rules import POLICY, TRACES, WHOLE
from depcheck.model.python_rules import PYTHON
from depcheck.model.rules import CHECK_RULES, PARITY_RULES, RULES, Rule
from depcheck.model.system_rules import SYSTEM

COMMANDS = {
    "check": "depcheck check",
    "parity": "depcheck parity",
    "isolate": "depcheck isolate",
    "audit": "depcheck isolate --audit",
}
"""Jobs, and the command of each."""

_MOVES = ("shift-", "rollback")
_LASTS = datetime.timedelta(days=90)
_ALONE = ("side-unread", "proof-failed", "policy-", "suppression-")
"""Rules (or what their ids begin with) that no entry of the configuration can excuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleGroup:
    """Rules of one topic. ``jobs`` are those that find them; ``intro`` is Markdown."""

    title: str
    jobs: tuple[str, ...]
    rules: tuple[Rule, ...]
    intro: str = ""


def _of_check(*, moves: bool) -> tuple[Rule, ...]:
    return tuple(
        rule
        for rule in CHECK
        if rule.id.startswith(_MOVES) == moves and (moves or rule.id.startswith("conflict-"))
    )


def _rest(groups: Iterable[RuleGroup]) -> tuple[Rule, ...]:
    told = {rule.id for group in groups for rule in group.rules}
    return tuple(rule for rule in RULES.values() if rule.id not in told)


_SHIFTS = (
    "A shift that only the lock has held back, of a package that the core does not name and "
    "that nothing forces, is a note, whatever its grade. So is a rollback to a version that a "
    "line pins exactly: somebody chose it."
)
_PARITY = (
    "An **error** can stop the program or make it do something else by itself; a **warning** "
    "can change what it does under some input or load; a **note** explains other differences "
    "or is expected. [parity.md](parity.md) says how a severity is decided. The order, here "
    "and in the next sections about parity, is that of a report: within one severity, the "
    "rule that stands higher comes first."
)
_WALLS = (
    "Why a wall stands, or is advised. An **error** is a wall without which it does not work; "
    "a **warning** one without which it works and is dangerous or dear. Where the components "
    "are apart today already (`container` in the configuration, or the partition that was "
    "written last), the wall is a **note**, whatever its rule: nobody has to act on it. "
    "[isolation.md](isolation.md) has the definitions."
)
_GUARDRAILS = (
    "Guard-rails that an AI component lacks, in a compose file or in containers that run. "
    "[isolation.md](isolation.md) says what they do not contain."
)

_CHECK = (
    RuleGroup(title="check: conflicts", jobs=("check",), rules=_of_check(moves=False)),
    RuleGroup(
        title="check: shifts and rollbacks",
        jobs=("check",),
        rules=_of_check(moves=True),
        intro=_SHIFTS,
    ),
    RuleGroup(
        title="check and isolate: what else is found",
        jobs=("check", "isolate"),
        rules=tuple(rule for rule in CHECK if not rule.id.startswith(("conflict-", *_MOVES))),
    ),
)
_OF_PARITY = (
    RuleGroup(title="parity: as a whole", jobs=("parity",), rules=WHOLE, intro=_PARITY),
    RuleGroup(title="parity: Python", jobs=("parity",), rules=PYTHON),
    RuleGroup(title="parity: the system", jobs=("parity",), rules=SYSTEM),
    RuleGroup(title="parity: the image's configuration", jobs=("parity",), rules=IMAGE),
    RuleGroup(title="parity: a container's settings", jobs=("parity",), rules=RUNTIME),
    RuleGroup(title="parity: files", jobs=("parity",), rules=FILES),
    RuleGroup(title="parity: traces", jobs=("parity",), rules=TRACES),
    RuleGroup(title="parity: the policy", jobs=("parity",), rules=POLICY),
)
_DIVIDE = (
    RuleGroup(title="isolate: walls", jobs=("isolate",), rules=WALLS, intro=_WALLS),
    RuleGroup(title="isolate: what else is found there", jobs=("isolate",), rules=OTHERS),
    RuleGroup(
        title="isolate --audit: guard-rails", jobs=("audit",), rules=GUARDRAILS, intro=_GUARDRAILS
    ),
)
_TOLD = (*_CHECK, *_OF_PARITY, *_DIVIDE)
GROUPS: tuple[RuleGroup, ...] = (
    *_TOLD,
    RuleGroup(
        title="check, isolate and audit: suppressions",
        jobs=("check", "isolate", "audit"),
        rules=_rest(_TOLD),
    ),
)
"""Every rule once."""


def jobs_of(rule: str) -> tuple[str, ...]:
    """Return the jobs that find a rule; raises KeyError for an unknown one."""
    for group in GROUPS:
        if any(known.id == rule for known in group.rules):
            return group.jobs
    raise KeyError(rule)


def chosen(rules: Iterable[str], job: str | None = None) -> tuple[RuleGroup, ...]:
    """Return the groups that hold any of ``rules``, with these alone.

    ``job`` None stands for all of them.
    """
    wanted = set(rules)
    groups = (
        replace(group, rules=tuple(rule for rule in group.rules if rule.id in wanted))
        for group in GROUPS
        if job is None or job in group.jobs
    )
    return tuple(group for group in groups if group.rules)


def acceptance(rule: Rule, today: datetime.date) -> tuple[str, tuple[str, ...]]:
    """Return how a finding is accepted: a sentence, and the lines of ``depcheck.toml`` for it.

    There are no lines where it cannot be.
    """
    if rule.id.startswith(_ALONE):
        return "No entry of the configuration excuses this: it has to be mended.", ()
    if rule.id in PARITY_RULES:
        return _EXPECTED, _entry("expected", rule, ('name = "…"  # what differs',), today)
    limits = ['package = "…"  # take it out to mean any'] if rule.id in CHECK_RULES else []
    limits.append('component = "…"  # take it out to mean any')
    return _SUPPRESSED, _entry("suppress", rule, limits, today)


_EXPECTED = (
    "A difference that is meant stands in depcheck.toml (in pyproject.toml: "
    "`[[tool.depcheck.expected]]`), and is then listed with its reason:"
)
_SUPPRESSED = (
    "A finding that the team has decided to live with stands in depcheck.toml (in "
    "pyproject.toml: `[[tool.depcheck.suppress]]`), and is then counted, and listed with "
    "`--show-suppressed`:"
)


def _entry(table: str, rule: Rule, limits: Sequence[str], today: datetime.date) -> tuple[str, ...]:
    return (
        f"[[{table}]]",
        f'rule = "{rule.id}"',
        *limits,
        'reason = "why this is right"',
        'owner = "who decided it"',
        f"expires = {today + _LASTS}",
    )
