"""The rules of ``isolate``: why a wall stands, what else is wrong, which guard-rail is lacking."""

from __future__ import annotations

from depcheck.model.rule import Rule

WALLS = (
    Rule(
        "wall-conflict", "error", "no common set",
        "The components' requirements have no joint solution for any Python that they allow.",
        "Installed together, one of them does not get what it needs, or the install fails.",
    ),
    Rule(
        "wall-python", "error", "another Python",
        "A component needs another Python version than the rest.",
        "One environment has one interpreter.",
    ),
    Rule(
        "wall-native", "error", "native libraries clash",
        "Two majors of CUDA, cuDNN or NCCL, two OpenMP runtimes or two builds of one native "
        "library under the same name would end up in one process.",
        "The loader keeps the first that is loaded: the other code crashes, hangs or computes "
        "with the wrong library.",
    ),
    Rule(
        "wall-heavy", "warning", "heavy stack",
        "A component brings gigabytes that would swell the core's image.",
        "Each deploy, roll back and start of the core moves them.",
    ),
    Rule(
        "wall-gpu", "warning", "needs a GPU",
        "A component computes on a GPU and another does not.",
        "Where they share, the core runs only where a GPU is free.",
    ),
    Rule(
        "wall-trust", "warning", "different trust",
        "The configuration gives the components different levels of trust.",
        "Code in one environment can change the other's packages, and in one process reads its "
        "memory, secrets and connections.",
    ),
    Rule(
        "wall-release", "warning", "different release rhythm",
        "The configuration gives the components different release rhythms.",
        "Each release of the faster one is a release of the slower one.",
    ),
    Rule(
        "wall-apart", "note", "kept apart by the team",
        "The configuration or the command line keeps the components apart.",
        "It is the team's decision.",
    ),
    Rule(
        "wall-shift", "warning", "core moved",
        "Sharing moves a package that the core uses by a major version.",
        "A major release may remove or change what the core calls.",
    ),
)  # fmt: skip

OTHERS = (
    Rule(
        "component-impossible", "error", "impossible alone",
        "A component's requirements cannot be resolved even by themselves.",
        "It cannot be installed anywhere; the rest is divided without it.",
    ),
    Rule(
        "wish-impossible", "error", "wish that cannot be granted",
        "Components that are to share have no joint solution, or the containers that are "
        "allowed do not suffice.",
        "What was asked for would not install.",
    ),
    Rule(
        "connections-over-limit", "error", "too many database connections",
        "The pools of all replicas together may open more connections than the database allows.",
        "Under load the database refuses connections, the core's logins among them.",
    ),
    Rule(
        "proof-failed", "error", "proof failed",
        "A container could not be resolved again, built, or passed by pip check.",
        "What was recommended does not hold as written.",
    ),
)  # fmt: skip

GUARDRAILS = (
    Rule(
        "guardrail-memory", "error", "no memory limit",
        "The service may use all memory of the host, swaps past its limit, or is spared where "
        "memory runs out.",
        "A leak or a large model makes the kernel kill what it likes, the core among it.",
    ),
    Rule(
        "guardrail-cpu", "warning", "no CPU limit",
        "The service may use all CPUs of the host.",
        "Inference takes the CPUs that the core answers requests with.",
    ),
    Rule(
        "guardrail-pids", "warning", "no limit of processes",
        "The service may start as many processes and threads as the host has room for.",
        "A fork bomb or a runaway pool of workers keeps the host from starting any process.",
    ),
    Rule(
        "guardrail-ports", "error", "published port",
        "The service publishes a port on the host.",
        "It can be reached past the gateway: no rate limit, no circuit breaker, no authentication.",
    ),
    Rule(
        "guardrail-network", "error", "network open to the outside",
        "The service is in a network that is not internal, or in that of the host.",
        "It can reach, and be reached from, what it has no business with.",
    ),
    Rule(
        "guardrail-gateway", "warning", "no gateway",
        "No gateway stands between the service and those that share a network with it, there "
        "is a way round it, or its HAProxy file has no words for one of its guards.",
        "A slow answer holds up who asks, and one caller can take all of the service: no rate "
        "limit, no time-out, no circuit breaker.",
    ),
    Rule(
        "guardrail-read-only", "warning", "writable root",
        "The service may write to its root file system.",
        "A full disk or changed code stays until the container is replaced.",
    ),
    Rule(
        "guardrail-tmpfs", "warning", "no bounded scratch space",
        "The root is read-only and nothing gives the service a place to write, or a tmpfs has "
        "no size.",
        "It fails at its first temporary file, or fills memory with files until it is killed.",
    ),
    Rule(
        "guardrail-capabilities", "warning", "capabilities kept",
        "The service keeps Linux capabilities that it does not need.",
        "Who takes over the process can do more on the host.",
    ),
    Rule(
        "guardrail-privileges", "error", "privileges can grow",
        "The service is privileged, may gain privileges, shares the host's namespaces, has "
        "files or devices that give the host away, or switches a confinement off.",
        "Who takes over the process may become root of the host.",
    ),
    Rule(
        "guardrail-user", "warning", "runs as root",
        "The service runs as root or in its group, or does not say as whom.",
        "A way out of the container is a way to root on the host.",
    ),
    Rule(
        "guardrail-health", "warning", "no health check",
        "Nothing asks whether the service still answers, or the check passes whatever it does.",
        "A process that hangs counts as well, and requests are sent to it.",
    ),
    Rule(
        "guardrail-start-period", "warning", "no start period",
        "The health check counts while the service is still loading.",
        "A slow start (a model to load) is taken for a failure, and the service never comes up.",
    ),
    Rule(
        "guardrail-restart", "warning", "no bounded restart",
        "The service is not restarted after a crash, or without end.",
        "It stays away after one failure, or burns the host in a loop of crashes.",
    ),
    Rule(
        "guardrail-secrets", "warning", "secret in the environment",
        "A secret stands in an environment variable.",
        "It shows in `inspect`, in crash reports and in every child process.",
    ),
    Rule(
        "guardrail-stop-grace", "note", "no stop grace period",
        "The service does not say how long it needs to end in order.",
        "Requests under way are cut off after ten seconds.",
    ),
)  # fmt: skip

ISOLATION = (*WALLS, *OTHERS, *GUARDRAILS)
