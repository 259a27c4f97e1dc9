"""The rules of ``isolate``: why a wall stands, what else is wrong, which guard-rail is lacking."""

from __future__ import annotations

from depcheck.model.rule import Rule

WALLS = (
    Rule(
        "wall-conflict", "error", "no common set",
        "The components' requirements have no joint solution for any Python that they allow.",
        "Installed together, one of them does not get what it needs, or the install fails.",
        "Build the container that is recommended (`--write deploy`), or apply the edits that the "
        "report proposes: then one container is enough.",
    ),
    Rule(
        "wall-python", "error", "another Python",
        "A component needs another Python version than the rest.",
        "One environment has one interpreter.",
        "Give the component a container of its own with that Python (`python` in its table), or "
        "widen its `requires-python` and what it requires until both agree.",
    ),
    Rule(
        "wall-native", "error", "native libraries clash",
        "Two majors of CUDA, cuDNN or NCCL, two OpenMP runtimes or two builds of one native "
        "library under the same name would end up in one process.",
        "The loader keeps the first that is loaded: the other code crashes, hangs or computes "
        "with the wrong library.",
        "Choose builds that share one library: one CUDA major for both, one OpenMP runtime, "
        "wheels built with the same library. Else keep the wall.",
    ),
    Rule(
        "wall-heavy", "warning", "heavy stack",
        "A component brings gigabytes that would swell the core's image.",
        "Each deploy, roll back and start of the core moves them.",
        "Keep the wall, or install less: CPU builds where nothing computes on a GPU. `heavy` "
        "under `[isolation]` says from how much on a stack is heavy.",
    ),
    Rule(
        "wall-gpu", "warning", "needs a GPU",
        "A component computes on a GPU and another does not.",
        "Where they share, the core runs only where a GPU is free.",
        "Keep the wall. If the component computes on the CPU after all, say `gpu = false` in its "
        "table.",
    ),
    Rule(
        "wall-trust", "warning", "different trust",
        "The configuration gives the components different levels of trust.",
        "Code in one environment can change the other's packages, and in one process reads its "
        "memory, secrets and connections.",
        "Keep the wall, or give both components the same `trust` if the labels are wrong.",
    ),
    Rule(
        "wall-release", "warning", "different release rhythm",
        "The configuration gives the components different release rhythms.",
        "Each release of the faster one is a release of the slower one.",
        "Keep the wall, or give both components the same `release` if they are deployed together "
        "anyway.",
    ),
    Rule(
        "wall-apart", "note", "kept apart by the team",
        "The configuration or the command line keeps the components apart.",
        "It is the team's decision.",
        "Nothing: it stands as was asked. To see what it costs, run without `--apart`, or take "
        "the entry out of `[[isolation.apart]]`.",
    ),
    Rule(
        "wall-shift", "warning", "core moved",
        "Sharing moves a package that the core uses by a major version.",
        "A major release may remove or change what the core calls.",
        "Pin what the core has (`depcheck check` names the pin and its price), make the core "
        "ready for the new version, or keep the wall.",
    ),
)  # fmt: skip

OTHERS = (
    Rule(
        "component-impossible", "error", "impossible alone",
        "A component's requirements cannot be resolved even by themselves.",
        "It cannot be installed anywhere; the rest is divided without it.",
        "Heal the component by itself first: the conflict that is told names its lines and the "
        "edits. Often a Python of its own is enough (`python` in its table).",
    ),
    Rule(
        "wish-impossible", "error", "wish that cannot be granted",
        "Components that are to share have no joint solution, or the containers that are allowed "
        "do not suffice.",
        "What was asked for would not install.",
        "Give up the wish, or apply the edits that heal the conflict in its way. With "
        "`--max-containers` or `max-containers`, allow as many as the message says.",
    ),
    Rule(
        "connections-over-limit", "error", "too many database connections",
        "The pools of all replicas together may open more connections than the database allows.",
        "Under load the database refuses connections, the core's logins among them.",
        "Lower `pool` or `replicas` of the components, raise `max-connections` together with the "
        "database's own limit, or put a connection pooler between them. The written files already "
        "divide what there is.",
    ),
    Rule(
        "proof-failed", "error", "proof failed",
        "A container could not be resolved again, built, or passed by pip check.",
        "What was recommended does not hold as written.",
        "Read the step that failed: an index that has moved on since (write again), a base image "
        "without a compiler, a build that cannot reach the index (`--build-network`, "
        "`--build-arg`). Do not deploy what is not proven.",
    ),
)  # fmt: skip

