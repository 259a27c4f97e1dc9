"""The dependency tables of Poetry (``[tool.poetry]``), as requirements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from depcheck.model.requirement import Origin, PythonBound, Requirement, Undetermined, normalise
from depcheck.model.text import printable
from depcheck.model.toml_text import Path
from depcheck.sources.poetry_version import specifier_of
from depcheck.sources.pyproject import Draft, both_markers
from depcheck.sources.requirement import MalformedError, check_name, unknown

_FETCHED = {
    "git": "a git repository is never fetched or built",
    "path": "a path is never fetched or built",
    "file": "a path is never fetched or built",
    "url": "a URL is never fetched or built",
}


def read_poetry(draft: Draft, extras: tuple[str, ...]) -> None:
    """Add what ``[tool.poetry.dependencies]`` asks for, with extras, to ``draft``."""
    project = draft.table("project")
    at: Path = ("tool", "poetry", "dependencies")
    table = draft.table("tool", "poetry", "dependencies")
    if "requires-python" in project:
        draft.bound(project["requires-python"], ("project", "requires-python"))
    elif "python" in table:
        _python(draft, table["python"], (*at, "python"))
    wanted = _wanted(draft, extras)
    for name, value in table.items():
        if name != "python":
            _dependency(draft, name, value, (*at, name), wanted)


def _python(draft: Draft, value: object, path: Path) -> None:
    try:
        specifier = specifier_of(str(value))
    except MalformedError as fault:
        origin = draft.origin(path, draft.document.written(*path))
        draft.undetermined.append(
            Undetermined(subject=origin.text, reason=fault.message, origin=origin)
        )
        return
    if specifier:
        origin = draft.origin(path, draft.document.written(*path))
        draft.requires_python = PythonBound(specifier=specifier, origin=origin)


def _wanted(draft: Draft, extras: tuple[str, ...]) -> frozenset[str]:
    """Return the names of the optional projects that the extras ask for."""
    table = draft.table("tool", "poetry", "extras")
    known = {normalise(key): key for key in table}
    names: set[str] = set()
    for extra in extras:
        key = known.get(normalise(extra))
        path: Path = ("tool", "poetry", "extras")
        if key is None:
            draft.fault(path, *unknown("extra", extra, tuple(table)))
        else:
            names.update(normalise(name) for name in draft.texts(table[key], (*path, key)))
    return frozenset(names)


def read_poetry_group(draft: Draft, group: str) -> None:
    """Add a group of Poetry's; one that does not exist is a fault."""
    tables = draft.table("tool", "poetry", "group")
    known: dict[str, tuple[str, ...]] = {
        normalise(key): ("tool", "poetry", "group", key, "dependencies") for key in tables
    }
    if draft.table("tool", "poetry", "dev-dependencies"):
        known.setdefault("dev", ("tool", "poetry", "dev-dependencies"))
    path = known.get(normalise(group))
    if path is None:
        draft.fault(("tool", "poetry", "group"), *unknown("group", group, tuple(known)))
        return
    for name, value in draft.table(*path).items():
        _dependency(draft, name, value, (*path, name), None)


def _dependency(
    draft: Draft, name: str, value: object, path: Path, wanted: frozenset[str] | None
) -> None:
    """Add one dependency; ``wanted`` None takes optional ones as well (in a group)."""
    for place, entry in _entries(value, path):
        try:
            if not isinstance(entry, Mapping):
                raise MalformedError(
                    f"the dependency {printable(name)} must be a version or a table"
                )
            if wanted is not None and entry.get("optional") and normalise(name) not in wanted:
                continue
            origin = draft.origin(place, _written(draft, name, path, place))
            _add(draft, name, entry, origin)
        except MalformedError as fault:
            draft.fault(place, fault.message, fault.hint)


def _entries(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    values = enumerate(value) if isinstance(value, list) else [(None, value)]
    for index, entry in values:
        place = path if index is None else (*path, index)
        yield place, {"version": entry} if isinstance(entry, str) else entry


def _written(draft: Draft, name: str, path: Path, place: Path) -> str:
    text = draft.document.written(*place)
    return text if place == path else f"{name} = {text}"


def _add(draft: Draft, name: str, entry: Mapping[str, Any], origin: Origin) -> None:
    normalised = check_name(name)
    if reason := next((_FETCHED[key] for key in _FETCHED if key in entry), ""):
        draft.undetermined.append(Undetermined(subject=origin.text, reason=reason, origin=origin))
        return
    version = entry.get("version", "*")
    try:
        specifier = specifier_of(str(version))
    except MalformedError as fault:
        if "|" not in str(version):
            raise
        draft.undetermined.append(
            Undetermined(
                subject=origin.text,
                reason=fault.message,
                hint="write one range, with != for the gap",
                origin=origin,
            )
        )
        return
    extras = entry.get("extras", [])
    if not isinstance(extras, list):
        raise MalformedError(f"the extras of {normalised} must be a list of texts")
    draft.found.append(
        Requirement(
            name=normalised,
            extras=tuple(sorted(normalise(str(extra)) for extra in extras)),
            specifier=specifier,
            marker=_marker(entry),
            origin=origin,
        )
    )


def _marker(entry: Mapping[str, Any]) -> str:
    """Return the marker of ``markers``, ``python`` and ``platform`` together."""
    from packaging.markers import InvalidMarker, Marker

    text = str(entry.get("markers", ""))
    text = both_markers(text, _python_marker(str(entry.get("python", "*"))))
    if platform := entry.get("platform"):
        text = both_markers(text, f'sys_platform == "{platform}"')
    try:
        return str(Marker(text)) if text else ""
    except InvalidMarker:
        raise MalformedError(f'"{printable(text)}" is not a marker') from None


def _python_marker(constraint: str) -> str:
    """Return a Poetry ``python`` range as a marker; ``||`` becomes ``or``."""
    choices = [
        [_python_clause(clause) for clause in specifier_of(choice).split(",") if clause]
        for choice in constraint.replace("||", "|").split("|")
    ]
    if not all(choices):
        return ""
    return " or ".join(" and ".join(sorted(clauses)) for clauses in choices)


def _python_clause(clause: str) -> str:
    operator = clause.rstrip("0123456789.*abcrdevpost+")
    version = clause.removeprefix(operator)
    variable = "python_version" if version.rstrip(".*").count(".") <= 1 else "python_full_version"
    return f'{variable} {operator} "{version}"'
