"""Strings that stay data wherever they are written, or are refused.

Everything here refuses what is no printable character (controls, line breaks, bidirectional
marks): no generated format needs them, and some would end a line or a string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from depcheck.errors import ConfigurationError
from depcheck.model.text import printable

_LONGEST = 4_000
_WIDTH = 96
# An image reference as registries and engines read it (distribution's reference grammar).
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?"
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*(?::\w[\w.-]{{0,127}})?(?:@sha256:[0-9a-f]{{64}})?",
    re.ASCII,
)
_ODD_IN_PATH = re.compile(r"""[$\\'"*?\[\]<>!#`]""")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def data(text: str, what: str) -> str:
    """Return ``text`` if it can be carried as data; ``what`` names it and where it stands.

    Raises ConfigurationError for what is not printable and for more than 4,000 characters.
    """
    if len(text) > _LONGEST:
        raise _refused(text[:40], what, f"it has more than {_LONGEST} characters")
    if not text.isprintable():
        odd = next(char for char in text if not char.isprintable())
        raise _refused(
            text, what, f"it holds a character that cannot be printed (U+{ord(odd):04X})"
        )
    return text


def exec_form(words: Sequence[str], what: str) -> str:
    """Return the JSON array of a Dockerfile's exec form: no shell and no expansion.

    For ``CMD``, ``ENTRYPOINT`` and ``RUN``; the builder expands ``$`` elsewhere.
    """
    return json.dumps([data(word, what) for word in words], ensure_ascii=False)


def dockerfile_word(text: str, what: str) -> str:
    """Return ``text`` as a value of ``ENV``, ``LABEL`` or ``ARG``: quoted, nothing expanded."""
    escaped = re.sub(r'(["$\\])', r"\\\1", data(text, what))
    return f'"{escaped}"'


def yaml_scalar(text: str, what: str) -> str:
    """Return ``text`` as a double-quoted YAML scalar of a compose file.

    It is JSON (YAML 1.2 includes it), so that no reader takes ``no`` or ``1.10`` for anything
    but text; ``$`` is doubled, since compose would interpolate it.
    """
    return json.dumps(data(text, what), ensure_ascii=False).replace("$", "$$")


def yaml_words(words: Sequence[str], what: str) -> str:
    """Return a YAML flow sequence of ``yaml_scalar`` (``["a", "b"]``)."""
    return f"[{', '.join(yaml_scalar(word, what) for word in words)}]"


def haproxy_word(text: str, what: str) -> str:
    """Return ``text`` as one word of an HAProxy configuration, in strong quotes.

    Nothing is interpreted inside single quotes (HAProxy manual, section 2.2). Where a
    keyword takes a log-format string, ``%`` has a meaning of its own: none is to be used.
    """
    quoted = data(text, what).replace("'", r"'\''")
    return f"'{quoted}'"


def comment(text: str, *, indent: int = 0) -> str:
    """Return ``text`` as comment lines (``# ...``) that end without a line break.

    The same in a Dockerfile, YAML and HAProxy's configuration. What is not printable is shown
    as an escape.
    """
    import textwrap

    start = " " * indent + "# "
    return "\n".join(
        textwrap.wrap(
            printable(text, limit=_LONGEST),
            _WIDTH,
            initial_indent=start,
            subsequent_indent=start,
            break_on_hyphens=False,
            break_long_words=False,
        )
        or [start.rstrip()]
    )


def image_reference(text: str, what: str) -> str:
    """Return ``text`` if it is an image reference (``host/name:tag@sha256:...``)."""
    if len(data(text, what)) > 500 or not _IMAGE.fullmatch(text):
        raise _refused(text, what, "it is no image reference", hint="write it as NAME:TAG@DIGEST")
    return text


def path_below(text: str, what: str) -> str:
    """Return ``text``, a POSIX path, if it stays below where it starts (``.`` is that itself).

    What copying and ignore files take for a pattern is refused: each builder escapes it
    in another way.
    """
    parts = [part for part in data(text, what).split("/") if part not in ("", ".")]
    if text.startswith("/") or ".." in parts:
        raise _refused(text, what, "it does not stay below the project root")
    if _ODD_IN_PATH.search(text) or any(part != part.strip() for part in parts):
        raise _refused(text, what, "it holds a character that a Dockerfile takes for a pattern",
                       hint="rename the folder")  # fmt: skip
    return "/".join(parts) or "."


def variable(text: str, what: str) -> str:
    """Return ``text`` if it is the name of an environment variable."""
    if not _VARIABLE.fullmatch(data(text, what)):
        raise _refused(text, what, "it is no name of an environment variable")
    return text


def _refused(text: str, what: str, why: str, *, hint: str = "") -> ConfigurationError:
    return ConfigurationError(
        f"{printable(what)}: {printable(json.dumps(text, ensure_ascii=False))} cannot be "
        f"written: {why}",
        hint=hint,
    )
