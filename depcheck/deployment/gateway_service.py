"""The gateway as a service of a compose file."""

from __future__ import annotations

import hashlib

from depcheck.deployment import quoting
from depcheck.deployment.gateway import HEALTH_PORT, Front
from depcheck.deployment.guardrails import Guards, guardrails
from depcheck.deployment.networks import INSIDE, inner
from depcheck.model.guarding import GATEWAY_LABEL
from depcheck.model.isolation import Gateway

_MOUNTED = "/usr/local/etc/haproxy/haproxy.cfg"
# The image has bash or, being small, busybox's wget.
_URL = f"http://127.0.0.1:{HEALTH_PORT}/healthz"
_LABEL = f"{GATEWAY_LABEL}.configuration"
_DIGEST = (
    "Without the digest of its file: `up` leaves the container as it is when the file is written "
    "anew, and the old rules stay in force. After a change by hand: `up --force-recreate`."
)
_PROBE = (
    "sh",
    "-c",
    f"wget -q -O /dev/null {_URL} 2>/dev/null || "
    f"exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/{HEALTH_PORT} && "
    'printf "GET /healthz HTTP/1.0\\r\\n\\r\\n" >&3 && grep -q " 200 " <&3\'',
)


def gateway_service(name: str, front: Front, gateway: Gateway, configuration: str) -> str:
    """Return the YAML of the gateway ``front`` before the service ``name``.

    ``configuration`` is the text of its file. A digest of it is written: compose makes a
    container anew when its entry has changed, and looks at no mounted file.
    """
    digest = hashlib.sha256(configuration.encode()).hexdigest()
    image = quoting.image_reference(gateway.image, "gateway.image")
    guards = Guards(
        memory=2**28,
        cpus=0.5,
        pids=64,
        scratch=2**20,
        start_period=5,
        stop_grace=gateway.timeout + 5,
        networks=(INSIDE, inner(name)),
        internal=True,
        probe=_PROBE,
        # As the core: it stands on the core's way, and holds no state that a crash could spoil.
        restart="unless-stopped",
        first=True,
    )
    told = (
        f"The only way from the core to {name}, and to nothing else: a gateway before several "
        "would lead from one to the others."
    )
    return "".join(
        (
            f"  {front.name}:\n",
            quoting.comment(told, indent=4),
            f"\n    image: {quoting.yaml_scalar(image, 'gateway.image')}\n",
            f'    command: ["haproxy", "-f", "{_MOUNTED}"]\n',
            quoting.comment("It ends when the requests under way have their answers.", indent=4),
            "\n    stop_signal: SIGUSR1\n",
            "\n    labels:\n",
            quoting.comment("So that an audit knows what it is, whatever its image.", indent=6),
            f'\n      {GATEWAY_LABEL}: "true"\n',
            quoting.comment(_DIGEST, indent=6),
            f'\n      {_LABEL}: "{digest}"\n',
            "    volumes:\n",
            f"      - ./{front.file}:{_MOUNTED}:ro\n",
            guardrails(guards),
        )
    )
