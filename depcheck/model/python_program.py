"""What the bytes of a CPython program or library tell of it, without running it."""

from __future__ import annotations

import re
from collections import Counter

_EXTENSION = re.compile(rb"\0\.cpython-\d+([td]{0,2})(?:-[\w-]+)?\.so\0")
_COMPILER = re.compile(rb"\[((?:GCC|Clang)[^\]\0\n]{1,60})\]")


def about_interpreter(short: str, content: bytes) -> bytes:
    """Return what a CPython program or library tells of itself, in three lines.

    The full version (found by ``short``, as ``3.11``; empty for a small program whose
    library has it), the letters of its build (``t`` free-threaded, ``d`` debug), the compiler.
    """
    compiler, extension = _COMPILER.search(content), _EXTENSION.search(content)
    if compiler is None:  # the interpreter itself is not in this file
        return b"\n\n"
    letters = extension[1] if extension else b""
    return b"\n".join((_full_version(short, content), letters, compiler[1]))


def _full_version(short: str, content: bytes) -> bytes:
    """Return the version that stands in the data by itself, or else ends most of the texts.

    Linkers keep a text that ends another one as that one's tail (``/src/Python-3.11.7``).
    """
    version = rb"(" + re.escape(short.encode()) + rb"\.\d{1,3}(?:(?:a|b|rc)\d{1,2})?\+?)\0"
    alone = re.search(rb"\0" + version, content)
    if alone is not None:
        return alone[1]
    tails = Counter(re.findall(rb"(?<![\d.])" + version, content))
    return max(sorted(tails), key=tails.__getitem__) if tails else b""
