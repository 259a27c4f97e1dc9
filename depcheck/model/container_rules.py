"""The rules of ``parity`` about a container's own settings (see ``parity_rules``)."""

from __future__ import annotations

from depcheck.model.rule import Rule

RUNTIME = (
    Rule(
        "runtime-memory", "warning", "memory limit",
        "The containers have different limits, reservations or swap of memory.",
        "The kernel kills the process where the limit is lower.",
        "Start it with the limit of the test (`--memory`, `mem_limit`), or test with the one that "
        "is there.",
    ),
    Rule(
        "runtime-cpus", "warning", "CPU limit",
        "The containers have different limits, shares or sets of CPUs.",
        "Time-outs are met on one side and missed on the other; thread pools differ in size.",
        "Start it with the limit of the test (`--cpus`, `cpus`), or test with the one that is "
        "there.",
    ),
    Rule(
        "runtime-environment", "warning", "environment variable at run time",
        "An environment variable of the container differs or stands on one side only. Severities "
        "are those of image-environment.",
        "What a program reads from its environment changes what it does.",
        "Set the variable as in the test. What has to differ (a log level, an address) goes under "
        "`[[expected]]` with its `name`.",
    ),
    Rule(
        "runtime-user", "warning", "user at run time",
        "A container runs as another user, or in other groups.",
        "Files that could be read or written no longer can, or the other way round.",
        "Start it with the same `--user` (`user:` in compose), as a number.",
    ),
    Rule(
        "runtime-read-only", "warning", "read-only root",
        "The root file system is read-only on one side only.",
        "Every write outside of a mount fails there.",
        "Test with `--read-only` too, with a tmpfs for what has to be written.",
    ),
    Rule(
        "runtime-capabilities", "warning", "capabilities",
        "Different Linux capabilities are added or dropped.",
        "System calls are refused on one side (ports below 1024, ptrace).",
        "Add and drop the same capabilities on both sides (`cap_add`, `cap_drop`); best drop all "
        "in the test too.",
    ),
    Rule(
        "runtime-privileges", "warning", "privileges",
        "A container is privileged, or has other security options or user namespaces.",
        "What the kernel refuses on one side is allowed on the other.",
        "Take `privileged` out, and set the same `security_opt` on both sides.",
    ),
    Rule(
        "runtime-namespaces", "warning", "namespaces",
        "Processes, shared memory or the host name are those of the host, or of another container.",
        "The program sees, and can reach, what it did not see in the test.",
        "Start both sides with the same `pid`, `ipc`, `uts` and `hostname`; best with none of the "
        "host's.",
    ),
    Rule(
        "runtime-limits", "warning", "other limits",
        "Limits of processes, open files or shared memory, kernel settings (sysctl) or what "
        "happens when memory runs out differ.",
        "A limit that was never met in the test is met under load.",
        "Set the same `ulimits`, `pids_limit`, `shm_size` and `sysctls` on both sides.",
    ),
    Rule(
        "runtime-devices", "warning", "devices",
        "Devices of the host, GPUs among them, differ.",
        "What computes on a device, or opens it, fails or falls back.",
        "Give both sides the same devices. Where the test has no GPU, say so under "
        "`[[expected]]`, and test what then falls back.",
    ),
    Rule(
        "runtime-process", "warning", "first process",
        "Another runtime starts the container, or an init process stands before the program.",
        "Signals and orphaned processes are handled by something else.",
        "Start both sides with the same runtime and the same `init`.",
    ),
    Rule(
        "runtime-state", "warning", "state",
        "One container runs and the other does not, or it ended otherwise. Health alone is a note.",
        "A program that has stopped or keeps restarting does not do its work.",
        "Read the logs of the container that does not run: the reason why it ended is there, not "
        "in what it is made of.",
    ),
    Rule(
        "runtime-mounts", "warning", "mount",
        "A mount differs or stands on one side only.",
        "A mount hides what the image has there, code included.",
        "Mount the same places on both sides. A mount over code belongs in development only: "
        "build the code into the image.",
    ),
    Rule(
        "runtime-ports", "warning", "published port",
        "A published port differs.",
        "The service is not reachable where it was in the test.",
        "Publish the port as in the test, or say under `[[expected]]` why it is another one.",
    ),
    Rule(
        "runtime-restart", "warning", "restart policy",
        "What an engine does when the program ends differs.",
        "After a crash one side goes on in another way than the other.",
        "Set the same `restart` on both sides.",
    ),
    Rule(
        "runtime-networks", "warning", "network",
        "The containers are in different networks, or find names in another way.",
        "Other services are not found, or others are found under their names.",
        "Join the same networks under the same aliases, and set the same `dns` and `extra_hosts`.",
    ),
    Rule(
        "runtime-other", "warning", "container setting",
        "Something else of the container's settings differs.",
        "Its effect is not known to depcheck.",
        "Start it with the setting of the test, or say under `[[expected]]` why it differs.",
    ),
    Rule(
        "runtime-logging", "note", "logging",
        "The containers' output is logged by other drivers or options.",
        "It decides where logs are found, not what the program does.",
        "Nothing as a rule; say so under `[[expected]]` where production logs elsewhere.",
    ),
)  # fmt: skip
