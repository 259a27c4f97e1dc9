"""An audit from what is named to the report: which services are judged, and why."""

from __future__ import annotations

import uuid

import pytest

from depcheck.deployment.compose import compose_file
from depcheck.deployment.gateway import gateway_files
from depcheck.errors import SourceError, UsageError
from depcheck.model.observer import Silent
from depcheck.model.settings import ComponentSettings
from depcheck.pipeline.auditing import audit
from tests.images.engine.programs import programs
from tests.support import oci
from tests.support.plans import ai, core, plan

THREE = """\
services:
  web: {image: shop, ports: ["443:443"]}
  recommender: {image: rec, mem_limit: 2g, memswap_limit: 2g}
  db: {image: db}
"""


def component(name, role="ai", **more):
    return ComponentSettings(name=name, role=role, source="x", **more)


@pytest.fixture
def audited(tmp_path):
    """Write compose files into a project and audit them."""

    def run(*texts, named=None, **chosen):
        files = {f"c{number}.yaml": text for number, text in enumerate(texts)}
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        chosen = {"root": tmp_path, "environ": {}, "observer": Silent(), **chosen}
        return audit(named or list(files), **chosen)

    return run


def judged(report):
    return [service.service for service in report.services if service.ai]


class TestWhoIsJudged:
    def test_the_services_that_are_named(self, audited):
        report = audited(THREE, services=["recommender"], components=[component("db")])
        assert judged(report) == ["recommender"]
        assert [service.service for service in report.services] == ["web", "recommender", "db"]
        assert {finding.evidence.service for finding in report.findings} == {"recommender"}
        assert "memory" in report.kept["recommender"]
        assert "--service" in report.because

    def test_a_name_that_no_service_has(self, audited):
        with pytest.raises(UsageError, match="no service is called recomender") as caught:
            audited(THREE, services=["recomender"])
        assert 'did you mean "recommender"?' in caught.value.hint

    @pytest.mark.parametrize(
        "settings",
        [
            component("recommender"),
            component("Recommender"),
            component("ranking", container="recommender"),
        ],
    )
    def test_the_ai_components_of_the_configuration(self, audited, settings):
        report = audited(THREE, components=[component("web", "core"), settings])
        assert judged(report) == ["recommender"]
        assert "AI components of the configuration" in report.because
        assert report.undetermined == ()

    def test_what_runs_outside_of_the_cores_container(self, audited):
        text = THREE + "  plugin: {image: plug}\n  reports: {image: rep}\n  task: {image: shop}\n"
        components = [
            component("web", "core"),
            component("recommender"),
            component("plugin", "other", trust="low"),
            component("figures", "other", container="reports"),
            component("task", "other"),
        ]
        report = audited(text, components=components)
        assert judged(report) == ["recommender", "plugin", "reports"]
        assert "outside of the core's container (plugin, reports)" in report.because
        without = audited(text, components=components[1:])
        assert judged(without) == ["recommender"]

    def test_gateways_are_not_judged_where_nothing_tells(self, audited):
        report = audited(THREE + "  gateway: {image: haproxy}\n")
        assert judged(report) == ["web", "recommender", "db"]
        assert "all but what is a gateway (gateway) were judged" in report.because

    def test_an_ai_component_that_is_no_service_is_told(self, audited):
        report = audited(THREE, components=[component("recommender"), component("embedder")])
        (entry,) = report.undetermined
        assert (entry.subject, entry.harmless) == ("the AI component embedder", False)

    def test_all_where_nothing_tells(self, audited):
        report = audited(THREE)
        assert judged(report) == ["web", "recommender", "db"]
        assert report.because.startswith("Nothing says which services are AI components, so all")

    def test_all_but_the_core_where_only_that_is_known(self, audited):
        report = audited(THREE, components=[component("web", "core"), component("api", "other")])
        assert judged(report) == ["recommender", "db"]
        assert "all but the core (web)" in report.because

    def test_all_where_the_configured_ones_are_none_of_them(self, audited):
        report = audited(THREE, components=[component("embedder")])
        assert judged(report) == ["web", "recommender", "db"]
        assert "None of these services is an AI component" in report.because
        assert "embedder" in report.because


