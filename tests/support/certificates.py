"""Certificates for servers and clients on loopback."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.programs import needs

needs_openssl = needs("openssl", "no openssl to make a certificate with")


def self_signed(folder: Path, name: str, alternative: str) -> Path:
    """Make a self-signed certificate and return its PEM file, which holds the key as well.

    ``alternative`` is its subject, as ``IP:127.0.0.1`` or ``DNS:index.example``.
    """
    key, certificate, both = (folder / f"{name}.{end}" for end in ("key", "crt", "pem"))
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    subprocess.run(
        [*command.split(), "-subj", f"/CN={name}", "-addext", f"subjectAltName={alternative}",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both
