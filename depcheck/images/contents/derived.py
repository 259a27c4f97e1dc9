"""What is kept of files of the system that are too long, or too private, to be kept whole."""

from __future__ import annotations

import hashlib
import re
import struct

_GLIBC = re.compile(rb"GNU C Library [^\n\0]{0,200}? release version (\d[\w.]{0,20})")
_MUSL = re.compile(rb"\0(1\.\d{1,3}\.\d{1,3})(?:-git[\w.-]{0,60})?\0")
_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
_TRUSTED = b"TRUSTED CERTIFICATE-----"
_ARCHIVE_MAGIC = 0xDE020109
_FIRST_PERSON, _NOBODY = 1000, 65534


def glibc_version(content: bytes) -> bytes:
    """Return ``glibc 2.36`` of a libc.so.6, from the text that it would print when run."""
    found = _GLIBC.search(content)
    if found is None:
        raise ValueError("the C library does not tell its version")
    return b"glibc " + found[1].rstrip(b".")


def musl_version(content: bytes) -> bytes:
    """Return ``musl 1.2.4`` of an ld-musl, whose version stands by itself in its data."""
    found = _MUSL.search(content) if b"musl libc" in content else None
    if found is None:
        raise ValueError("the C library does not tell its version")
    return b"musl " + found[1]


def certificates(content: bytes) -> bytes:
    """Return count and digest of the certificates in a PEM bundle; order and comments are nothing.

    As text: ``142 certificates, 0123456789abcdef``.
    """
    blocks = content.replace(_TRUSTED, b"CERTIFICATE-----").split(_BEGIN)[1:]
    found = sorted({b"".join(block.partition(_END)[0].split()) for block in blocks})
    digest = hashlib.sha256(b"\n".join(found)).hexdigest()[:16]
    return f"{len(found)} certificates, {digest}".encode()


def first_line(content: bytes) -> bytes:
    """Return the first line, 200 bytes at the most."""
    return content[:200].partition(b"\n")[0].strip()


def zone_rule(content: bytes) -> bytes:
    """Return the rule at the end of a time-zone file (RFC 9636, footer), as ``CET-1CEST,…``."""
    if not content.startswith(b"TZif"):
        raise ValueError("this is no time-zone file")
    rule = content[-200:].rstrip(b"\n").rpartition(b"\n")[2]
    if not rule.isascii() or not rule.decode(errors="replace").isprintable():
        rule = b""
    return rule or b"TZif " + hashlib.sha256(content).hexdigest()[:16].encode()


def archive_locales(content: bytes) -> bytes:
    """Return the names in glibc's locale archive (``locarchive.h``), one a line."""
    for order in "<>":
        if len(content) >= 56 and struct.unpack_from(f"{order}I", content)[0] == _ARCHIVE_MAGIC:
            start, used = struct.unpack_from(f"{order}II", content, 20)
            names = content[start : start + used].split(b"\0")
            return b"\n".join(sorted({name for name in names if name}))
    raise ValueError("this is no archive of locales")


def people(content: bytes) -> bytes:
    """Return what is told of the accounts in a passwd(5), as two lines.

    The first has count and digest of those that are not the system's, without names
    (``2 accounts, 0123456789abcdef``), the second the names of those with uid 0.
    """
    lines = [line.split(b":") for line in content.splitlines()]
    lines = [fields for fields in lines if len(fields) == 7]
    found = sorted(
        b":".join((*fields[:1], *fields[2:4], *fields[5:]))
        for fields in lines
        if _is_person(fields[2])
    )
    digest = hashlib.sha256(b"\n".join(found)).hexdigest()[:16]
    count = f"{len(found)} account{'s' * (len(found) > 1)}"
    told = f"{count}, {digest}".encode() if found else b"no accounts"
    roots = sorted({fields[0][:100] for fields in lines if _is_root(fields[2])})
    return told + b"\n" + b", ".join(roots[:20])


def _is_root(number: bytes) -> bool:
    return number[:20].isdigit() and not int(number[:20])


def _is_person(number: bytes) -> bool:
    text = number[:20]
    return text.isdigit() and _FIRST_PERSON <= int(text) != _NOBODY
