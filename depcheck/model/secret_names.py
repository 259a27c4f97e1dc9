"""Which environment variables hold a secret, as far as name and value tell."""

from __future__ import annotations

import re

from depcheck.model.text import redact

_LAST = frozenset(
    ("password", "passwd", "pass", "pwd", "passphrase", "secret", "secrets", "token", "key")
) | {"apikey", "credential", "credentials", "dsn", "pat"}
_HARMLESS = re.compile(
    r"(?:.*_)?(?:public|partition|sort|primary|foreign|routing|cache|idempotency|max|pad|"
    r"eos|bos|unk|sep|mask|special)_(?:key|token)|pwd|oldpwd",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^A-Za-z0-9]+")
_SWITCH = re.compile(r"(?:true|false|yes|no|on|off|none|null|\d{1,6})?", re.IGNORECASE)


def holds_secret(name: str, value: str | None) -> bool:
    """Return whether a variable's name and value look like a secret.

    ``value`` None stands for one that is filled in from elsewhere. A name counts by its last
    word (``DB_PASSWORD``, ``HF_TOKEN``; not ``MAX_TOKENS``, not ``DB_PASSWORD_FILE``, which
    says where the secret is) or by ``SECRET`` in it; a value by a password in its URL. An
    empty value, a switch (``ALLOW_EMPTY_PASSWORD=yes``) and a path under ``/run/secrets``
    hold none.
    """
    if value is not None and (_SWITCH.fullmatch(value) or value.startswith("/run/secrets/")):
        return False
    if value is not None and "@" in value and redact(value) != value:
        return True
    words = _WORD.split(name.lower())
    if words[-1] in ("file", "path", "dir", "name", "id") or _HARMLESS.fullmatch(name):
        return False
    return words[-1] in _LAST or "secret" in words
