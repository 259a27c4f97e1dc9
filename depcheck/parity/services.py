"""Services of two environments: which stands against which, and replicas that differ."""

from __future__ import annotations

from collections.abc import Sequence

from depcheck.model.findings import Drift, Finding
from depcheck.model.inventory import Identity
from depcheck.model.parity import Named, Service
from depcheck.model.rules import PARITY_RULES
from depcheck.model.text import printable
from depcheck.parity.telling import Teller, Value, count, listed

ServicePair = tuple[str, Service | None, Service | None]


def pair_services(left: Sequence[Service], right: Sequence[Service]) -> tuple[ServicePair, ...]:
    """Return name and both sides of each service, in the left side's order, then the right's.

    A service that has no other has None there.
    """
    lefts = {service.name: service for service in left}
    rights = {service.name: service for service in right}
    names = dict.fromkeys((*lefts, *rights))
    return tuple((name, lefts.get(name), rights.get(name)) for name in names)


def missing_service(
    service: str, left: Service | None, right: Service | None, *, names: tuple[str, str]
) -> Finding:
    """Return the finding that a service stands on one side only; ``names`` are the sides'."""
    teller = Teller(left=printable(names[0]), right=printable(names[1]), service=service)
    mend = f"start {service} in {names[1]}" if left else f"test {service} in {names[0]}"
    return teller.tell(
        "service-missing",
        "settings",
        service,
        _runs(left),
        _runs(right),
        subject=f"service {service}",
        remedy=printable(f"{mend}, or name it in the policy"),
    )


def _runs(service: Service | None) -> Value | None:
    if service is None:
        return None
    images = sorted({str(replica) for replica in service.replicas})
    return Value(text=", ".join(images) or "without an image")


def replica_findings(
    service: str, side_name: str, replicas: Sequence[tuple[str, Identity]], *, left: bool = False
) -> tuple[Finding, ...]:
    """Return the finding that the replicas of a service run different images, if they do.

    ``replicas`` have their names; ``left`` tells which side they are on. Images whose
    identities share no kind of digest cannot be told apart, and count as the same.
    """
    groups: list[list[tuple[str, Identity]]] = []
    for replica in replicas:
        like = (group for group in groups if any(is_one_image(replica[1], o) for _, o in group))
        group = next(like, None)
        if group is None:
            groups.append([replica])
        else:
            group.append(replica)
    return (_differ(service, side_name, groups, left),) if len(groups) > 1 else ()


def is_one_image(one: Identity, other: Identity) -> bool:
    """Tell whether two identities are of one image, as far as they share a kind of digest."""
    pairs = [(one.config, other.config), (one.manifest, other.manifest)]
    known = [(a, b) for a, b in pairs if a and b]
    return not known or any(a == b for a, b in known)


def _differ(
    service: str, side_name: str, groups: Sequence[Sequence[tuple[str, Identity]]], left: bool
) -> Finding:
    text = "; ".join(
        f"{_digest(group[0][1])} in {listed(name for name, _ in group)}" for group in groups
    )
    total = sum(map(len, groups))
    what = f"service {service} has" if service else "there are"
    message = f"{what} {count(total, 'replica')} of {len(groups)} images in {side_name}: {text}."
    return Finding(
        rule="replica-differs",
        severity=PARITY_RULES["replica-differs"].severity,
        message=printable(message, limit=400),
        evidence=Drift(
            aspect="settings",
            name="replicas",
            left=text if left else None,
            right=None if left else text,
            service=service,
        ),
        remedy=printable(f"roll the replicas out again in {side_name}, from one digest"),
    )


def _digest(identity: Identity) -> str:
    return (identity.manifest or identity.config or "unknown")[:19]


def unread_finding(named: Named, reason: str, hint: str = "") -> Finding:
    """Return the finding that a side could not be read."""
    rule = PARITY_RULES["side-unread"]
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=printable(f"{named} could not be read: {reason}", limit=400).rstrip(".") + ".",
        locations=(named.origin,) if named.origin else (),
        remedy=hint,
        subject=str(named),
    )