GUARDRAILS = (
    Rule(
        "guardrail-memory", "error", "no memory limit",
        "The service may use all memory of the host, swaps past its limit, or is spared where "
        "memory runs out.",
        "A leak or a large model makes the kernel kill what it likes, the core among it.",
        "Set `mem_limit: 2g` and `memswap_limit: 2g`, from what the service was measured to need, "
        "and take `oom_kill_disable` and a low `oom_score_adj` out. On a running container, "
        "`docker update --memory 2g --memory-swap 2g NAME`.",
    ),
    Rule(
        "guardrail-cpu", "warning", "no CPU limit",
        "The service may use all CPUs of the host.",
        "Inference takes the CPUs that the core answers requests with.",
        "Set `cpus: 2.0`, less than the host has. On a running container, `docker update --cpus "
        "2.0 NAME`.",
    ),
    Rule(
        "guardrail-pids", "warning", "no limit of processes",
        "The service may start as many processes and threads as the host has room for.",
        "A fork bomb or a runaway pool of workers keeps the host from starting any process.",
        "Set `pids_limit: 256`. On a running container, `docker update --pids-limit 256 NAME`.",
    ),
    Rule(
        "guardrail-ports", "error", "published port",
        "The service publishes a port on the host.",
        "It can be reached past the gateway: no rate limit, no circuit breaker, no authentication.",
        "Take `ports` out. What calls the service shares an internal network with it; people come "
        "through the gateway.",
    ),
    Rule(
        "guardrail-network", "error", "network open to the outside",
        "The service is in a network that is not internal, or in that of the host.",
        "It can reach, and be reached from, what it has no business with.",
        "Join only networks that have `internal: true`, and let the gateway, or what calls the "
        "service, join the same one. Take `network_mode: host` out.",
    ),
    Rule(
        "guardrail-gateway", "warning", "no gateway",
        "No gateway stands between the service and those that share a network with it, there is a "
        "way round it, or its HAProxy file has no words for one of its guards.",
        "A slow answer holds up who asks, and one caller can take all of the service: no rate "
        "limit, no time-out, no circuit breaker.",
        "Put a proxy between the service and its callers, with a rate limit, time-outs, a bound "
        "on requests at once and a circuit breaker. `depcheck isolate --write deploy` writes one; "
        "`[isolation.gateway]` sets its numbers.",
    ),
    Rule(
        "guardrail-read-only", "warning", "writable root",
        "The service may write to its root file system.",
        "A full disk or changed code stays until the container is replaced.",
        'Set `read_only: true`, and `tmpfs: ["/tmp:size=64m"]` for scratch files.',
    ),
    Rule(
        "guardrail-tmpfs", "warning", "no bounded scratch space",
        "The root is read-only and nothing gives the service a place to write, or a tmpfs has no "
        "size.",
        "It fails at its first temporary file, or fills memory with files until it is killed.",
        'Set `tmpfs: ["/tmp:size=64m"]`, with a size, for each place that the service writes to.',
    ),
    Rule(
        "guardrail-capabilities", "warning", "capabilities kept",
        "The service keeps Linux capabilities that it does not need.",
        "Who takes over the process can do more on the host.",
        "Set `cap_drop: [ALL]`, and take `cap_add` out.",
    ),
    Rule(
        "guardrail-privileges", "error", "privileges can grow",
        "The service is privileged, may gain privileges, shares the host's namespaces, has files "
        "or devices that give the host away, or switches a confinement off.",
        "Who takes over the process may become root of the host.",
        "Set `security_opt: [\"no-new-privileges:true\"]`. Take `privileged`, the host's "
        "namespaces, devices, the engine's socket and `unconfined` out.",
    ),
    Rule(
        "guardrail-user", "warning", "runs as root",
        "The service runs as root or in its group, or does not say as whom.",
        "A way out of the container is a way to root on the host.",
        'Set `user: "10001:10001"`, a number that the image needs no account for.',
    ),
    Rule(
        "guardrail-health", "warning", "no health check",
        "Nothing asks whether the service still answers, or the check passes whatever it does.",
        "A process that hangs counts as well, and requests are sent to it.",
        "Set a `healthcheck` whose `test` asks the service itself, with an `interval` and a "
        "`timeout`. One that always passes is none.",
    ),
    Rule(
        "guardrail-start-period", "warning", "no start period",
        "The health check counts while the service is still loading.",
        "A slow start (a model to load) is taken for a failure, and the service never comes up.",
        "Set `start_period: 60s` in the `healthcheck`, longer than a cold start with its models "
        "takes.",
    ),
    Rule(
        "guardrail-restart", "warning", "no bounded restart",
        "The service is not restarted after a crash, or without end.",
        "It stays away after one failure, or burns the host in a loop of crashes.",
        "Set `restart: on-failure:5`. On a running container, `docker update --restart "
        "on-failure:5 NAME`.",
    ),
    Rule(
        "guardrail-secrets", "warning", "secret in the environment",
        "A secret stands in an environment variable.",
        "It shows in `inspect`, in crash reports and in every child process.",
        "Give it as a file: `secrets: [name]` for the service and at the top level, read below "
        "`/run/secrets`, and take the variable out. Then change the secret: it has been seen.",
    ),
    Rule(
        "guardrail-stop-grace", "note", "no stop grace period",
        "The service does not say how long it needs to end in order.",
        "Requests under way are cut off after ten seconds.",
        "Set `stop_grace_period: 30s`, longer than the longest request takes.",
    ),
)  # fmt: skip

ISOLATION = (*WALLS, *OTHERS, *GUARDRAILS)
