"""What to do about a guard-rail that is lacking, in a compose file or for a container."""

from __future__ import annotations

from dataclasses import dataclass

from depcheck.isolation.guardrails import Lack
from depcheck.model.isolation import Guarded

_OPTIONS = {
    "mem_limit": "--memory {0} --memory-swap {0}",
    "memswap_limit": "--memory-swap {0}",
    "cpus": "--cpus {0}",
    "pids_limit": "--pids-limit {0}",
    "restart": "--restart {0}",
    "read_only": "--read-only",
    "tmpfs": "--tmpfs {0}",
    "cap_drop": "--cap-drop ALL",
    "security_opt": "--security-opt no-new-privileges",
    "user": "--user 10001:10001",
    "healthcheck": "--health-cmd … --health-start-period 60s",
    "healthcheck.start_period": "--health-start-period 60s",
    "stop_grace_period": "--stop-timeout 30",
    "networks": "--network NAME, one made with docker network create --internal",
    "secrets": "a file below /run/secrets in place of the variable",
    "ports": "no --publish",
    "cap_add": "no --cap-add",
    "privileged": "no --privileged",
}
"""Fields of compose and the options of ``docker run`` that say the same."""

_AT_ONCE = ("mem_limit", "memswap_limit", "cpus", "pids_limit", "restart")
"""Fields that ``docker update`` sets while the container runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What to do: ``remedy`` is a sentence, ``set`` the field or option alone.

    ``now`` is what ``docker update`` takes, ``also`` what has to stand at the top level of the
    compose file; both may be empty.
    """

    set: str
    remedy: str
    now: str = ""
    also: str = ""


def mend(service: Guarded, lack: Lack) -> Mending:
    """Return what to do about what is lacking."""
    if lack.remedy:
        return Mending(set=_field(lack), remedy=lack.remedy)
    if service.origin is not None:
        remedy = f"{_change(lack)} {_below(service, lack)}{_more(lack)}"
        return Mending(set=_field(lack), remedy=remedy, also=lack.also)
    container = service.where.removeprefix("container ")
    key, _, value = lack.set.partition(": ")
    # A path or a device of the host is not in the table, and may hold braces.
    option = _OPTIONS[key].format(value.strip('[]"')) if key in _OPTIONS else _field(lack)
    now = option if key in _AT_ONCE else ""
    at_once = f"at once: docker update {now} {container}; " if now else ""
    if service.service == container:
        again = f"create the container {'next time' if now else 'anew'} with {option}"
        return Mending(set=option, remedy=f"{at_once}{again}", now=now)
    change = f"{_change(lack)} {_below(service, lack)} in its compose file{_more(lack)}"
    remedy = f"{at_once}{change}, and docker compose up -d {service.service}"
    return Mending(set=_field(lack), remedy=remedy, now=now, also=lack.also)


def _field(lack: Lack) -> str:
    return f"no {lack.set}" if lack.drop else lack.set


def _change(lack: Lack) -> str:
    return f"take {lack.set} out" if lack.drop else f"set {lack.set}"


def _below(service: Guarded, lack: Lack) -> str:
    return f"{'of' if lack.drop else 'under'} services.{service.service}"


def _more(lack: Lack) -> str:
    match lack.rail:
        case "memory" if lack.set.startswith("mem_limit"):
            return f", and memswap_limit:{lack.set.partition(':')[2]} for no swap"
        case "ports":
            return "; what calls it shares an internal network with it"
        case "network":
            top = f", and {lack.also} at the top level" if lack.also else ""
            return f"{top}; the gateway, or what calls it, joins that network too"
        case "secrets":
            return (
                f", and {lack.also} at the top level; have it read the files below /run/secrets, "
                "and take the variables out"
            )
        case "read-only":
            return ', and tmpfs: ["/tmp:size=64m"] for scratch files'
    return ""
