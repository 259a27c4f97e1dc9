"""A shop whose change is reviewed: a repository, and an index on loopback."""

from __future__ import annotations

from pathlib import Path

from depcheck.config import CommandLine
from depcheck.config.against import load_against
from depcheck.model.observer import Silent
from depcheck.model.report import Base, Report
from depcheck.pipeline.review import Against, review
from depcheck.revisions.repository import find_repository, open_revision
from tests.support.repositories import ENVIRON, Repository

PROJECTS = {
    "django": {"4.2": [], "5.0": []},
    "pydantic": {"1.10": [], "2.5": [], "2.12": []},
    "pyjwt": {"1.7": [], "2.8": [], "2.10": []},
    "langchain": {"0.2": ["pydantic>=1"], "0.3": ["pydantic>=2.4"]},
    "mcp": {"1.0": ["pyjwt>=2"]},
}


class Shop(Repository):
    """A repository of a core and an AI component, as it lies on main."""

    def __init__(self, root: Path, url: str) -> None:
        super().__init__(root)
        self.url = url
        self.configure()
        self.core("django>=4", "pydantic>=1")
        self.ai("langchain>=0.2")

    def configure(self, *lines: str) -> None:
        self.write(
            "depcheck.toml", 'python = "3.11.7"', 'platform = "linux/amd64"',
            f'index-url = "{self.url}"', *lines, "[components.web]",
            'source = "web/requirements.txt"', 'role = "core"', "[components.ai]",
            'source = "ai/requirements.txt"',
        )  # fmt: skip

    def core(self, *lines: str) -> None:
        self.write("web/requirements.txt", *lines)

    def ai(self, *lines: str) -> None:
        self.write("ai/requirements.txt", *lines)

    def proposed(self) -> None:
        """Commit what lies there as main, and begin the change."""
        self.commit("main")
        self.branch("topic")

    def reviewed(self, base: str = "HEAD^1", *, trust_head: bool = False, **given) -> Report:
        """Merge the change as it lies there, and review it."""
        self.commit("topic")
        self.merge("topic")
        return self.reviewed_as_it_lies(base, trust_head=trust_head, **given)

    def reviewed_as_it_lies(
        self, base: str = "HEAD", *, trust_head: bool = False, config: str | None = None, **given
    ) -> Report:
        found = find_repository(self.root, ENVIRON)
        with open_revision(found, base) as revision:
            chosen = load_against(
                start=self.root,
                config=Path(config) if config else None,
                overrides=CommandLine(no_cache=True, **given),
                reading=revision.tree,
                trust_head=trust_head,
            )
            against = Against(
                revision=revision,
                settings=chosen.base,
                own=chosen.own,
                configuration=chosen.configuration,
                altered=chosen.altered,
                notes=chosen.notes,
            )
            return review(chosen.settings, against, environ={}, observer=Silent())


def told(report: Report) -> list[tuple[str, str, bool]]:
    """Rule, status, and whether the change is held to account for it, of what matters."""
    return [
        (finding.rule, finding.novelty.status, finding.novelty.brought)
        for finding in report.findings
        if finding.novelty is not None and finding.rule != "shift-added"
    ]


def base_of(report: Report) -> Base:
    assert report.base is not None
    return report.base


def worsened(shop: Shop) -> None:
    shop.core("django>=4", "pydantic<2")
    shop.ai("langchain>=0.3")


def loosened_nothing(report: Report) -> None:
    assert ("conflict-transitive", "new", True) in told(report)
    assert base_of(report).configuration == "base"
    assert base_of(report).altered != ()
