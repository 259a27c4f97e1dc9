"""Services of compose files that own the host, each in the ways that compose knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.errors import SourceError
from depcheck.isolation.audit import audit, untold
from depcheck.sources.compose_guardrails import read_guarded
from tests.support.audited import change

USER = 'user: "10001:10001"'
LENDER = "services:\n  w: {image: y, volumes: ['/var/run/docker.sock:/s', '/:/h']}\n"


def with_field(field, top="", *, before="services:\n"):
    text = change(USER, f"{USER}\n    {field}").replace("services:\n", before, 1)
    return f"{text}{top}\n"


@pytest.fixture
def read(tmp_path):
    def run(text):
        (tmp_path / "compose.yaml").write_text(text, encoding="utf-8")
        services, undetermined = read_guarded([Path("compose.yaml")], root=tmp_path)
        assert undetermined == ()
        return services

    return run


@pytest.fixture
def said(read):
    """Return the messages on privileges of the guarded service with one more field."""

    def run(*arguments, **more):
        services = read(with_field(*arguments, **more))
        found = audit(services, ["recommender"])
        assert {f.rule for f in found} <= {"guardrail-privileges"}
        return [f.message.partition(":")[0] for f in found]

    return run


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("use_api_socket: true", "can give the engine orders"),
        ("cgroup: host", "shares the host's cgroup namespace"),
        ("provider: {type: model}", "is run by a program on the host"),
        ("device_cgroup_rules: ['a *:* rwm']", "may use devices of the host (a *"),
        ("post_start: [{command: id, privileged: true}]", "runs a privileged command"),
        ("pre_stop: [{command: id, privileged: 'yes'}]", "runs a privileged command"),
        ("build: {context: ., privileged: true}", "is built privileged"),
        ("build: {context: ., entitlements: [security.insecure]}", "is built privileged"),
        ("volumes: ['./e.sock:/var/run/docker.sock']", "can give the engine orders"),
        ("volumes: ['/x/../run/docker.sock:/s']", "can give the engine orders"),
        ("volumes: ['/etc/shadow:/s:ro']", "has /etc/shadow of the host"),
        ("volumes: ['//:/h']", "has // of the host"),
        (f"volumes: ['./{'../' * 40}:/h']", "has / of the host"),
        ("volumes: ['~/.ssh:/h']", "has ~/.ssh of the host"),
    ],
)
def test_a_field_that_gives_the_host_away(said, field, says):
    (message,) = said(field)
    assert message.startswith(f"recommender {says}")


@pytest.mark.parametrize(
    "field",
    [
        "use_api_socket: false",
        "cgroup: private",
        "post_start: [{command: id}]",
        "build: .",
        "build: {context: ., privileged: false}",
        "volumes: ['./model:/model:ro', 'data:/data', '/srv/models:/m:ro']",
        "oom_score_adj: 500",
    ],
)
def test_what_is_harmless(said, field):
    top = "volumes: {data: {driver_opts: {type: tmpfs, device: tmpfs}}}"
    assert said(field, top) == []


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ("{type: none, o: bind, device: /}", "/"),
        ("{o: 'ro,rbind', device: /etc}", "/etc"),
        ("{type: overlay, device: overlay, o: 'lowerdir=/,upperdir=/x,workdir=/y'}", "/"),
    ],
)
def test_a_named_volume_that_is_made_of_the_host(said, options, path):
    top = f"volumes: {{v: {{driver: local, driver_opts: {options}}}}}"
    assert said("volumes: ['v:/h']", top) == [f"recommender has {path} of the host"]


def test_the_volumes_of_another_service(said, read):
    assert said("volumes_from: ['w:ro']", before=LENDER) == [
        "recommender can give the engine orders",
        "recommender has / of the host",
    ]
    through = LENDER.replace("image: y", "image: y, volumes_from: [recommender]")
    assert len(said("volumes_from: [w]", before=through)) == 2
    services = read(with_field("volumes_from: ['w:ro']", before=LENDER))
    place = services[2].lines["volumes./var/run/docker.sock"]
    assert (services[2].service, str(place)) == ("recommender", "compose.yaml:2")


@pytest.mark.parametrize(
    ("field", "top", "reason"),
    [
        ("volumes_from: ['container:x']", "", "what container:x in volumes_from has"),
        ("volumes: ['v:/h']", "volumes: {v: {external: true}}", "what the volume v is made of"),
        ("volumes: ['v:/h']", "volumes: {v: {driver: nfs}}", "what the volume v is made of"),
        ("volumes: ['${DIR}:/h']", "", "rests on the variable DIR"),
        ("use_api_socket: ${X}", "", "rests on the variable X"),
    ],
)
def test_what_cannot_be_told_is_never_guarded(read, field, top, reason):
    services = read(with_field(field, top))
    assert audit(services, ["recommender"]) == []
    (entry,) = untold(services, ["recommender"])
    assert (entry.subject, entry.harmless) == (
        "the guard-rail privileges of recommender",
        False,
    )
    assert reason in entry.reason
    bare = read(with_field(field, top).replace('security_opt: ["no-new-privileges:true"]', ""))
    assert "may gain new privileges" in audit(bare, ["recommender"])[0].message


def test_a_long_chain_of_volumes_ends(read):
    chain = "".join(f"  s{n}: {{volumes_from: [s{n + 1}]}}\n" for n in range(900))
    with pytest.raises(SourceError, match="too often"):
        read(f"services:\n{chain}  s900: {{}}\n")


@pytest.mark.parametrize("kind", ["secrets", "configs"])
def test_a_file_of_the_host_as_secret_or_config(read, kind):
    # The guarded file has secrets of its own: another service of it is looked at.
    text = f"services:\n  a:\n    {kind}: [s]\n{kind}:\n  s: {{file: /etc/shadow}}\n"
    (service,) = read(text)
    assert service.escapes == {f"{kind}.s": "has /etc/shadow of the host"}
    assert str(service.lines[f"{kind}.s"]) == "compose.yaml:5"
    (harmless,) = read(text.replace("/etc/shadow", "./key.txt"))
    assert harmless.escapes == {}


@pytest.mark.parametrize(
    ("network", "internal"),
    [
        ("{internal: true, driver: host}", False),
        ("{internal: true, name: host, external: true}", False),
        ("{external: {name: bridge}}", False),
        ("{internal: true, driver: bridge}", True),
    ],
)
def test_a_network_that_is_the_hosts(read, network, internal):
    text = f"services: {{a: {{networks: [n]}}}}\nnetworks: {{n: {network}}}\n"
    assert read(text)[0].networks == {"n": internal}


@pytest.mark.parametrize(
    ("user", "says", "severity"),
    [
        ('"+0"', "runs as root", "warning"),
        ('"-0:5"', "runs as root", "warning"),
        ('":5"', "runs as root", "warning"),
        ('"10001:0"', "runs in the group of root", "note"),
        ("10001:root", "runs in the group of root", "note"),
        ("10001\n    group_add: ['0']", "runs in the group of root", "note"),
    ],
)
def test_users_that_are_root(read, user, says, severity):
    (finding,) = audit(read(change(USER, f"user: {user}")), ["recommender"])
    assert (finding.rule, finding.severity) == ("guardrail-user", severity)
    assert f"recommender {says}:" in finding.message


@pytest.mark.parametrize(
    ("before", "after", "says", "severity"),
    [
        ("    memswap_limit: 2g\n", "", "may swap as much again", "note"),
        (USER, f"{USER}\n    oom_kill_disable: true", "is spared by the kernel", "warning"),
        (USER, f"{USER}\n    oom_score_adj: -1000", "is spared by the kernel", "warning"),
    ],
)
def test_memory_that_is_limited_by_half(read, before, after, says, severity):
    (finding,) = audit(read(change(before, after)), ["recommender"])
    assert (finding.rule, finding.severity) == ("guardrail-memory", severity)
    assert says in finding.message
