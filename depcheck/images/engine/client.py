"""The Docker Engine API through docker-py.

Images and containers are asked and read. Only a proof (``isolate --verify``) builds, runs
and removes something: what it made itself.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from depcheck.errors import ImageError
from depcheck.images.engine.endpoint import Endpoint, find_endpoint
from depcheck.images.engine.errors import Wanted, image_error
from depcheck.images.engine.stat import Stat
from depcheck.model.text import printable

if TYPE_CHECKING:
    from docker import APIClient
    from requests import Response

CHUNK = 1 << 18
_TIMEOUT = 60
# A classic engine first writes the whole save to its disk, and only then answers.
_SAVE_TIMEOUT = 1800
# A step may be silent for long: pip says nothing while it downloads gigabytes.
_BUILD_TIMEOUT = 3600
_MANIFESTS_SINCE = (1, 48)
_PLATFORM_SINCE = (1, 49)


class Engines:
    """The connections to engines of one run. Close it, or use it as a context manager.

    ``environ`` tells where the engine is (``DOCKER_HOST``, ``DOCKER_CONTEXT``, ...).
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._open: dict[Endpoint, Engine] = {}

    def __enter__(self) -> Engines:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self) -> Engine:
        """Return the engine that the environment leads to. Raises ImageError where it cannot."""
        endpoint = find_endpoint(self._environ)
        if endpoint not in self._open:
            self._open[endpoint] = Engine(endpoint)
        return self._open[endpoint]

    def close(self) -> None:
        """Let all connections go."""
        while self._open:
            self._open.popitem()[1].close()