class TestFiles:
    def test_several_are_merged(self, audited):
        more = "services: {recommender: {cpus: 1}}"
        report = audited(THREE, more, services=["recommender"])
        assert {"memory", "cpu"} <= set(report.kept["recommender"])
        assert report.audited == "c0.yaml, c1.yaml"

    def test_one_outside_of_the_project_is_read_where_it_is(self, audited, tmp_path):
        (tmp_path / "root").mkdir()
        (tmp_path / "x.yaml").write_text(THREE, encoding="utf-8")
        report = audited(named=[str(tmp_path / "x.yaml")], root=tmp_path / "root")
        assert [str(service.origin) for service in report.services] == [
            f"{tmp_path}/x.yaml:{line}" for line in (2, 3, 4)
        ]
        (ports,) = (f for f in report.findings if f.evidence.name == "ports")
        assert str(ports.locations[0]) == f"{tmp_path}/x.yaml:2"

    def test_an_override_is_read_as_compose_does(self, audited, tmp_path):
        (tmp_path / "compose.yaml").write_text(THREE, encoding="utf-8")
        override = tmp_path / "compose.override.yml"
        override.write_text("services: {recommender: {privileged: true}}", encoding="utf-8")
        for named in ("compose.yaml", "."):
            report = audited(named=[named], services=["recommender"])
            privileged = [f for f in report.findings if "is privileged" in f.message]
            assert [str(f.locations[0]) for f in privileged] == ["compose.override.yml:1"]
            assert report.audited == "compose.yaml, compose.override.yml"
            assert "compose.override.yml was read too" in report.notes[0]
        both = audited(THREE, named=["compose.yaml", "c0.yaml"], services=["recommender"])
        assert not any("is privileged" in f.message for f in both.findings)

    @pytest.mark.parametrize(
        ("value", "told"),
        [("compose.yaml:evil.yaml", True), ("$X", True), ("compose.yaml", False), ("", False)],
    )
    def test_compose_file_in_env(self, audited, tmp_path, value, told):
        (tmp_path / "compose.yaml").write_text(THREE, encoding="utf-8")
        (tmp_path / ".env").write_text(f"A=1\nCOMPOSE_FILE={value}\n", encoding="utf-8")
        report = audited(named=["compose.yaml"])
        assert [str(u.origin) for u in report.undetermined] == ([".env:2"] if told else [])
        assert not any(u.harmless for u in report.undetermined)

    def test_env_may_be_a_link_to_that_of_the_project(self, audited, tmp_path):
        (tmp_path / "deploy").mkdir()
        (tmp_path / "deploy" / "compose.yaml").write_text(THREE, encoding="utf-8")
        (tmp_path / ".env").write_text("COMPOSE_FILE=other.yaml\n", encoding="utf-8")
        (tmp_path / "deploy" / ".env").symlink_to("../.env")
        (entry,) = audited(named=["deploy"]).undetermined
        assert str(entry.origin) == "deploy/.env:1"

    def test_how_far_a_gateway_was_looked_into_is_told(self, audited, tmp_path):
        gateway = "services:\n  gateway: {image: haproxy, networks: [back]}\n"
        (tmp_path / "haproxy.cfg").write_text("listen x\n", encoding="utf-8")
        text = f"{gateway}  ai: {{image: x, networks: [back]}}\nnetworks: {{back: }}\n"
        unseen = audited(text, services=["ai"])
        assert "What gateway is told to do was not looked at" in unseen.notes[0]
        mounted = text.replace(
            "image: haproxy", "image: haproxy, volumes: ['./haproxy.cfg:/x.cfg']"
        )
        seen = audited(mounted, services=["ai"])
        assert "read by its words alone" in seen.notes[0]
        assert any("no words for a rate limit" in f.message for f in seen.findings)

    def test_a_folder_without_one(self, audited, tmp_path):
        (tmp_path / "empty").mkdir()
        with pytest.raises(SourceError, match="empty: a folder without a compose file") as caught:
            audited(named=["empty"])
        assert "compose.yaml" in caught.value.hint

    def test_one_that_is_not_there(self, audited):
        with pytest.raises(SourceError, match=r"nowhere\.yaml: no such file"):
            audited(named=["nowhere.yaml"])

    @pytest.mark.parametrize("text", ["", "services:\n", "x: 1\n"])
    def test_one_without_services(self, audited, text):
        with pytest.raises(UsageError, match=r"c0\.yaml has no services"):
            audited(text)

    def test_files_that_are_included_are_told(self, audited):
        report = audited("include: [x.yaml]\n")
        assert not report.undetermined[0].harmless
        assert report.services == ()


