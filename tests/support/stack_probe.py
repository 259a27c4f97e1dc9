"""Ask for an address, and tell as JSON what came of it: a program that runs in a namespace.

python stack_probe.py get URL       {"status": 200, "body": "…", "seconds": 0.01, "kind": "…"}
python stack_probe.py watch URL     asks until its input ends, ten times a second:
                                    {"count": 90, "failures": [], "slowest": 0.02}
"""

from __future__ import annotations

import json
import sys
import threading
import time
import urllib.error
import urllib.request

# No proxy of this machine stands before the engine's network.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url: str) -> dict[str, object]:
    started = time.monotonic()
    try:
        with OPENER.open(url, timeout=10) as answer:
            status, kind, body = answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as failure:
        status, kind, body = failure.code, failure.headers["Content-Type"], failure.read()
    except OSError as failure:
        status, kind, body = 0, "", str(failure).encode()
    seconds = time.monotonic() - started
    return {"status": status, "body": body.decode(), "seconds": seconds, "kind": kind or ""}


def watch(url: str) -> dict[str, object]:
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    count, failures, slowest = 0, [], 0.0
    while not ended.is_set():
        answer = get(url)
        count += 1
        slowest = max(slowest, float(str(answer["seconds"])))
        if answer["status"] != 200:
            failures.append(f"{answer['status']} {answer['body']}")
        ended.wait(0.1)
    return {"count": count, "failures": failures, "slowest": slowest}


if __name__ == "__main__":
    print(json.dumps({"get": get, "watch": watch}[sys.argv[1]](sys.argv[2])))
