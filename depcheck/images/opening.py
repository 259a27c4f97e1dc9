"""Images and containers found by how they were named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from depcheck.errors import DepcheckError
from depcheck.images.cache import LayerCache
from depcheck.images.from_registry import FromRegistry
from depcheck.images.values import Opened
from depcheck.model.observer import Observer
from depcheck.model.parity import Named, Service
from depcheck.model.requirement import Origin

if TYPE_CHECKING:
    from depcheck.images.engine import Engines


class Opener:
    """Opens each side once; what it opened is open until ``close``.

    ``environ`` tells where engines and credentials are. Everything raises ImageError.
    """

    def __init__(
        self,
        *,
        environ: Mapping[str, str],
        platform: str | None,
        insecure: tuple[str, ...],
        cache: LayerCache,
        observer: Observer,
    ) -> None:
        self._environ = environ
        self._platform = platform
        self._insecure = insecure
        self._cache = cache
        self._observer = observer
        self._engines: Engines | None = None
        self._opened: dict[str, Opened] = {}
        self._failed: dict[str, DepcheckError] = {}

    def open(self, named: Named) -> Opened:
        """Return what ``named`` is, its layers unread. It is asked for only once."""
        key = f"{named.kind}:{named.value}"
        if key in self._failed:
            raise self._failed[key]
        if key not in self._opened:
            try:
                self._opened[key] = self._open(named)
            except DepcheckError as error:
                self._failed[key] = error
                raise
        return self._opened[key]

    def is_available(self, reference: str) -> bool | None:
        """Return whether a registry still has ``reference``, None where it cannot be asked."""
        from depcheck.images.registry import is_available

        return is_available(
            reference,
            environ=self._environ,
            insecure=self._insecure,
            observer=self._observer,
        )

    def project(self, name: str, origin: Origin | None) -> tuple[Service, ...]:
        """Return the services of a compose project with the containers that run them."""
        from depcheck.images.engine.containers import containers_of_project

        running = containers_of_project(
            name, engines=self._found_engines(), observer=self._observer
        )
        return tuple(
            Service(
                name=service,
                replicas=tuple(
                    Named(kind="container", value=container, origin=origin)
                    for container in containers
                ),
                origin=origin,
            )
            for service, containers in sorted(running.items())
        )

    def close(self) -> None:
        """Let connections and files go."""
        for opened in self._opened.values():
            for backing in opened.backings:
                backing.close()
        if self._engines is not None:
            self._engines.close()

    def _found_engines(self) -> Engines:
        if self._engines is None:
            from depcheck.images.engine import Engines

            self._engines = Engines(self._environ)
        return self._engines

    def _open(self, named: Named) -> Opened:
        openers: dict[str, Callable[[str], Opened]] = {
            "docker": self._engine_image,
            "container": self._container,
            "registry": self._registry,
            "oci": self._layout,
            "archive": self._archive,
        }
        return openers[named.kind](named.value)

    def _engine_image(self, value: str) -> Opened:
        from depcheck.images.engine.images import open_engine_image

        opened = open_engine_image(
            value, platform=self._platform, engines=self._found_engines(), observer=self._observer
        )
        return self._with_registry(opened)

    def _container(self, value: str) -> Opened:
        from depcheck.images.engine.containers import open_container

        opened = open_container(value, engines=self._found_engines(), observer=self._observer)
        return self._with_registry(opened)

    def _with_registry(self, opened: Opened) -> Opened:
        """Put the registry that an engine's image came from before the engine's save."""
        references = opened.image.identity.repositories
        if not references:
            return opened
        registry = FromRegistry(references, self._registry)
        return Opened(opened.image, (registry, *opened.backings))

    def _registry(self, value: str) -> Opened:
        from depcheck.images.registry import open_registry

        return open_registry(
            value,
            platform=self._platform,
            environ=self._environ,
            insecure=self._insecure,
            cache=self._cache,
            observer=self._observer,
        )

    def _layout(self, value: str) -> Opened:
        from depcheck.images.layout import open_layout

        return open_layout(value, platform=self._platform)

    def _archive(self, value: str) -> Opened:
        from depcheck.images.archive import open_archive

        return open_archive(value, platform=self._platform)