class TestWritten:
    """What ``isolate --write`` writes has to pass."""

    @pytest.mark.parametrize(
        "shop",
        [
            plan(),
            plan(core(replicas=3, pool=20, secrets=("db-password",)),
                 ai(gpu=True, pool=2, secrets=("api.key",), memory=3 * 10**9, cpus=0.5, pids=64)),
            plan(core(), ai("search", image="recommender", replicas=2, health=None, port=8001)),
        ],
        ids=["plain", "rich", "without a health path"],
    )  # fmt: skip
    def test_no_ai_service_lacks_anything(self, audited, tmp_path, shop):
        named = [service.name for service in shop.services if service.guarded]
        for path, text in gateway_files(shop).items():
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
        report = audited(compose_file(shop), services=named)
        assert judged(report) == named
        assert report.findings == ()
        assert report.undetermined == ()


class TestEngine:
    @pytest.fixture
    def container(self, engine, tmp_path):
        """Give a compose project of one service, ``ai``, that runs in one container."""
        project = f"audit{uuid.uuid4().hex[:8]}"
        image = oci.Image((oci.Layer(programs("sleep")),), config={"Env": ["PATH=/bin"]})
        engine.load(oci.docker_archive(tmp_path / "image.tar", {f"{project}:1": image}))
        labels = (f"project={project}", "service=ai", "oneoff=False")
        options = [word for each in labels for word in ("--label", f"com.docker.compose.{each}")]
        name = f"{project}-ai-1"
        made = engine.run(
            "run", "-d", "--network", "none", "--name", name, *options, f"{project}:1",
            "sleep", "100",
        )  # fmt: skip
        yield project
        engine.remove(made)
        engine.run("rmi", f"{project}:1")

    def test_the_running_containers_of_a_project(self, audited, engine, container):
        environ = {"DOCKER_HOST": engine.url}
        named, wanted = [f"project:{container}"], [component("ai")]
        report = audited(named=named, environ=environ, components=wanted)
        assert judged(report) == ["ai"]
        assert {finding.evidence.service for finding in report.findings} == {f"{container}-ai-1"}
        assert "docker compose up -d ai" in report.findings[0].remedy

    def test_a_container_that_is_named_is_judged(self, audited, engine, container):
        environ = {"DOCKER_HOST": engine.url}
        name = f"{container}-ai-1"
        report = audited(
            named=[f"container:{name}"], environ=environ, components=[component("other")]
        )
        assert judged(report) == ["ai"]
        assert report.kept.keys() == {name}
        assert {finding.evidence.service for finding in report.findings} == {name}

    def test_a_file_and_the_container_that_runs_it(self, audited, engine, container):
        report = audited(
            "services: {ai: {image: x, mem_limit: 1g, memswap_limit: 1g}}",
            named=["c0.yaml", f"container:{container}-ai-1"],
            environ={"DOCKER_HOST": engine.url},
            services=["ai"],
        )
        assert [service.where for service in report.services] == [
            "c0.yaml",
            f"container {container}-ai-1",
        ]
        assert "memory" in report.kept["ai"]
        assert "memory" not in report.kept[f"{container}-ai-1"]
