"""``compose.yaml``: valid under the published schema, for Docker Compose and for a linter."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from depcheck.deployment.compose import compose_file, image_name, service_url
from depcheck.deployment.gateway import fronts, gateway_files
from depcheck.deployment.guardrails import RAILS
from depcheck.deployment.plan import Plan, ServicePlan
from depcheck.errors import ConfigurationError
from depcheck.model.isolation import Database, Gateway
from depcheck.model.isolation_rules import GUARDRAILS
from depcheck.model.requirement import Origin
from tests.support.plans import ai, core, plan
from tests.support.running import cannot

DATA = Path(__file__).parent / "data"
SCHEMA = jsonschema.Draft7Validator(json.loads((DATA / "compose-spec.json").read_text()))


def worker(**given: Any) -> ServicePlan:
    return core(**{"name": "worker", "role": "other", "port": None, "health": None, **given})


RICH = plan(
    core(replicas=3, pool=20, secrets=("db-password",)),
    worker(pool=5),
    ai(gpu=True, pool=2, secrets=("api.key", "db-password"), memory=3 * 10**9, cpus=0.5, pids=64),
    ai("search", image="recommender", replicas=2, health=None, port=8001),
    ai("batch", port=None, health=None),
    database=Database(max_connections=100),
)
PLANS = {
    "rich": RICH,
    "a core alone": plan(core()),
    "no code": plan(context="", here=""),
    "written to the root": plan(context=".", here=""),
    "networks that are there": plan(core(), ai(networks=("database", "My_net.1")), ai("on")),
    "no command, nothing listens": plan(core(command=(), port=None), ai(port=None, command=())),
}


def read(text: str) -> dict[str, Any]:
    found = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    SCHEMA.validate(found)
    assert isinstance(found, dict)
    return found


def services(shop: Plan) -> dict[str, Any]:
    return dict(read(compose_file(shop))["services"])


def written(shop: Plan, folder: Path) -> Path:
    """Write the file with what it names, and return its path."""
    place = folder / "deploy"
    for name in (image.folder for image in shop.images):
        (place / name).mkdir(parents=True)
    text = compose_file(shop)
    for secret in read(text).get("secrets", {}):
        (place / "secrets").mkdir(exist_ok=True)
        (place / "secrets" / secret).write_text("x", encoding="utf-8")
    (place / "compose.yaml").write_text(text, encoding="utf-8")
    return place / "compose.yaml"


# Whole files


@pytest.mark.parametrize("name", PLANS)
def test_the_published_schema_accepts_it(name: str) -> None:
    read(compose_file(PLANS[name]))


@pytest.mark.parametrize("name", PLANS)
def test_the_same_plan_gives_the_same_text(name: str) -> None:
    text = compose_file(PLANS[name])
    assert text == compose_file(PLANS[name])
    assert text.endswith("\n")
    assert not re.search(r"[ \t]$", text, re.MULTILINE)


@pytest.mark.parametrize("name", PLANS)
def test_docker_compose_1_29_reads_it(name: str, tmp_path: Path) -> None:
    if not (program := shutil.which("docker-compose")):
        cannot("docker-compose is lacking (Debian's package docker-compose)")
    file = written(PLANS[name], tmp_path)
    done = subprocess.run([program, "--file", str(file), "config"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert set(yaml.safe_load(done.stdout)["services"]) == set(services(PLANS[name]))


@pytest.mark.parametrize("name", ["rich", "a core alone"])
def test_the_linter_has_nothing_to_say(name: str, tmp_path: Path) -> None:
    if not (program := shutil.which("dclint")):
        cannot("dclint is lacking (npm install --global dclint)")
    # The order is that of the reasons, what matters most first; the name stands in the command.
    off = ("service-keys-order", "services-alphabetical-order", "require-project-name-field")
    rules = dict.fromkeys(off, 0)
    config = tmp_path / "dclint.json"
    config.write_text(json.dumps({"rules": rules}), encoding="utf-8")
    command = [
        program,
        "--config",
        str(config),
        "--max-warnings",
        "0",
        str(written(PLANS[name], tmp_path)),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# The guard-rails


def test_each_guardrail_of_the_audit_is_in_the_table_and_says_its_reason() -> None:
    reasons = {rule.id: rule.why for rule in GUARDRAILS}
    # A port is published for the core alone, with the comment that says where to; the gateway
    # is a service of its own.
    apart = {"guardrail-ports", "guardrail-gateway"}
    assert {rail.rule for rail in RAILS if rail.rule} == set(reasons) - apart
    assert all(rail.contains == reasons[rail.rule] for rail in RAILS if rail.rule)


@pytest.mark.parametrize("rail", RAILS, ids=lambda rail: rail.field)
def test_each_guardrail_of_an_ai_carries_the_failure_that_it_contains(rail: Any) -> None:
    if rail.field in ("ports", "cpu_shares"):
        return
    text = compose_file(plan(core(), ai(secrets=("key",))))
    _, _, block = text.partition("\n  recommender:\n")
    block = block.partition("\n  gateway:\n")[0]
    field = rail.field.rpartition(".")[2]
    above = re.search(rf"((?:^ +# .*\n)+)^ +{field}:", block, re.MULTILINE)
    assert above, f"{field} has no comment"
    comment = " ".join(line.strip(" #") for line in above[1].splitlines())
    assert rail.contains in comment


def test_an_ai_has_all_guardrails() -> None:
    found = services(plan(core(), ai(secrets=("key",))))["recommender"]
    assert found["mem_limit"] == found["memswap_limit"] == "2g"
    assert found["cpus"] == 1.0
    assert found["pids_limit"] == 512
    assert "ports" not in found
    assert "network_mode" not in found
    assert found["networks"] == ["recommender-internal"]
    assert found["read_only"] is True
    assert found["tmpfs"] == ["/tmp:size=256m,mode=1777,noexec,nosuid,nodev"]
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert found["user"] == "10001:10001"
    assert found["healthcheck"]["start_period"] == "120s"
    assert found["restart"] == "on-failure:5"
    assert found["secrets"] == ["key"]
    assert found["stop_grace_period"] == "35s"
    assert found["init"] is True
    assert found["oom_score_adj"] == 500
    assert found["logging"]["options"] == {"max-size": "10m", "max-file": "3"}


def test_what_the_configuration_says_is_kept() -> None:
    shop = plan(core(), ai(memory=5 * 2**20, cpus=2.5, pids=7, start_period=0, stop_grace=3))
    found = services(shop)["recommender"]
    assert (found["mem_limit"], found["cpus"], found["pids_limit"]) == ("5m", 2.5, 7)
    assert found["healthcheck"]["start_period"] == "0s"
    assert found["stop_grace_period"] == "3s"


def test_a_tiny_share_of_a_cpu_does_not_round_to_no_limit() -> None:
    assert services(plan(core(), ai(cpus=0.001)))["recommender"]["cpus"] == 0.01


def test_nothing_but_the_core_is_published_and_that_on_loopback() -> None:
    found = services(RICH)
    assert {name for name, one in found.items() if "ports" in one} == {"web"}
    assert found["web"]["ports"] == ["127.0.0.1:8000-8002:8000"]


def test_two_services_of_the_core_share_no_port_of_the_host() -> None:
    found = services(plan(core(replicas=2), core(name="admin"), core(name="api", port=8001)))
    ports = [found[name]["ports"][0] for name in ("web", "admin", "api")]
    assert ports == ["127.0.0.1:8000-8001:8000", "127.0.0.1:8002:8000", "127.0.0.1:8003:8001"]


def test_no_port_is_left() -> None:
    with pytest.raises(ConfigurationError, match="no 3 ports are free from 65534 on"):
        compose_file(plan(core(port=65534, replicas=3)))


def test_an_ai_shares_a_network_with_the_gateway_alone() -> None:
    whole = read(compose_file(RICH))
    inside = {name for name, one in whole["networks"].items() if one.get("internal")}
    for name in ("recommender", "search", "batch"):
        (network,) = whole["services"][name]["networks"]
        assert network in inside
        others = {
            other for other, one in whole["services"].items()
            if network in one["networks"] and other != name
        }  # fmt: skip
        assert others == ({f"gateway-{name}"} if name != "batch" else set())
    assert whole["services"]["web"]["networks"] == ["edge", "gateway"]
    assert "edge" not in inside
    assert whole["services"]["gateway-search"]["networks"] == ["gateway", "search-internal"]


def test_no_ai_reaches_another_one_even_through_a_gateway() -> None:
    """Follow every network, and every gateway to the one service of its configuration."""
    whole = services(RICH)
    servers = {
        front.name: name for name, front in fronts(RICH).items()
        if f"server {name}" in gateway_files(RICH)[front.file].replace("server-template", "server")
    }  # fmt: skip
    assert servers == {"gateway-recommender": "recommender", "gateway-search": "search"}
    for name in ("recommender", "search", "batch"):
        beside = {
            other for other, one in whole.items()
            if set(one["networks"]) & set(whole[name]["networks"])
        }  # fmt: skip
        reached = {servers.get(other, other) for other in beside}
        assert reached == {name}


def test_an_existing_network_is_joined_beside_its_own() -> None:
    shop = plan(
        core(networks=("database",)), ai(networks=("database", "My_net.1")), ai("search")
    )  # fmt: skip
    whole = read(compose_file(shop))
    assert whole["services"]["recommender"]["networks"] == [
        "recommender-internal", "database", "My_net.1",
    ]  # fmt: skip
    assert whole["services"]["web"]["networks"] == ["edge", "gateway", "database"]
    assert whole["services"]["search"]["networks"] == ["search-internal"]
    assert whole["networks"]["database"] == {"external": True}
    assert whole["networks"]["My_net.1"] == {"external": True}
    assert "What is in database, My_net.1 reaches it" in words(compose_file(shop))


def words(text: str) -> str:
    """The comments of a file as running text."""
    return " ".join(line.strip(" #") for line in text.splitlines())


@pytest.mark.parametrize("name", ["edge", "gateway", "recommender-internal", "a b", "-x", "a\nb"])
def test_a_network_that_is_none_or_is_made_here_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="network"):
        compose_file(plan(core(), ai(networks=(name,))))


def test_what_starts_nothing_is_not_started_without_end() -> None:
    found = services(PLANS["no command, nothing listens"])
    assert found["web"]["restart"] == "no"
    assert found["recommender"]["restart"] == "on-failure:5"


def test_the_gateway_comes_back_with_the_core() -> None:
    found = services(plan())
    assert found["gateway"]["restart"] == found["web"]["restart"] == "unless-stopped"


def test_nothing_waits_for_the_ai() -> None:
    assert all("depends_on" not in one for one in services(RICH).values())


def test_the_core_is_told_where_the_ai_is() -> None:
    found = services(RICH)
    addresses = {
        "RECOMMENDER_URL": "http://gateway-recommender:9001",
        "SEARCH_URL": "http://gateway-search:9001",
    }
    assert found["web"]["environment"] == addresses | {"DB_POOL_SIZE": "20"}
    assert found["worker"]["environment"] == addresses | {"DB_POOL_SIZE": "5"}
    assert found["recommender"]["environment"] == {"DB_POOL_SIZE": "2"}
    assert "environment" not in found["search"]


@pytest.mark.parametrize(
    ("name", "variable"),
    [("recommender", "RECOMMENDER_URL"), ("a-b-1", "A_B_1_URL"), ("2tower", "_2TOWER_URL")],
)
def test_the_variable_is_one_that_a_shell_takes(name: str, variable: str) -> None:
    assert service_url(name) == variable


def test_an_image_is_built_once_and_never_fetched() -> None:
    found = services(RICH)
    assert {one["image"] for one in found.values()} == {
        "shop-web:local", "shop-recommender:local", "shop-batch:local", Gateway().image,
    }  # fmt: skip
    assert "build" in found["web"]
    assert "build" not in found["worker"]
    assert found["worker"]["image"] == found["web"]["image"] == image_name(RICH, "web")
    assert all(one["pull_policy"] == "never" for one in found.values() if ":local" in one["image"])


@pytest.mark.parametrize(
    ("context", "here", "expected"),
    [
        ("..", "deploy", {"context": "..", "dockerfile": "deploy/web/Dockerfile"}),
        ("../..", "a/b", {"context": "../..", "dockerfile": "a/b/web/Dockerfile"}),
        (".", "", {"context": ".", "dockerfile": "web/Dockerfile"}),
        ("", "", {"context": ".", "dockerfile": "web/Dockerfile"}),
    ],
)
def test_the_build_finds_its_files(context: str, here: str, expected: dict[str, str]) -> None:
    assert services(plan(context=context, here=here))["web"]["build"] == expected


def test_a_gpu_is_reserved() -> None:
    found = services(RICH)
    devices = [{"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}]
    assert found["recommender"]["deploy"]["resources"]["reservations"]["devices"] == devices
    assert found["search"]["deploy"] == {"replicas": 2}
    assert "deploy" not in found["batch"]


def test_a_service_that_listens_nowhere_has_no_health_check() -> None:
    found = services(RICH)
    assert "healthcheck" not in found["batch"]
    assert "healthcheck" in found["search"]


@pytest.mark.parametrize(("status", "well"), [(200, True), (302, True), (404, False), (500, False)])
def test_the_health_check_tells_well_from_ill(status: int, well: bool) -> None:
    from tests.support.gateways import service

    with service(well=status) as behind:
        test = services(plan(core(), ai(port=behind.port)))["recommender"]["healthcheck"]["test"]
        assert test[:2] == ["CMD", "python"]
        assert (subprocess.run(["python3", *test[2:]], capture_output=True).returncode == 0) is well
        connects = services(plan(core(), ai(port=behind.port, health=None)))
        test = connects["recommender"]["healthcheck"]["test"]
        assert subprocess.run(["python3", *test[2:]], capture_output=True).returncode == 0
    assert subprocess.run(["python3", *test[2:]], capture_output=True).returncode != 0


@pytest.mark.parametrize("tool", ["bash", "wget"])
def test_the_gateways_health_check_works_with_what_its_image_has(tool: str, tmp_path: Path) -> None:
    """Debian's image has bash and no wget, the small one busybox's wget and no bash."""
    from tests.support.gateways import service

    for program in (tool, "sh", "grep"):
        if found := shutil.which(program):
            (tmp_path / program).symlink_to(found)
        else:
            cannot(f"{program} is lacking")
    test = services(plan())["gateway"]["healthcheck"]["test"]

    def asks(port: int) -> bool:
        words = [word.replace("8404", str(port)) for word in test[1:]]
        return not subprocess.run(
            [str(tmp_path / "sh"), *words[1:]], env={"PATH": str(tmp_path)}, capture_output=True
        ).returncode

    with service() as behind:
        assert asks(behind.port)
        behind.well = 500
        assert not asks(behind.port)
        port = behind.port
    assert not asks(port)


# Strangers' strings


NASTY = st.text(
    st.sampled_from("$${}()'\"\\#:%&*!|>[]{},`@ \t-~=\u2028\u202eé漢azAZ09\n\r\x00\x1b"),
    max_size=30,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(command=st.lists(NASTY, min_size=1, max_size=4), health=NASTY)
def test_commands_and_paths_stay_data_or_are_refused(command: list[str], health: str) -> None:
    shop = plan(core(command=tuple(command)), ai(health=f"/{health}"))
    if not all(text.isprintable() for text in (*command, health)):
        with pytest.raises(ConfigurationError, match=r"^[^\n]*$"):
            compose_file(shop)
        return
    found = services(shop)
    # Compose takes $$ for a dollar sign, and one alone for the start of a variable.
    assert [word.replace("$$", "$") for word in found["web"]["command"]] == command
    assert all(not re.search(r"(?<!\$)\$(?:\$\$)*(?!\$)", word) for word in found["web"]["command"])
    assert found["recommender"]["healthcheck"]["test"][-1].replace("$$", "$") == f"/{health}"
    assert set(found) == {"web", "recommender", "gateway"}


@settings(max_examples=40, deadline=None)
@given(text=NASTY)
def test_component_names_end_in_comments_that_nothing_escapes(text: str) -> None:
    plain = services(plan(core(components=("web",)), ai()))
    assert services(plan(core(components=("web", text)), ai())) == plain


@settings(max_examples=40, deadline=None)
@given(text=NASTY)
def test_other_names_are_refused_unless_they_are_names(text: str) -> None:
    assume(not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text))
    with pytest.raises(ConfigurationError):
        compose_file(plan(core(), ai(text, image="web")))
    with pytest.raises(ConfigurationError):
        compose_file(
            plan(core(pool=1), ai(), database=Database(max_connections=9, variable=f"{text}="))
        )
    with pytest.raises(ConfigurationError):
        compose_file(plan(gateway=Gateway(image=f"{text} x")))


@pytest.mark.parametrize("name", ["on", "no", "null", "1e3", "0x1f-a", "true", "y"])
def test_a_name_that_yaml_takes_for_something_else_stays_a_name(name: str) -> None:
    assert name in services(plan(core(name=name), ai()))


def test_a_gateway_whose_file_changes_is_made_anew() -> None:
    """Compose compares entries, not the files that are mounted: the entry has to change."""
    before, same, after = (
        services(plan(gateway=Gateway(rate=rate)))["gateway"] for rate in (20, 20, 21)
    )
    assert before == same
    assert before != after
    assert before["labels"].pop("depcheck.gateway") == "true"
    assert after["labels"].pop("depcheck.gateway") == "true"
    (digest,), (other,) = before.pop("labels").values(), after.pop("labels").values()
    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert digest != other


def test_no_ports_of_the_host_are_left() -> None:
    with pytest.raises(ConfigurationError, match="no 1000000000 ports are free from 8000 on"):
        compose_file(plan(core(replicas=10**9)))


def test_the_variable_of_the_pools_is_not_that_of_an_address() -> None:
    origin = Origin(component="isolation", path="depcheck.toml", line=7, text="")
    database = Database(max_connections=9, variable="RECOMMENDER_URL", origin=origin)
    with pytest.raises(ConfigurationError, match=r"^depcheck.toml:7: .*RECOMMENDER_URL") as raised:
        compose_file(plan(core(pool=2), ai(), database=database))
    assert "the address of recommender" in raised.value.message
    # Nothing listens: no address is told.
    read(compose_file(plan(core(pool=2), ai(port=None), database=database)))
