"""The steps of the action by name, in an environment that cannot lead astray."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, MutableMapping, Sequence

from action.base import base_step
from action.commands import say, tell
from action.comment import comment_step
from action.git import GitError
from action.install import install_step
from action.job import USAGE, Job, Refusal
from action.run import run_step

_STEPS: Mapping[str, Callable[[Job], int]] = {
    "install": install_step,
    "base": base_step,
    "run": run_step,
    "comment": comment_step,
}


def main(words: Sequence[str]) -> int:
    """Run the step that is named and return its exit status."""
    (name,) = words
    seclude(os.environ)
    try:
        return _STEPS[name](Job(os.environ))
    except Refusal as refusal:
        tell("error", str(refusal))
    except GitError as error:
        say(f"git said: {str(error)[:500]}")
        tell("error", "git cannot read this checkout. Check the repository out before this action.")
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        tell("error", f"the step {name} of the action failed: {error.strerror or error}{where}")
    return USAGE


def seclude(environ: MutableMapping[str, str]) -> None:
    """Take out of the environment what lets a checkout stand in for a program or a module.

    ``-I`` keeps ``PYTHONPATH`` from this process alone, and pip starts further ones; Windows
    looks for programs in the working folder first.
    """
    for name in [name for name in environ if name.upper().startswith("PYTHON")]:
        del environ[name]
    environ["NoDefaultCurrentDirectoryInExePath"] = "1"
