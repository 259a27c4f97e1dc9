"""All files of a plan, as text."""

from __future__ import annotations

from collections.abc import Mapping

from depcheck.deployment.compose import compose_file
from depcheck.deployment.dockerfile import dockerfile, ignore_file
from depcheck.deployment.gateway import gateway_files
from depcheck.deployment.locks import read_lock
from depcheck.deployment.plan import ImagePlan, Plan
from depcheck.deployment.secrets import secret_files


def make_files(plan: Plan, locks: Mapping[str, str]) -> Mapping[str, str]:
    """Return POSIX path below the folder → text, sorted by path.

    ``locks`` holds the text of a ``pylock.toml`` for the name of each container. The same input
    gives the same bytes. Raises OutputError for a lock that no image can install from, and
    ConfigurationError for what cannot be carried as data.
    """
    files = {"compose.yaml": compose_file(plan), **gateway_files(plan), **secret_files(plan)}
    for image in plan.images:
        files |= _of_image(image, plan, locks[image.container.name])
    return dict(sorted(files.items()))


def _of_image(image: ImagePlan, plan: Plan, lock: str) -> dict[str, str]:
    locked = read_lock(lock, image.container.name)
    services = [service for service in plan.services if service.image == image.container.name]
    return {
        f"{image.folder}/pylock.toml": lock,
        f"{image.folder}/requirements.txt": locked.requirements,
        f"{image.folder}/Dockerfile": dockerfile(image, services, plan, locked),
        f"{image.folder}/Dockerfile.dockerignore": ignore_file(image, plan),
    }
