"""Which files declare components, told by their names and by the heads of projects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from depcheck.discovery.folders import is_aside
from depcheck.discovery.projects import Project, is_member, read_project
from depcheck.discovery.requirement_files import Chosen, Kin, choose, is_for_tools
from depcheck.discovery.values import Candidate, Candidates, Mention, Tree

_LOCKS = ("uv.lock", "pylock.toml", "poetry.lock")
_UNREAD = {
    "setup.py": "depcheck never runs it, so it cannot tell what it requires",
    "setup.cfg": "depcheck does not read it; move its requirements to pyproject.toml",
    "Pipfile": "depcheck does not read it: `pipenv requirements > requirements.txt` writes "
    "what it does",
    "Pipfile.lock": "depcheck does not read it: `pipenv requirements > requirements.txt` "
    "writes what it does",
    "pdm.lock": "depcheck does not read it: `pdm export -o requirements.txt` writes what it does",
    "pixi.lock": "depcheck does not read it",
    "environment.yml": "depcheck does not read conda's files",
    "environment.yaml": "depcheck does not read conda's files",
    "conda.yml": "depcheck does not read conda's files",
    "conda.yaml": "depcheck does not read conda's files",
}
_REQUIREMENT_FOLDERS = ("requirements", "requirement", "reqs")
_MOST = 40


def candidates(tree: Tree, root: Path) -> Candidates:
    """Return the components that the files of ``tree`` declare, the nearest to the root first."""
    search = _Search(tree, root)
    for folder in sorted(_folders(tree), key=lambda each: (each.count("/") + bool(each), each)):
        search.look(folder)
    found, rest = search.found[:_MOST], search.found[_MOST:]
    over = [Mention(path=each.source, why=f"more than {_MOST} were found") for each in rest]
    return Candidates(found=tuple(found), mentions=(*search.mentions, *over))


def _folders(tree: Tree) -> set[str]:
    """Return the folders that may be components: what ``requirements/`` holds is of its parent."""
    return {_owner(folder) for folder in tree.files}


def _owner(folder: str) -> str:
    parent, _, name = folder.rpartition("/")
    return parent if name in _REQUIREMENT_FOLDERS else folder


@dataclass(slots=True)
class _Search:
    tree: Tree
    root: Path
    found: list[Candidate] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    workspaces: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def look(self, folder: str) -> None:
        """Add what a folder declares."""
        names = self.tree.files.get(folder, ())
        chosen = choose(self._requirements(folder))
        if is_aside(folder):
            self._aside(folder, names, chosen)
            return
        project = Project()
        if "pyproject.toml" in names:
            project = read_project(self.root / folder / "pyproject.toml", self.root)
        if project.members:
            self.workspaces[folder] = project.members
        self.mentions += chosen.mentions
        self._main(folder, names, project, chosen.main)
        for name, kin in chosen.others.items():
            self.found.append(_of_files(name, folder, kin))

    def _requirements(self, folder: str) -> Iterator[str]:
        for below in ("", *_REQUIREMENT_FOLDERS):
            there = "/".join(part for part in (folder, below) if part)
            for name in self.tree.files.get(there, ()):
                if name.lower().endswith((".txt", ".in", ".lock")) and name not in (
                    *_LOCKS,
                    *_UNREAD,
                ):
                    yield f"{there}/{name}" if there else name

    def _aside(self, folder: str, names: tuple[str, ...], chosen: Chosen) -> None:
        """Mention the files of a folder of tests, documents or tools."""
        why = "for tests, documents or tools, as the folder says"
        kin = ([chosen.main] if chosen.main else []) + list(chosen.others.values())
        paths = [_at(folder, "pyproject.toml")] if "pyproject.toml" in names else []
        self.mentions += [Mention(path=path, why=why) for path in paths]
        self.mentions += [Mention(path=each.source, why=why) for each in kin]

    def _main(self, folder: str, names: tuple[str, ...], project: Project, kin: Kin | None) -> None:
        name = project.name or folder.rpartition("/")[2] or self.root.resolve().name
        locks = [lock for lock in _LOCKS if lock in names]
        if project.declares or (project.optional and not kin):
            self.found.append(self._project(name, folder, project, locks, kin))
        elif kin:
            self.found.append(_of_files(name, folder, kin))
        elif "pylock.toml" in names:
            only = "What it installs is this lock: nothing in it may move"
            source = _at(folder, "pylock.toml")
            self.found.append(Candidate(name=name, folder=folder, source=source, remarks=(only,)))
        else:
            self._nothing(folder, names, project)

    def _project(
        self, name: str, folder: str, project: Project, locks: list[str], kin: Kin | None
    ) -> Candidate:
        remarks = []
        lock = _at(folder, locks[0]) if locks else None
        if len(locks) > 1:
            remarks.append(f"Of {' and '.join(locks)} the first was taken as its lock")
        if member := self._workspace(folder):
            remarks.append(member)
        if kin and not lock:
            # Whether it pins everything shows when it is read.
            lock = kin.lock or kin.source
        elif kin:
            why = "it stands beside a pyproject.toml, which was taken"
            self.mentions.append(Mention(path=kin.source, why=why))
        return Candidate(
            name=name,
            folder=folder,
            source=_at(folder, "pyproject.toml"),
            lock=lock,
            more_extras=tuple(each for each in project.extras if not is_for_tools(each)),
            more_groups=tuple(each for each in project.groups if not is_for_tools(each)),
            remarks=tuple(remarks),
        )

    def _workspace(self, folder: str) -> str:
        """Return what to say of a member of a uv workspace, whose lock is not its own."""
        for root, members in self.workspaces.items():
            inside = folder[len(root) :].strip("/") if folder.startswith(root) else ""
            if inside and is_member(inside, members):
                lock = _at(root, "uv.lock")
                return f"A member of the uv workspace, whose {lock} is of all members together"
        return ""

    def _nothing(self, folder: str, names: tuple[str, ...], project: Project) -> None:
        """Mention what would be a component if it could be read."""
        if project.computed:
            why = "its build backend computes the requirements, and none is ever run"
            self.mentions.append(Mention(path=_at(folder, "pyproject.toml"), why=why))
        locks = () if project.members else ("uv.lock", "poetry.lock")
        for lock in locks:
            if lock in names:
                why = "a lock without a pyproject.toml that declares what it is for"
                self.mentions.append(Mention(path=_at(folder, lock), why=why))
        for name, why in _UNREAD.items():
            if name in names and f"{name}.lock" not in names:
                self.mentions.append(Mention(path=_at(folder, name), why=why))


def _of_files(name: str, folder: str, kin: Kin) -> Candidate:
    return Candidate(name=name, folder=folder, source=kin.source, lock=kin.lock)


def _at(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