class Engine:
    """One engine. Everything raises ImageError; ``bytes_read`` counts all that it answered."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.bytes_read = 0
        with _telling(endpoint):
            self._client = _client(endpoint)
        self._api = _version(self._client.api_version)

    def close(self) -> None:
        """Let its connections go."""
        with contextlib.suppress(OSError):
            self._client.close()

    def image(self, name: str, platform: str = "") -> dict[str, Any]:
        """Return what the engine knows of an image (``GET /images/{name}/json``).

        ``platform`` (``linux/arm64``) chooses where the engine keeps several under one name
        and can be asked so; others answer with the one that they have.
        """
        parameters = {}
        if platform and self._api >= _PLATFORM_SINCE:
            parts = dict(zip(("os", "architecture", "variant"), platform.split("/"), strict=False))
            parameters["platform"] = json.dumps(parts)
        answer = self._json(f"/images/{name}/json", parameters, "image", name)
        return _mapping(answer, f"image {printable(name)}")

    def manifests(self, name: str) -> list[dict[str, Any]]:
        """Return the manifests that a name of several platforms leads to; none where not told."""
        if self._api < _MANIFESTS_SINCE:
            return []
        answer = self._json(f"/images/{name}/json", {"manifests": "true"}, "image", name)
        return _mappings(_mapping(answer, f"image {printable(name)}").get("Manifests"))

    def history(self, name: str) -> list[dict[str, Any]]:
        """Return the build steps of an image, the last first."""
        return _mappings(self._json(f"/images/{name}/history", {}, "image", name))

    def container(self, name: str) -> dict[str, Any]:
        """Return what the engine knows of a container, running or not."""
        answer = self._json(f"/containers/{name}/json", {}, "container", name)
        return _mapping(answer, f"container {printable(name)}")

    def changes(self, container: str) -> list[dict[str, Any]]:
        """Return what a container has changed: ``Path`` and ``Kind`` (0 changed, 1 new, 2 gone)."""
        with self._telling("container", container):
            return _mappings(self._client.diff(container))

    def containers(self, labels: Sequence[str]) -> list[dict[str, Any]]:
        """Return the running containers that have all ``labels`` (``key`` or ``key=value``)."""
        with self._telling():
            return _mappings(self._client.containers(filters={"label": list(labels)}))

    def network(self, name: str) -> dict[str, Any] | None:
        """Return what the engine knows of a network, None where it has none of that name."""
        with self._telling():
            answer = self._client.get(self._url(f"/networks/{name}"), timeout=_TIMEOUT)
        if answer.status_code == 404:
            return None
        self._refuse_failure(answer, ("engine", ""))
        self.bytes_read += len(answer.content)
        with self._telling():
            return _mapping(answer.json(), f"network {printable(name)}")

    def volume(self, name: str) -> dict[str, Any] | None:
        """Return what the engine knows of a volume, None where it has none of that name."""
        with self._telling():
            answer = self._client.get(self._url(f"/volumes/{name}"), timeout=_TIMEOUT)
        if answer.status_code == 404:
            return None
        self._refuse_failure(answer, ("engine", ""))
        self.bytes_read += len(answer.content)
        with self._telling():
            return _mapping(answer.json(), f"volume {printable(name)}")

    def stat(self, container: str, path: str) -> Stat | None:
        """Return what is at an absolute ``path`` in a container, None for nothing."""
        with self._telling("container", container):
            url = self._url(f"/containers/{container}/archive")
            answer = self._client.head(url, params={"path": path}, timeout=_TIMEOUT)
        if answer.status_code == 404:
            return None
        try:
            told = json.loads(base64.b64decode(answer.headers["X-Docker-Container-Path-Stat"]))
            return Stat(mode=int(told["mode"]), size=int(told["size"]), link=told["linkTarget"])
        except (KeyError, TypeError, ValueError) as failure:
            raise ImageError(
                f"the engine at {self.endpoint.shown} did not tell what "
                f"{printable(path)} is in container {printable(container)}"
            ) from failure

    @contextlib.contextmanager
    def archive(self, container: str, path: str) -> Iterator[Iterator[bytes]]:
        """Give the tar of what is at an absolute ``path`` in a container, folders whole."""
        parameters = {"path": path}
        with self._stream(
            f"/containers/{container}/archive", parameters, ("container", container)
        ) as chunks:
            yield chunks

    @contextlib.contextmanager
    def save(self, names: Sequence[str]) -> Iterator[Iterator[bytes]]:
        """Give the archive of several images, made by the engine in one go."""
        with self._stream(
            "/images/get", {"names": list(names)}, ("image", " or ".join(names)), _SAVE_TIMEOUT
        ) as chunks:
            yield chunks

    def build(
        self,
        context: IO[bytes],
        *,
        dockerfile: str,
        network: str | None,
        arguments: Mapping[str, str],
        labels: Mapping[str, str],
    ) -> Iterator[Mapping[str, Any]]:
        """Build from a tar and yield what the engine tells, message by message.

        A Dockerfile that it does not understand is told as a message with ``error``.
        """
        from docker.errors import APIError

        with self._telling():
            try:
                yield from self._client.build(
                    fileobj=context, custom_context=True, dockerfile=dockerfile,
                    network_mode=network, buildargs=dict(arguments), labels=dict(labels),
                    rm=True, forcerm=True, decode=True, timeout=_BUILD_TIMEOUT,
                )  # fmt: skip
            except APIError as failure:
                if failure.status_code != 400:
                    raise
                yield {"stream": "Step 0 : reading the Dockerfile"}
                yield {"error": str(failure.explanation or failure)}

    def create(
        self,
        image: str,
        command: Sequence[str],
        *,
        volumes: Sequence[str],
        memory: int,
        pids: int,
        labels: Mapping[str, str],
    ) -> str:
        """Create a container without network or privileges, read-only but for ``volumes``."""
        from docker.types import LogConfig

        with self._telling("image", image):
            host = self._client.create_host_config(
                network_mode="none", read_only=True, cap_drop=["ALL"],
                security_opt=["no-new-privileges"], mem_limit=memory, memswap_limit=memory,
                pids_limit=pids, log_config=LogConfig(type="json-file", config={"max-size": "1m"}),
            )  # fmt: skip
            made = self._client.create_container(
                image, command=list(command[1:]), entrypoint=list(command[:1]),
                working_dir="/", volumes=list(volumes), host_config=host, labels=dict(labels),
            )  # fmt: skip
        return str(made["Id"])

    def put(self, container: str, path: str, tar: IO[bytes]) -> None:
        """Unpack a tar at an absolute ``path`` of a container."""
        with self._telling("container", container):
            self._client.put_archive(container, path, tar)

    def run(self, container: str, timeout: int) -> tuple[int | None, bool]:
        """Start a container and wait: its exit status, None where its time was over.

        The second value says that the kernel ended it for want of memory.
        """
        from requests import ReadTimeout
        from requests.exceptions import ConnectionError as NoAnswer

        with self._telling("container", container):
            self._client.start(container)
            try:
                status = int(self._client.wait(container, timeout=timeout)["StatusCode"])
            except (ReadTimeout, NoAnswer):
                self._client.kill(container)
                return None, False
        state = _mapping(self.container(container).get("State"), f"container {container}")
        return status, bool(state.get("OOMKilled"))

    def logs(self, container: str, lines: int) -> list[str]:
        """Return the last lines that a container wrote to either output."""
        with self._telling("container", container):
            told = self._client.logs(container, tail=lines)
        return bytes(told).decode(errors="replace").splitlines()

    def remove_container(self, container: str) -> None:
        """Remove a container with its own volumes, running or not."""
        with self._telling("container", container):
            self._client.remove_container(container, v=True, force=True)

    def remove_image(self, image: str) -> None:
        """Remove an image by its id, where no name and no container holds it."""
        with self._telling("image", image):
            self._client.remove_image(image)

    @contextlib.contextmanager
    def _stream(
        self,
        path: str,
        parameters: Mapping[str, Any],
        subject: tuple[Wanted, str],
        timeout: int = _TIMEOUT,
    ) -> Iterator[Iterator[bytes]]:
        with self._telling(*subject):
            url, headers = self._url(path), {"Accept-Encoding": "identity"}
            answer = self._client.get(
                url, params=parameters, stream=True, timeout=(_TIMEOUT, timeout), headers=headers
            )
        try:
            self._refuse_failure(answer, subject)
            yield self._chunks(answer, subject)
        finally:
            answer.close()

    def _chunks(self, answer: Response, subject: tuple[Wanted, str]) -> Iterator[bytes]:
        with self._telling(*subject):
            while chunk := answer.raw.read(CHUNK):
                self.bytes_read += len(chunk)
                yield chunk

    def _json(self, path: str, parameters: Mapping[str, str], wanted: Wanted, name: str) -> Any:
        with self._telling(wanted, name):
            answer = self._client.get(self._url(path), params=parameters, timeout=_TIMEOUT)
        self._refuse_failure(answer, (wanted, name))
        self.bytes_read += len(answer.content)
        try:
            return answer.json()
        except ValueError as failure:
            raise ImageError(
                f"what answers at {self.endpoint.shown} is no engine: its answer is no JSON",
                hint="check DOCKER_HOST",
            ) from failure

    def _refuse_failure(self, answer: Response, subject: tuple[Wanted, str]) -> None:
        if answer.status_code >= 300:
            from docker.errors import create_api_error_from_http_exception
            from requests import HTTPError

            with self._telling(*subject):
                raise create_api_error_from_http_exception(HTTPError(response=answer))

    def _url(self, path: str) -> str:
        from urllib.parse import quote

        return f"{self._client.base_url}/v{self._client.api_version}{quote(path, safe='/:')}"

    def _telling(
        self, wanted: Wanted = "engine", name: str = ""
    ) -> contextlib.AbstractContextManager[None]:
        return _telling(self.endpoint, wanted, name)


def ignored(text: str) -> Callable[[str], bool]:
    """Return what tells of a POSIX path whether a ``.dockerignore`` of this text names it.

    The last pattern that matches a path or a folder above it counts (``!`` takes back).
    """
    from docker.utils.build import PatternMatcher

    lines = (line.strip() for line in text.splitlines())
    matcher = PatternMatcher([line for line in lines if line and not line.startswith("#")])
    # The stubs promise a path object, which the function then takes apart as text.
    return lambda path: bool(matcher.matches(path))  # type: ignore[arg-type]


@contextlib.contextmanager
def _telling(endpoint: Endpoint, wanted: Wanted = "engine", name: str = "") -> Iterator[None]:
    """Turn what the client library and the connection under it raise into ImageError."""
    from docker.errors import DockerException
    from requests import RequestException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (DockerException, RequestException, HTTPError, OSError, ValueError) as failure:
        raise image_error(failure, endpoint, wanted=wanted, name=name) from failure


def _client(endpoint: Endpoint) -> APIClient:
    from docker import APIClient
    from docker.constants import MINIMUM_DOCKER_API_VERSION
    from docker.errors import DockerException
    from docker.tls import TLSConfig

    tls: TLSConfig | bool = False
    if endpoint.tls:
        pair = (endpoint.cert, endpoint.key) if endpoint.cert else None
        tls = TLSConfig(client_cert=pair, ca_cert=endpoint.ca or None, verify=endpoint.verify)

    def connected(version: str) -> APIClient:
        client = APIClient(
            base_url=endpoint.url, version=version, tls=tls, timeout=_TIMEOUT, use_ssh_client=True
        )
        # Else a bundle named in the environment would be trusted in place of the engine's own
        # authority, and names and passwords of a .netrc would be sent.
        client.trust_env = False
        return client

    with contextlib.closing(connected(MINIMUM_DOCKER_API_VERSION)) as asking:
        told = asking.version(api_version=False)
    version = told.get("ApiVersion") if isinstance(told, dict) else None
    if not isinstance(version, str):
        raise DockerException("it tells no version of its API; is it an engine?")
    return connected(version)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _mapping(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ImageError(f"the engine's answer about {what} makes no sense")
    return value


def _mappings(value: object) -> list[dict[str, Any]]:
    """Return a list of objects; an engine's answer for nothing is null."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
