"""Native code of different components that cannot live in one process, or on one disk.

What raises a wall, and on what evidence:

- **Two majors of CUDA, cuDNN or NCCL.** Each wants the driver, and the libraries beside it,
  of its own major; the image carries both stacks.
- **Two distributions that install the same native file** (cuDNN for CUDA 12 and for CUDA 13,
  ``onnxruntime`` and ``onnxruntime-gpu``, two builds of OpenCV): the later install
  overwrites the former, and one of the components runs the other's build.
- **Two libraries that answer to one name with a version** (``libhighs.so.1``): the loader
  hands the first that is loaded to whoever asks next (ld.so(8): by SONAME). A name that was
  made unique when the wheel was repaired clashes with nothing; a name without a version
  tells nothing of the SONAME; what promises to serve older users is left out (libz, libtbb).
- **Two copies of LLVM's OpenMP runtime**, be it ``libomp`` or Intel's ``libiomp5``: the
  second to start finds the first and aborts the process (OMP: Error #15), or, where
  ``KMP_DUPLICATE_LIB_OK`` is set, may crash, hang or compute wrongly. threadpoolctl's notes
  on multiple OpenMP runtimes call this mix on Linux the one that cannot be recovered from.

What raises none: copies of GCC's ``libgomp``, or one beside LLVM's. They keep to themselves
(each starts threads of its own), and nearly every image with NumPy, scikit-learn and PyTorch
has them. Nor does anything on macOS, where libraries are found by path.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations, product

from depcheck.isolation.libraries import INSTALLED, Brought, brought, installed
from depcheck.model.findings import Finding
from depcheck.model.report import Picked
from depcheck.model.rules import RULES
from depcheck.model.text import printable
from depcheck.model.walls import NativeClash, NativeUse

Contested = dict[tuple[str, str], dict[str, dict[str, list[Brought]]]]
"""What has more than one value: by kind and key, then by value, then by component."""

_SHOWN = 3
_WORD = {"cuda": "CUDA", "cudnn": "cuDNN", "nccl": "NCCL"}


@dataclass(frozen=True, slots=True)
class _Clash:
    left: Brought
    right: Brought
    more: int = 0
    others: tuple[str, ...] = ()


def native_clashes(
    alone: Mapping[str, Sequence[Picked]],
    joint: Mapping[str, Sequence[Picked]],
    files: Mapping[str, tuple[str, ...]],
) -> list[Finding]:
    """Return a finding (``wall-native``) for each clash between two components' native code.

    ``alone`` are the components' own resolutions, ``joint`` what each of those in one
    container leads to in the resolution of all of them. ``files`` are the native files of
    distributions, by URL; of a distribution that is missing only name and version tell.
    What a component has within itself when alone does not count against others.
    """
    places = {name: position for position, name in enumerate(joint)}
    lived_with = _contested(alone, files)
    pairs: dict[tuple[str, str], list[_Clash]] = {}
    for mark, values in _contested(joint, files).items():
        lived = lived_with.get(mark, {})
        for one, other in permutations(values, 2):
            both = lived.get(one, {}).keys() & lived.get(other, {}).keys()
            for left, right in product(values[one].keys() - both, values[other].keys() - both):
                clash = _Clash(_best(values[one][left]), _best(values[other][right]))
                if places[left] < places[right] and not _is_told_by_path(clash):
                    pairs.setdefault((left, right), []).append(clash)
    ranked = sorted(pairs, key=lambda pair: (places[pair[0]], places[pair[1]]))
    return [_finding(*pair, clash) for pair in ranked for clash in _told(pairs[pair])]


def may_hide_clash(joint: Mapping[str, Sequence[Picked]], unread: Container[str]) -> bool:
    """Whether wheels that could not be read may clash, among components in one container.

    ``joint`` is as in ``native_clashes``, ``unread`` holds the URLs of what could not be
    read. So it is where two components each bring a wheel with compiled code that the other
    does not, and one of these could not be read. An sdist never tells what a build of it
    would hold, and does not count.
    """
    brings = [{_url(pick) for pick in picks if _is_compiled(pick)} for picks in joint.values()]
    return any(
        one - other and other - one and any(url in unread for url in one ^ other)
        for one, other in combinations(brings, 2)
    )


def _is_compiled(pick: Picked) -> bool:
    """Whether the file that an install takes is a wheel for some platforms only."""
    if not pick.distributions or not pick.distributions[0].is_wheel:
        return False
    return not pick.distributions[0].filename.endswith("-any.whl")


def _contested(
    sides: Mapping[str, Sequence[Picked]], files: Mapping[str, tuple[str, ...]]
) -> Contested:
    """Return what the picks of components bring, as far as not all bring the same."""
    owners: dict[str, tuple[Picked, list[str]]] = {}
    for component, picks in sides.items():
        for pick in picks:
            mark = f"{pick.name} {pick.version} {_url(pick)}"
            owners.setdefault(mark, (pick, []))[1].append(component)
    found: dict[tuple[str, str], dict[str, list[tuple[Brought, list[str]]]]] = {}
    for pick, components in owners.values():
        for thing in brought(pick, files.get(_url(pick), ())):
            values = found.setdefault((thing.kind, thing.key), {})
            values.setdefault(thing.value, []).append((thing, components))
    return {
        mark: {value: _by_component(things) for value, things in values.items()}
        for mark, values in found.items()
        if len(values) > 1
    }


def _by_component(things: Iterable[tuple[Brought, list[str]]]) -> dict[str, list[Brought]]:
    found: dict[str, list[Brought]] = {}
    for thing, components in things:
        for component in components:
            found.setdefault(component, []).append(thing)
    return found


def _url(pick: Picked) -> str:
    return pick.distributions[0].url if pick.distributions else ""


def _is_told_by_path(clash: _Clash) -> bool:
    """Whether two files of one name are one file once installed: that is told already."""
    same = installed(clash.left.path) == installed(clash.right.path)
    return clash.left.kind == "library" and same and not _overwrites(clash)


def _best(things: Sequence[Brought]) -> Brought:
    """The thing that shows best what is meant: a file before a name, a runtime before others."""
    return min(things, key=lambda t: (not t.path, "runtime" not in t.distribution, t.distribution))


def _told(clashes: Iterable[_Clash]) -> list[_Clash]:
    """One clash for each kind, the first, with what else clashes in the same way.

    What overwrites comes before what only has one name: it is the surer harm.
    """
    found: dict[tuple[str, bool, frozenset[str]], list[_Clash]] = {}
    for clash in clashes:
        kind = clash.left.kind
        values = (
            frozenset() if kind == "library" else frozenset((clash.left.value, clash.right.value))
        )
        found.setdefault((kind, _overwrites(clash), values), []).append(clash)
    ranked = sorted(found, key=lambda way: (way[0] == "library", not way[1]))
    return [_with_others(found[way]) for way in ranked]


def _with_others(alike: Sequence[_Clash]) -> _Clash:
    first = alike[0]
    others = tuple(dict.fromkeys(c.left.distribution for c in alike))
    return _Clash(first.left, first.right, len(alike) - 1, others[1:])


def _overwrites(clash: _Clash) -> bool:
    return clash.left.key.startswith(INSTALLED)


def _finding(left: str, right: str, clash: _Clash) -> Finding:
    rule = RULES["wall-native"]
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=_message(left, right, clash),
        evidence=NativeClash(
            kind=clash.left.kind,
            name=_WORD.get(clash.left.kind, clash.left.label),
            left=_use(left, clash.left),
            right=_use(right, clash.right),
        ),
        remedy=_remedy(clash),
    )


def _use(component: str, thing: Brought) -> NativeUse:
    return NativeUse(
        component=component,
        distribution=thing.distribution,
        version=thing.version,
        library=thing.label,
        path=thing.path,
    )


def _message(left: str, right: str, clash: _Clash) -> str:
    one, other = _source(left, clash.left), _source(right, clash.right)
    if clash.left.kind == "openmp":
        return (
            f"{one} and {other} each bring a copy of LLVM's OpenMP runtime "
            f"({_where(clash.left)}; {_where(clash.right)}): the second to start aborts the "
            "process."
        )
    if clash.left.kind != "library":
        return (
            f"{one} {_brings(clash.left)} and {other} {_brings(clash.right)}: "
            "one process would have both."
        )
    if _overwrites(clash):
        return (
            f"{one} and {other} both install {_where(clash.left)}: one overwrites the other"
            f"{_more(clash)}."
        )
    name = printable(clash.left.label, limit=80)
    return (
        f"{one} and {other} both bring {name} ({_where(clash.left)}; {_where(clash.right)}): "
        f"both get the one that is loaded first{_more(clash)}."
    )


def _more(clash: _Clash) -> str:
    if not clash.more:
        return ""
    of = f", of {', '.join(clash.others[:_SHOWN])}" if clash.others else ""
    of += f" and {len(clash.others) - _SHOWN} more" if len(clash.others) > _SHOWN else ""
    files = "1 more file" if clash.more == 1 else f"{clash.more} more files"
    return f"; so it is with {files}{of}"


def _source(component: str, thing: Brought) -> str:
    release = printable(f"{thing.distribution} {thing.version}", limit=80)
    return f"{component}'s {release}"


def _where(thing: Brought) -> str:
    return printable(thing.path, limit=100)


def _brings(thing: Brought) -> str:
    if thing.path:
        return f"brings {thing.label} ({_where(thing)})"
    return f"is for {thing.label}"


def _remedy(clash: _Clash) -> str:
    left, right = clash.left, clash.right
    if left.kind == "openmp":
        return "Use builds of both that share one OpenMP runtime, or that bring GCC's libgomp."
    if left.kind != "library":
        what = _WORD[left.kind]
        return f"Choose builds of both for one {what} major: {left.value} or {right.value}."
    if _overwrites(clash):
        return f"Choose builds that share one of {left.distribution} and {right.distribution}."
    return "Choose releases that were built with the same library, or that bundle it renamed."
