"""The rules of ``parity`` about a container's own settings (see ``parity_rules``)."""

from __future__ import annotations

from depcheck.model.rule import Rule

RUNTIME = (
    Rule(
        "runtime-memory", "warning", "memory limit",
        "The containers have different limits, reservations or swap of memory.",
        "The kernel kills the process where the limit is lower.",
    ),
    Rule(
        "runtime-cpus", "warning", "CPU limit",
        "The containers have different limits, shares or sets of CPUs.",
        "Time-outs are met on one side and missed on the other; thread pools differ in size.",
    ),
    Rule(
        "runtime-environment", "warning", "environment variable at run time",
        "An environment variable of the container differs or stands on one side only. "
        "Severities are those of image-environment.",
        "What a program reads from its environment changes what it does.",
    ),
    Rule(
        "runtime-user", "warning", "user at run time",
        "A container runs as another user, or in other groups.",
        "Files that could be read or written no longer can, or the other way round.",
    ),
    Rule(
        "runtime-read-only", "warning", "read-only root",
        "The root file system is read-only on one side only.",
        "Every write outside of a mount fails there.",
    ),
    Rule(
        "runtime-capabilities", "warning", "capabilities",
        "Different Linux capabilities are added or dropped.",
        "System calls are refused on one side (ports below 1024, ptrace).",
    ),
    Rule(
        "runtime-privileges", "warning", "privileges",
        "A container is privileged, or has other security options or user namespaces.",
        "What the kernel refuses on one side is allowed on the other.",
    ),
    Rule(
        "runtime-namespaces", "warning", "namespaces",
        "Processes, shared memory or the host name are those of the host, or of another container.",
        "The program sees, and can reach, what it did not see in the test.",
    ),
    Rule(
        "runtime-limits", "warning", "other limits",
        "Limits of processes, open files or shared memory, kernel settings (sysctl) or what "
        "happens when memory runs out differ.",
        "A limit that was never met in the test is met under load.",
    ),
    Rule(
        "runtime-devices", "warning", "devices",
        "Devices of the host, GPUs among them, differ.",
        "What computes on a device, or opens it, fails or falls back.",
    ),
    Rule(
        "runtime-process", "warning", "first process",
        "Another runtime starts the container, or an init process stands before the program.",
        "Signals and orphaned processes are handled by something else.",
    ),
    Rule(
        "runtime-state", "warning", "state",
        "One container runs and the other does not, or it ended otherwise. Health alone is a note.",
        "A program that has stopped or keeps restarting does not do its work.",
    ),
    Rule(
        "runtime-mounts", "warning", "mount",
        "A mount differs or stands on one side only.",
        "A mount hides what the image has there, code included.",
    ),
    Rule(
        "runtime-ports", "warning", "published port",
        "A published port differs.",
        "The service is not reachable where it was in the test.",
    ),
    Rule(
        "runtime-restart", "warning", "restart policy",
        "What an engine does when the program ends differs.",
        "After a crash one side goes on in another way than the other.",
    ),
    Rule(
        "runtime-networks", "warning", "network",
        "The containers are in different networks, or find names in another way.",
        "Other services are not found, or others are found under their names.",
    ),
    Rule(
        "runtime-other", "warning", "container setting",
        "Something else of the container's settings differs.",
        "Its effect is not known to depcheck.",
    ),
    Rule(
        "runtime-logging", "note", "logging",
        "The containers' output is logged by other drivers or options.",
        "It decides where logs are found, not what the program does.",
    ),
)  # fmt: skip
