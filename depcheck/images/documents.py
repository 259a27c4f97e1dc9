"""JSON documents of images, read with suspicion: every field is checked when it is taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from depcheck.errors import ImageError
from depcheck.model.text import printable

DOCUMENT_CAP = 4 << 20
"""The most bytes of a manifest or a configuration (OCI distribution-spec, Pushing Manifests)."""


class Document:
    """A JSON object and what to call it in a message (``the manifest of reg.example/shop``)."""

    def __init__(self, value: Mapping[str, Any], what: str) -> None:
        self.value = value
        self.what = what

    def broken(self, reason: str) -> ImageError:
        return ImageError(f"{self.what} is broken: {reason}")

    def text(self, key: str) -> str:
        """Return a text, empty where there is none. Raises ImageError for another type."""
        found = self.value.get(key)
        if found is not None and not isinstance(found, str):
            raise self.broken(f'"{key}" is no text')
        return found or ""

    def number(self, key: str) -> int:
        """Return a number from 0 to 2**63 - 1, 0 where there is none. Raises ImageError."""
        found = self.value.get(key)
        if found is None:
            return 0
        if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 1 << 63:
            raise self.broken(f'"{key}" is no count')
        return found

    def object(self, key: str) -> Document:
        """Return an object, an empty one where there is none. Raises ImageError."""
        found = self.value.get(key)
        if found is not None and not isinstance(found, dict):
            raise self.broken(f'"{key}" is no object')
        return Document(found or {}, self.what)

    def objects(self, key: str) -> tuple[Document, ...]:
        """Return a list of objects, an empty one where there is none. Raises ImageError."""
        found = self._list(key)
        if not all(isinstance(each, dict) for each in found):
            raise self.broken(f'"{key}" is no list of objects')
        return tuple(Document(each, self.what) for each in found)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, an empty one where there is none. Raises ImageError.

        A single text, as old builders wrote commands, is a list of one.
        """
        found = self.value.get(key)
        found = [found] if isinstance(found, str) else self._list(key)
        if not all(isinstance(each, str) for each in found):
            raise self.broken(f'"{key}" is no list of texts')
        return tuple(found)

    def _list(self, key: str) -> list[Any]:
        found = self.value.get(key)
        if found is not None and not isinstance(found, list):
            raise self.broken(f'"{key}" is no list')
        return found or []


def read_document(data: bytes, what: str) -> Document:
    """Return the JSON object in ``data``. Raises ImageError where it is none, or too large."""
    value = read_json(data, what)
    if not isinstance(value, dict):
        raise ImageError(f"{what} is broken: it is no JSON object")
    return Document(value, what)


def read_json(data: bytes, what: str) -> Any:
    """Return the JSON value in ``data``. Raises ImageError."""
    if len(data) > DOCUMENT_CAP:
        raise ImageError(f"{what} is larger than {DOCUMENT_CAP >> 20} MiB")
    try:
        value = json.loads(data)
        if b"\\u" in data:  # half of a surrogate pair could not be written into any report
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except RecursionError:
        raise ImageError(f"{what} is broken: it is nested too deeply") from None
    except ValueError as error:
        raise ImageError(f"{what} is broken: no JSON ({printable(str(error))})") from None
