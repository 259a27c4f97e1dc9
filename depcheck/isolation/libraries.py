"""What native code a distribution brings: told by its name, its version, and its file names.

File names follow what repairs wheels: auditwheel and delvewheel put a digest into the name of
each library that they bundle (``libgomp-e985bcbb.so.1.0.0``, ``libcudart.3eda8113.so.13``),
so that it answers to no name but its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from depcheck.model.report import Picked

Kind = Literal["cuda", "cudnn", "nccl", "openmp", "library"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """One thing that a distribution brings, and that may clash with another's.

    Two clash where ``kind`` and ``key`` are the same and ``value`` is not: another major of
    CUDA, another copy of a runtime, another owner of one path or name. ``label`` is for
    people (``CUDA 12``, ``libomp.so``); ``path`` is in the wheel, empty where the
    distribution's name or version tells.
    """

    kind: Kind
    key: str
    value: str
    label: str
    distribution: str
    version: str
    path: str = ""


LLVM = "LLVM's OpenMP runtime"
INSTALLED = "/"
"""What the key of an installed path begins with."""

_SUFFIX = r"(?:\.so(?:\.\d+)*|\.dylib|\.dll)"
_MANGLED = re.compile(r"[-.][0-9a-f]{8}(?:[0-9a-f]{24,56})?(?=[-.])")
_EXTENSION = re.compile(r"\.(?:cpython-[^./]*|abi3|pypy[^./]*)\.so$")
_SONAME = re.compile(r"lib[^/]+\.so\.\d[\d.]*$|[^/]+\.dll$")
_LLVM_OPENMP = re.compile(rf"libi?omp(?:5|5md|140)?(?:-\d+)?(?:\.x86_64|\.aarch64)?{_SUFFIX}$")
_DATA = re.compile(r"^[^/]+\.data/(?:purelib|platlib|data)/")

# The version of a library's file, where it is the major of what it is.
_FILES: tuple[tuple[Kind, str, re.Pattern[str]], ...] = (
    ("cuda", "CUDA", re.compile(r"libcudart\.so\.([0-9]{1,4})|cudart64_([0-9]{1,4})\.dll")),
    ("cudnn", "cuDNN", re.compile(r"libcudnn\.so\.([0-9]{1,4})|cudnn64_([0-9]{1,4})\.dll")),
    ("nccl", "NCCL", re.compile(r"libnccl\.so\.([0-9]{1,4})")),
)
_RUNTIMES = re.compile(r"(?:^|-)(?:cuda|cu)(\d{2,3})x?(?:-|$)")
_LOCAL_CUDA = re.compile(r"(?:^|[^a-z])cu(?:da)?(\d{2,3})(?:\D|$)")
_LOCAL_CUDNN = re.compile(r"cudnn(\d)")
_WITHOUT_RUNTIME = re.compile(
    r"nvidia-(?:nccl|nvshmem|cusparselt|cudnn-frontend|ml-py|nvcomp|cutlass)\b"
)
_CUDA_VERSIONED = re.compile(r"cuda-toolkit|nvidia-cuda-(?:runtime|nvrtc|cupti|nvcc)")
_BUILT_FOR_GPU = re.compile(r"-gpu$")
_BUILT_FOR = re.compile(r"^nvidia-[a-z0-9-]+-cu(\d{2})\b|^nvidia-cuda-runtime\s*[~=>]=\s*(\d{2})\b")

_RELEASE_MAJOR = re.compile(r"[0-9]{1,4}(?=\.|$)")
_FIRST_CUDA = 9  # an older version is that of a placeholder

_STEADY = re.compile(
    r"lib(?:gomp|gfortran|quadmath|stdc\+\+|gcc_s|atomic|z|bz2|lzma|zstd|ffi|tbb\w*|hwloc|numa|uuid"
    r"|X\w+|xcb[\w-]*|xkb\w*|asound|glib-2|drm)[.-]"
    r"|(?:msvcp|vcruntime|concrt|vcomp|ucrtbase|api-ms-|mfc|zlib1?|libwinpthread|libgcc_s)"
)
"""Libraries that promise to serve whoever was built against an older one of the same name."""


@lru_cache(maxsize=4096)
def brought(pick: Picked, paths: tuple[str, ...]) -> tuple[Brought, ...]:
    """Return what the preferred file of a pick brings; asked for again and again.

    ``paths`` are the native files in it (``IndexCatalog.native_files``), empty where they
    are not known: then only the name and the version tell.
    """
    found = [*_by_name(pick)]
    for path in paths:
        found += _by_path(pick, path)
    return tuple(found)


def _by_name(pick: Picked) -> Iterator[Brought]:
    cuda = cuda_major(pick)
    if cuda:
        yield _of(pick, "cuda", "CUDA", cuda)
    major = _release_major(pick.version)
    for kind, what in (("cudnn", "cuDNN"), ("nccl", "NCCL")):
        if re.fullmatch(rf"nvidia-{kind}(?:-cu\d+)?", pick.name) and major:
            yield _of(pick, "cudnn" if kind == "cudnn" else "nccl", what, major)
    local = _LOCAL_CUDNN.search(pick.version.partition("+")[2])
    if local:
        yield _of(pick, "cudnn", "cuDNN", local[1])


def cuda_major(pick: Picked) -> str:
    """Return the CUDA major that a distribution is built for, empty where nothing tells.

    Its name tells (``nvidia-cublas-cu12``, ``jax-cuda12-plugin``, ``cupy-cuda110``), its
    version (``nvidia-cuda-runtime`` 13.0, ``torch`` 2.5.1+cu121), or, where it is built for
    GPUs alone, what its extras would add (``onnxruntime-gpu``).
    """
    if _WITHOUT_RUNTIME.match(pick.name):
        return ""
    named = _RUNTIMES.search(pick.name)
    if named:
        return _major(named[1])
    major = _release_major(pick.version)
    if _CUDA_VERSIONED.fullmatch(pick.name) and major and int(major) >= _FIRST_CUDA:
        return major
    stated = _LOCAL_CUDA.search(pick.version.partition("+")[2])
    if stated:
        return _major(stated[1])
    return _built_for(pick) if _BUILT_FOR_GPU.search(pick.name) else ""


def _release_major(version: str) -> str:
    match = _RELEASE_MAJOR.match(version)
    return match[0] if match else ""


def _built_for(pick: Picked) -> str:
    matches = (_BUILT_FOR.match(text) for text in pick.requires_dist)
    majors = {match[1] or match[2] for match in matches if match}
    return majors.pop() if len(majors) == 1 else ""


def _major(digits: str) -> str:
    """Return the major in ``12``, ``121`` or, of old, ``92``."""
    if len(digits) == 3:
        return digits[:2]
    return digits if int(digits) < 50 else digits[0]


def _of(pick: Picked, kind: Kind, what: str, major: str, path: str = "") -> Brought:
    return Brought(
        kind=kind, key=what, value=major, label=f"{what} {major}",
        distribution=pick.name, version=pick.version, path=path,
    )  # fmt: skip


def _by_path(pick: Picked, path: str) -> Iterator[Brought]:
    base = path.rpartition("/")[2]
    yield _owned(pick, INSTALLED + installed(path), base, path)
    if _EXTENSION.search(base):
        return
    plain = _MANGLED.sub("", base)
    for kind, what, pattern in _FILES:
        match = pattern.match(plain)
        if match:
            yield _of(pick, kind, what, _digits(match), path)
    if _LLVM_OPENMP.fullmatch(plain) and not plain.endswith(".dylib"):
        yield Brought(
            kind="openmp", key=LLVM, value=pick.name, label=plain,
            distribution=pick.name, version=pick.version, path=path,
        )  # fmt: skip
    elif plain == base and _SONAME.fullmatch(base) and not _STEADY.match(base):
        yield _owned(pick, base, base, path)


def installed(path: str) -> str:
    """Return where an install puts a wheel's member, below its prefix (PEP 427)."""
    return _DATA.sub("", path)


def _digits(match: re.Match[str]) -> str:
    digits = next(group for group in match.groups() if group)
    return _major(digits) if len(digits) == 3 else digits


def _owned(pick: Picked, key: str, label: str, path: str) -> Brought:
    return Brought(
        kind="library", key=key, value=pick.name, label=label,
        distribution=pick.name, version=pick.version, path=path,
    )  # fmt: skip
