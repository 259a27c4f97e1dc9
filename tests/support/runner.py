"""A composite action, run as GitHub's runner runs it.

    run = run_action(ROOT, inputs={"config": "depcheck.toml"}, event="push", payload={…},
                     workspace=checkout, temporary=folder)
    run.status, run.outputs, run.annotations, run.summary, run.log

Steps with ``run:`` are executed: ``bash --noprofile --norc -eo pipefail``, inputs with their
defaults, ``if:``, ``env:``, ``continue-on-error``, the files behind ``GITHUB_OUTPUT``,
``GITHUB_ENV``, ``GITHUB_PATH`` and ``GITHUB_STEP_SUMMARY``, and on each line of what they print
the workflow commands, with ``stop-commands`` and masks.

Steps with ``uses:`` cannot run without GitHub. They are noted with what they are given, and
answer what the test says (``answers``): outputs, or ``None`` for a failure.

    python -m tests.support.runner command=check config=fixtures/shop/shift/depcheck.toml

runs this repository's action here, shows what the log shows, and ends with its status.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.support.expressions import condition, interpolated, shown

ROOT = Path(__file__).parents[2]
TOKEN = "ghs_a-token-of-the-tests"
_COMMAND = re.compile(r"::([\w-]+)(?: ([^\n]*?))?::(.*)")
_OLD_COMMAND = re.compile(r"##\[([\w-]+)[^\]]*\](.*)")
_FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_STATE")


@dataclass(frozen=True, slots=True)
class Annotation:
    """``kind``: error, warning or notice."""

    kind: str
    message: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Used:
    """A step with ``uses:``, as it was called."""

    id: str
    action: str
    given: Mapping[str, str]


@dataclass(slots=True)
class Run:
    """What came of an action. ``status`` is that of the step that failed, 0 if none did."""

    status: int = 0
    outputs: dict[str, str] = field(default_factory=dict)
    annotations: list[Annotation] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    summary: str = ""
    log: str = ""
    used: list[Used] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)

    def kinds(self, kind: str) -> list[Annotation]:
        return [annotation for annotation in self.annotations if annotation.kind == kind]


class Console:
    """What a runner does with the lines of a step."""

    def __init__(self, run: Run) -> None:
        self._run, self._resume = run, ""
        self._masks: list[str] = [TOKEN]

    def line(self, text: str) -> None:
        """Read one line: obey it where it is a command, then put it into the log."""
        if self._resume:
            if text.strip() == f"::{self._resume}::":
                self._resume = ""
        elif found := _COMMAND.fullmatch(text.strip()):
            self._obey(found[1], _properties(found[2] or ""), _unescaped(found[3]))
        elif found := _OLD_COMMAND.search(text):
            self._obey(found[1], {}, found[2])
        for mask in self._masks:
            text = text.replace(mask, "***")
        self._run.log += f"{text}\n"

    def _obey(self, name: str, properties: Mapping[str, str], message: str) -> None:
        self._run.commands.append(name)
        if name == "stop-commands":
            self._resume = message
        elif name == "add-mask":
            self._masks.append(message)
        elif name in ("error", "warning", "notice"):
            self._run.annotations.append(Annotation(name, message, properties))


def run_action(
    action: Path,
    *,
    workspace: Path,
    temporary: Path,
    inputs: Mapping[str, str] | None = None,
    event: str = "workflow_dispatch",
    payload: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    answers: Mapping[str, Mapping[str, str] | None] | None = None,
) -> Run:
    """Run the composite action in the folder ``action`` and return what came of it.

    ``temporary`` is the runner's folder for temporary files, that of the whole job.
    ``answers`` says by the action's name what a step with ``uses:`` gives.
    """
    said = yaml.safe_load((action / "action.yml").read_text(encoding="utf-8"))
    told = {**_environ(workspace, temporary, event, payload or {}), **(environ or {})}
    contexts: dict[str, Any] = {
        "github": _github(told, payload or {}),
        "runner": {"os": "Linux", "arch": "X64", "temp": str(temporary)},
        "job": {"ok": True},
        "steps": {},
    }
    contexts["inputs"] = _inputs(said["inputs"], inputs or {}, contexts)
    run = Run()
    for step in said["runs"]["steps"]:
        _step(step, action, told, contexts, answers or {}, run)
    for name, output in said["outputs"].items():
        run.outputs[name] = interpolated(output["value"], contexts)
    return run


def _inputs(
    known: Mapping[str, Any], given: Mapping[str, str], contexts: Mapping[str, Any]
) -> dict[str, str]:
    assert given.keys() <= known.keys(), "GitHub only warns of an input that is not known"
    return {
        name: given.get(name, interpolated(str(entry.get("default", "")), contexts))
        for name, entry in known.items()
    }


def _environ(
    workspace: Path, temporary: Path, event: str, payload: Mapping[str, Any]
) -> dict[str, str]:
    path = temporary / "event.json"
    path.write_text(json.dumps(payload), encoding="utf-8")
    kept = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "TMPDIR")
    known = {name: value for name, value in os.environ.items() if name in kept}
    known |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    return known | {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": "http://127.0.0.1:9",
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REPOSITORY": "shop/shop",
        "GITHUB_RUN_ID": "1",
        "GITHUB_SERVER_URL": "https://git.example",
        "GITHUB_WORKSPACE": str(workspace),
        "RUNNER_OS": "Linux",
        "RUNNER_TEMP": str(temporary),
    }


def _github(environ: Mapping[str, str], payload: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "token": environ.get("TESTS_TOKEN", TOKEN),
        "event": payload,
        "event_name": environ["GITHUB_EVENT_NAME"],
        "repository": environ["GITHUB_REPOSITORY"],
    }


def _step(
    step: Mapping[str, Any], action: Path, environ: Mapping[str, str], contexts: dict[str, Any],
    answers: Mapping[str, Mapping[str, str] | None], run: Run,
) -> None:  # fmt: skip
    name = step.get("id", "")
    if not condition(str(step.get("if", "success()")), contexts):
        _note(contexts, name, "skipped", "skipped", {})
        return
    if "uses" in step:
        given = {k: interpolated(shown(v), contexts) for k, v in step["with"].items()}
        run.used.append(Used(name, step["uses"], given))
        answer = answers.get(step["uses"].partition("@")[0], {})
        status, outputs = (1, {}) if answer is None else (0, dict(answer))
    else:
        told = {k: interpolated(shown(v), contexts) for k, v in step.get("env", {}).items()}
        assert "${{" not in step["run"], "what is pasted into a script is run by it"
        status, outputs = _executed(
            step["run"], action, {**environ, **run.environment, **told}, run
        )
    outcome = "failure" if status else "success"
    forgiven = bool(step.get("continue-on-error", False))
    if status and not forgiven:
        contexts["job"]["ok"] = False
        run.status = run.status or status
    _note(contexts, name, outcome, "success" if forgiven else outcome, outputs)


def _note(
    contexts: dict[str, Any], name: str, outcome: str, conclusion: str, outputs: Mapping[str, str]
) -> None:
    if name:
        entry = {"outcome": outcome, "conclusion": conclusion, "outputs": outputs}
        contexts["steps"][name] = entry


def _executed(
    script: str, action: Path, environ: Mapping[str, str], run: Run
) -> tuple[int, dict[str, str]]:
    """Run a script; return its status and outputs. The rest goes into ``run``."""
    console = Console(run)
    with tempfile.TemporaryDirectory(dir=environ["RUNNER_TEMP"]) as folder:
        files = {name: Path(folder) / name.lower() for name in _FILES}
        for path in files.values():
            path.touch()
        told = {**environ, **{name: str(path) for name, path in files.items()}}
        told["GITHUB_ACTION_PATH"] = str(action)
        told["PATH"] = os.pathsep.join([*reversed(run.path), told["PATH"]])
        place = Path(folder) / "step.sh"
        place.write_text(script, encoding="utf-8")
        with subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(place)],
            cwd=environ["GITHUB_WORKSPACE"], env=told, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
        ) as process:  # fmt: skip
            for line in process.stdout or ():
                console.line(line.rstrip("\r\n"))
        run.summary += _read(files["GITHUB_STEP_SUMMARY"])
        run.environment |= parsed(_read(files["GITHUB_ENV"]))
        run.path += _read(files["GITHUB_PATH"]).splitlines()
        return process.returncode, parsed(_read(files["GITHUB_OUTPUT"]))


def parsed(text: str) -> dict[str, str]:
    """Return the values of a file behind ``GITHUB_OUTPUT`` or ``GITHUB_ENV``.

    Raises ValueError for what the runner refuses.
    """
    values: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc >= 0 and (equals < 0 or heredoc < equals):
            name, _, end = line.partition("<<")
            held = []
            for further in lines:
                if further == end:
                    break
                held.append(further)
            else:
                raise ValueError(f"{name} does not end")
            values[name] = "\n".join(held)
        elif equals > 0:
            values[line[:equals]] = line[equals + 1 :]
        else:
            raise ValueError(f"not a value: {line!r}")
    return values


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _properties(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(","))
    return {
        name.strip(): _unescaped(value.replace("%3A", ":").replace("%2C", ","))
        for name, equals, value in pairs
        if equals
    }


def _unescaped(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _main(words: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        inputs = dict(word.split("=", 1) for word in words)
        run = run_action(ROOT, workspace=Path.cwd(), temporary=Path(folder), inputs=inputs)
        print(run.log)
        print("\n".join(f"{name}={value}" for name, value in sorted(run.outputs.items())))
        print(run.summary)
    return run.status


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
