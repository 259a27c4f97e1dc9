"""Guard-rails of compose files: each field in its short and its long form."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from depcheck.errors import SourceError
from depcheck.sources.compose_guardrails import read_guarded


@pytest.fixture
def guarded(write):
    """Write compose files and return the service ``a`` (or ``name``) of them."""

    def read(*texts, name="a", **more):
        files = {f"c{number}.yaml": text for number, text in enumerate(texts)}
        root = write({**files, **{key.replace("__", "."): text for key, text in more.items()}})
        services, undetermined = read_guarded([Path(each) for each in files], root=root)
        assert undetermined == ()
        return next(each for each in services if each.service == name)

    return read


@pytest.fixture
def service(guarded):
    """Return the service ``a`` with fields in flow style."""
    return lambda fields, **more: guarded(f"services:\n  a: {{{fields}}}\n", **more)


@pytest.fixture
def fault(guarded):
    def read(*texts, **more):
        with pytest.raises(SourceError) as caught:
            guarded(*texts, **more)
        return caught.value.message

    return read


LIMITS = "deploy: {resources: {limits: {%s}}}"


@pytest.mark.parametrize(
    ("fields", "field", "value"),
    [
        ("mem_limit: 512m", "memory", 512 << 20),
        ("mem_limit: '1.5gb'", "memory", 3 << 29),
        ("mem_limit: 2GiB", "memory", 2 << 30),
        ("mem_limit: 2g", "memory", 2 << 30),
        ("mem_limit: 64k", "memory", 64 << 10),
        ("mem_limit: 1048576b", "memory", 1 << 20),
        ("mem_limit: 1048576", "memory", 1 << 20),
        ("mem_limit: 0", "memory", None),
        ("mem_reservation: 2g", "memory", None),
        ("mem_limit: ~", "memory", None),
        (LIMITS % "memory: 2G", "memory", 2 << 30),
        ("deploy: {resources: {reservations: {memory: 2g}}}", "memory", None),
        ("mem_limit: 1g, " + LIMITS % "memory: 1024m", "memory", 1 << 30),
        ("memswap_limit: -1", "swap", -1),
        ("memswap_limit: 3g", "swap", 3 << 30),
        ("cpus: 1.5", "cpus", 1.5),
        ("cpus: '0'", "cpus", None),
        ("cpu_quota: 50000", "cpus", 0.5),
        ("cpu_quota: 50ms, cpu_period: 100ms", "cpus", 0.5),
        ("cpuset: '0-2,5'", "cpus", 4),
        ("cpu_shares: 100", "cpus", None),
        (LIMITS % "cpus: '0.50'", "cpus", 0.5),
        ("pids_limit: 100", "pids", 100),
        ("pids_limit: -1", "pids", None),
        ("pids_limit: 0", "pids", None),
        (LIMITS % "pids: 64", "pids", 64),
        ("ports: ['8000:80', 9000]", "ports", ("8000:80", "9000")),
        ("ports: [{target: 80, published: '8080', host_ip: 127.0.0.1}]", "ports",
         ("127.0.0.1:8080:80",)),
        ("ports: ['${PORT}:80']", "ports", ("${PORT}:80",)),
        ("ports: []", "ports", ()),
        ("expose: [80]", "ports", ()),
        ("network_mode: host", "network_mode", "host"),
        ("network_mode: host", "networks", {}),
        ("network_mode: 'service:web'", "network_mode", "service:web"),
        ("", "networks", {"default": False}),
        ("network_mode: ''", "networks", {"default": False}),
        ("network_mode: '${X}'", "networks", {}),
        ("networks: []", "networks", {"default": False}),
        ("read_only: true", "read_only", True),
        ("read_only: 'no'", "read_only", False),
        ("tmpfs: /tmp", "tmpfs", ("/tmp",)),
        ("tmpfs: ['/tmp:size=64m', /run]", "tmpfs", ("/tmp", "/run")),
        ("volumes: [{type: tmpfs, target: /tmp}]", "tmpfs", ("/tmp",)),
        ("volumes: [{type: tmpfs, target: /tmp}]", "volumes", ()),
        ("tmpfs: ['/tmp:size=64m', '/run:mode=755', '/x:size=0']", "unbounded", ("/run", "/x")),
        ("tmpfs: ['/tmp:size=${S}']", "unbounded", ()),
        ("volumes: [{type: tmpfs, target: /tmp}]", "unbounded", ("/tmp",)),
        ("volumes: [{type: tmpfs, target: /tmp, tmpfs: {size: 64m}}]", "unbounded", ()),
        ("volumes: [{type: tmpfs, target: /tmp, tmpfs: {size: 0}}]", "unbounded", ("/tmp",)),
        ("security_opt: ['seccomp=unconfined', 'apparmor:unconfined', 'label:type:x']",
         "unconfined", ("seccomp:unconfined", "apparmor:unconfined")),
        ("security_opt: ['seccomp:./profile.json']", "unconfined", ()),
        ("healthcheck: {test: [CMD, 'true']}", "hollow_health", "true"),
        ("healthcheck: {test: 'curl x || exit 0'}", "hollow_health", "… || exit 0"),
        ("healthcheck: {test: [CMD-SHELL, 'curl x']}", "hollow_health", ""),
        ("labels: {depcheck.gateway: 'true'}", "gateway", True),
        ("labels: [depcheck.gateway=true]", "gateway", True),
        ("labels: {depcheck.gateway: 'false'}", "gateway", False),
        ("volumes: ['data:/data', './x:/x:ro', /anonymous]", "volumes", ("/data", "/anonymous")),
        ("volumes: ['data:/data', './x:/x:ro,z', /anonymous]", "binds", ("./x",)),
        ("volumes: ['${DIR}:/data']", "volumes", ("/data",)),
        ("volumes: ['C:\\x:/x']", "binds", ("C:\\x",)),
        ("volumes: [{type: bind, source: /etc, target: /x, read_only: true}]", "binds", ("/etc",)),
        ("volumes: [{type: bind, source: /etc, target: /x, read_only: true}]", "volumes", ()),
        ("cap_drop: [all]", "dropped", ("ALL",)),
        ("cap_add: [CAP_SYS_ADMIN, net_raw]", "added", ("SYS_ADMIN", "NET_RAW")),
        ("privileged: true", "privileged", True),
        ("security_opt: [no-new-privileges]", "no_new_privileges", True),
        ("security_opt: ['no-new-privileges:true']", "no_new_privileges", True),
        ("security_opt: ['no-new-privileges=true']", "no_new_privileges", True),
        ("security_opt: ['no-new-privileges:false']", "no_new_privileges", False),
        ("security_opt: ['seccomp:unconfined']", "no_new_privileges", False),
        ("user: 1000:1000", "user", "1000:1000"),
        ("user: 1000", "user", "1000"),
        ("healthcheck: {test: [CMD, x], start_period: 1m30s}", "health", True),
        ("healthcheck: {test: [CMD, x], start_period: 1m30s}", "start_period", 90.0),
        ("healthcheck: {test: curl x, start_period: 500ms}", "start_period", 0.5),
        ("healthcheck: {test: [NONE]}", "health", False),
        ("healthcheck: {disable: true}", "health", False),
        ("healthcheck: {interval: 5s}", "health", None),
        ("", "health", None),
        ("restart: 'no'", "restart", "no"),
        ("restart: unless-stopped", "restart", "unless-stopped"),
        ("restart: on-failure", "restart_attempts", None),
        ("restart: on-failure:3", "restart", "on-failure"),
        ("restart: on-failure:3", "restart_attempts", 3),
        ("deploy: {restart_policy: {condition: on-failure, max_attempts: 4}}", "restart",
         "on-failure"),
        ("deploy: {restart_policy: {condition: none}}, restart: always", "restart", "no"),
        ("deploy: {restart_policy: {delay: 5s}}", "restart", "always"),
        ("deploy: {restart_policy: {max_attempts: 4}}", "restart_attempts", 4),
        ("secrets: [key, {source: other, target: x}]", "secrets", ("key", "other")),
        ("stop_grace_period: 1h2m3s", "stop_grace", 3723.0),
        ("stop_grace_period: 0", "stop_grace", 0.0),
        ("pid: host, ipc: host, userns_mode: host, uts: host", "host_namespaces",
         ("pid", "ipc", "userns", "uts")),
        ("pid: 'service:x', ipc: private", "host_namespaces", ()),
        ("devices: ['/dev/sda:/dev/x:r', {source: /dev/kvm, target: /dev/kvm}]", "devices",
         ("/dev/sda", "/dev/kvm")),
        ("image: 'x:1'", "image", "x:1"),
        ("mem_limit: '${M:-1g}'", "memory", 1 << 30),
    ],
)  # fmt: skip
def test_fields(service, fields, field, value):
    assert getattr(service(fields), field) == value


def test_every_field_has_its_line(guarded):
    found = guarded(
        "services:\n  a:\n    mem_limit: 2g\n    deploy:\n      resources:\n        limits:\n"
        "          cpus: 1\n    ports:\n      - 80:80\n    environment:\n      A_TOKEN: x\n"
    )
    assert {path: str(origin) for path, origin in found.lines.items()} == {
        "mem_limit": "c0.yaml:3",
        "deploy.resources.limits.cpus": "c0.yaml:7",
        "ports": "c0.yaml:9",
        "ports.80:80": "c0.yaml:9",
        "environment": "c0.yaml:11",
        "environment.A_TOKEN": "c0.yaml:11",
    }
    assert (str(found.origin), found.where) == ("c0.yaml:2", "c0.yaml")
    assert found.lines["mem_limit"].text == "mem_limit: 2g"


def test_every_entry_has_its_line(guarded):
    found = guarded(
        "services:\n  a:\n    volumes:\n      - /etc:/x\n"
        "      - {type: bind, source: /y, target: /y}\n"
        "    networks:\n      back:\n      front: {}\n    devices:\n      - /dev/a:/dev/b\n"
        "    tmpfs:\n      - /tmp\n    cap_add:\n      - CAP_NET_RAW\n    security_opt:\n"
        "      - seccomp=unconfined\nnetworks: {back: , front: }\n"
    )
    lines = {path: (at.line, at.text) for path, at in found.lines.items() if "." in path}
    assert lines == {
        "volumes./etc": (4, "volumes: /etc:/x"),
        "volumes./y": (5, "volumes: /y:/y"),
        "networks.back": (7, "networks: back"),
        "networks.front": (8, "networks: front"),
        "devices./dev/a": (10, "devices: /dev/a:/dev/b"),
        "tmpfs./tmp": (12, "tmpfs: /tmp"),
        "cap_add.NET_RAW": (14, "cap_add: CAP_NET_RAW"),
        "security_opt.seccomp:unconfined": (16, "security_opt: seccomp=unconfined"),
    }


def test_what_a_hollow_health_check_holds_is_not_shown(service):
    found = service("healthcheck: {test: 'curl -u me:hunter2 x || true'}")
    assert found.lines["healthcheck.test"].text == "test: … || true"


@pytest.mark.parametrize(
    ("networks", "top", "found"),
    [
        ("[back]", "back: {internal: true}", {"back": True}),
        ("[back, front]", "back: {internal: true}\n  front:", {"back": True, "front": False}),
        ("{back: {aliases: [x]}}", "back: {internal: 'yes'}", {"back": True}),
        ("[back]", "back: {external: true}", {"back": None}),
        ("[back]", "back: {external: {name: x}}", {"back": None}),
        ("[back]", "back: {external: false, internal: true}", {"back": True}),
        ("[back]", "back: {internal: '${X}'}", {"back": None}),
        ("[default]", "default: {internal: true}", {"default": True}),
        ("", "default: {internal: true}", {"default": True}),
    ],
)
def test_networks(guarded, networks, top, found):
    text = f"services:\n  a:\n    networks: {networks}\nnetworks:\n  {top}\n"
    assert guarded(text).networks == found


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ("{HF_TOKEN: hf_x}", ("HF_TOKEN",)),
        ("[HF_TOKEN=hf_x, MODEL=big]", ("HF_TOKEN",)),
        ("[HF_TOKEN]", ("HF_TOKEN",)),
        ("{HF_TOKEN: , X: 1}", ("HF_TOKEN",)),
        ("{HF_TOKEN: '${HF_TOKEN}'}", ("HF_TOKEN",)),
        ("{HF_TOKEN: ''}", ()),
        ("[HF_TOKEN=]", ()),
        ("{HF_TOKEN_FILE: /run/secrets/hf}", ()),
        ("{API_KEY: /run/secrets/hf}", ()),
        ("{MAX_TOKENS: 512, TOKENIZERS_PARALLELISM: false, EOS_TOKEN: end}", ()),
        ("{SECRET_KEY_BASE: abc, OPENAI_API_KEY: sk, DB_PASSWORD: x}",
         ("SECRET_KEY_BASE", "OPENAI_API_KEY", "DB_PASSWORD")),
        ("{ALLOW_EMPTY_PASSWORD: yes, PWD: /srv, PUBLIC_KEY: x}", ()),
        ("{DATABASE_URL: 'postgres://u:p@db/x', OTHER_URL: 'http://db/x'}", ("DATABASE_URL",)),
    ],
)  # fmt: skip
def test_secrets_in_the_environment(service, environment, names):
    found = service(f"environment: {environment}")
    assert found.plain_secrets == names
    assert not any("sk" in origin.text or "hf_x" in origin.text for origin in found.lines.values())


class TestEnvFiles:
    def test_they_are_read(self, service):
        found = service("env_file: a.env", a__env="A_TOKEN=x\n# B_TOKEN=x\nexport C_KEY='y'\n")
        assert found.plain_secrets == ("A_TOKEN", "C_KEY")
        assert str(found.lines["environment.C_KEY"]) == "a.env:3"

    def test_the_environment_beats_them(self, service):
        found = service("env_file: [a.env], environment: {A_TOKEN: ''}", a__env="A_TOKEN=x\n")
        assert found.plain_secrets == ()

    @pytest.mark.parametrize(
        "named", ["b.env", "[{path: b.env}]", "../../etc/passwd", "/etc/passwd", "'${X}'"]
    )
    def test_one_that_cannot_be_read_is_told(self, service, named):
        found = service(f"env_file: {named}")
        assert "secrets" in found.unknown

    def test_one_that_need_not_be_there(self, service):
        assert service("env_file: [{path: b.env, required: false}]").unknown == {}


class TestMerging:
    def test_later_files_add_and_replace(self, guarded):
        found = guarded(
            "services:\n  a: {mem_limit: 1g, ports: ['1:1'], environment: [A_KEY=x, B=1],\n"
            "    deploy: {resources: {limits: {cpus: 1}}}, cap_drop: [NET_RAW]}\n",
            "services:\n  a:\n    mem_limit: 2g\n    ports: ['2:2']\n    cap_drop: [ALL]\n"
            "    environment: {A_KEY: '', C_KEY: y}\n"
            "    deploy: {resources: {limits: {pids: 9}}}\n",
        )
        assert (found.memory, found.cpus, found.pids) == (2 << 30, 1.0, 9)
        assert (found.ports, found.dropped) == (("1:1", "2:2"), ("NET_RAW", "ALL"))
        assert found.plain_secrets == ("C_KEY",)
        assert str(found.lines["mem_limit"]) == "c1.yaml:3"
        assert str(found.lines["deploy.resources.limits.cpus"]) == "c0.yaml:3"

    def test_reset_and_override(self, guarded):
        found = guarded(
            "services:\n  a: {mem_limit: 1g, ports: ['1:1'], cap_drop: [ALL], read_only: true}\n",
            "services:\n  a: {mem_limit: !reset null, ports: !override ['2:2'],\n"
            "    cap_drop: !reset [], read_only: }\n",
        )
        assert (found.memory, found.ports, found.dropped) == (None, ("2:2",), ())
        assert found.read_only is True

    def test_extends_and_anchors(self, guarded):
        found = guarded(
            "x-safe: &safe {cap_drop: [ALL], read_only: true}\n"
            "services:\n  base: {mem_limit: 1g, profiles: [never], tmpfs: /tmp}\n"
            "  a: {<<: *safe, extends: base, tmpfs: [/run]}\n"
        )
        assert (found.memory, found.read_only, found.dropped) == (1 << 30, True, ("ALL",))
        assert found.tmpfs == ("/tmp", "/run")

    def test_a_file_that_is_extended_names_paths_from_its_folder(self, write):
        root = write(
            {
                "compose.yaml": "services:\n  a: {extends: {file: lib/c.yaml, service: b}}\n",
                "lib/c.yaml": "services:\n  b: {env_file: x.env}\n",
                "lib/x.env": "A_TOKEN=1234567890\n",
            }
        )
        ((found,), _) = read_guarded([Path("compose.yaml")], root=root)
        assert found.plain_secrets == ("A_TOKEN",)

    def test_profiles_do_not_hide_a_service(self, service):
        assert service("profiles: [gpu], mem_limit: 1g").memory == 1 << 30


class TestVariables:
    def test_what_rests_on_one_without_a_value_is_not_known(self, service, monkeypatch):
        monkeypatch.setenv("M", "1g")
        found = service("mem_limit: '${M}', user: $U, cap_drop: ['${C}']")
        assert (found.memory, found.user) == (None, "")
        assert set(found.unknown) == {"memory", "user", "capabilities"}
        assert "mem_limit rests on the variable M" in found.unknown["memory"]
        assert str(found.unknown_at["memory"]) == "c0.yaml:2"

    def test_they_are_taken_from_the_file_beside(self, guarded, write):
        root = write({"c.yaml": "services: {a: {mem_limit: '${M}'}}", ".env": "M=1g\n"})
        ((found,), _) = read_guarded([Path("c.yaml")], root=root)
        assert found.memory == 1 << 30


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("mem_limit: 2x", "c0.yaml:2: mem_limit: 2x is not a size like 2g"),
        ("mem_limit: -1", "is not a size"),
        ("mem_limit: [2g]", "c0.yaml:2: mem_limit must be a single value"),
        ("cpus: many", "cpus: many is not a number"),
        ("pids_limit: 1.5", "is not a whole number"),
        ("read_only: maybe", "read_only: maybe is not true or false"),
        ("stop_grace_period: 10", "stop_grace_period: 10 is not a time like 1m30s"),
        ("stop_grace_period: 10 s", "is not a time"),
        ("restart: sometimes", "restart: sometimes is not no, always"),
        ("ports: {80: 80}", "ports must be a list"),
        ("ports: [[80]]", "a list in a list"),
        ("ports: ['']", "a port needs a number"),
        ("volumes: [{type: bind}]", "a volume needs a target"),
        ("environment: x", "environment must be a list or a mapping"),
        ("networks: x", "networks must be a list or a mapping"),
        ("networks: [nowhere]", "the network nowhere is not defined"),
        ("deploy: x", "c0.yaml:2: deploy must be a mapping"),
        ("mem_limit: '${'", "a ${ is followed by no name"),
        ("mem_limit: 1g, " + LIMITS % "memory: 2g", "mem_limit (c0.yaml:2) set different limits"),
        ("cpus: 1, " + LIMITS % "cpus: 2", "set different limits"),
        ("pids_limit: 1, " + LIMITS % "pids: 2", "set different limits"),
    ],
)
def test_bad_values(fault, fields, message):
    assert message in fault(f"services:\n  a: {{{fields}}}\n")


class TestHostile:
    def test_tags_are_refused(self, fault):
        assert "the tag" in fault("services: {a: !!python/object/apply:os.system [x]}")

    def test_names_are_shown_with_their_controls_escaped(self, guarded):
        text = 'services:\n  "a\\n::error::\\e[31m": {mem_limit: 1g}\n'
        assert guarded(text, name="a\\n::error::\\x1b[31m").memory == 1 << 30

    def test_no_file_outside_of_the_root_is_read(self, fault):
        text = "services: {a: {extends: {file: ../../x.yaml, service: b}}}"
        assert "lies outside the project" in fault(text)

    @pytest.mark.parametrize(
        ("before", "entry", "count", "after", "service"),
        [
            ("x-p: &p [", "'1:1'", 3000, "]\nservices:", "  s%d: {ports: *p}"),
            ("x-e: &e {", "K%d_KEY: x", 3000, "}\nservices:", "  s%d: {environment: *e}"),
            ("services:\n  s: {ports: [", "1", 30_000, "]}", "  s%d: {extends: s, ports: [1]}"),
            ("services:", "", 0, "", "  s%d:\n  t%d:"),
            (f"x-t: &t {'x' * 1_000_000}\nservices:", "", 0, "", "  s%d: {image: *t}"),
            (f"x-t: &t {'$A$B$C$D' * 100_000}\nservices:", "", 0, "", "  s%d: {ports: [*t]}"),
            (
                f"x-t: &t\n  ? {'K' * 1_000_000}\n  : x\nservices:",
                "",
                0,
                "",
                "  s%d: {environment: *t}",
            ),
        ],
        ids=["ports", "environment", "extends", "services", "text", "variables", "names"],
    )
    def test_aliases_and_extends_cannot_multiply(self, fault, before, entry, count, after, service):
        entries = ", ".join(entry.replace("%d", str(number)) for number in range(count))
        services = "\n".join(service.replace("%d", str(number)) for number in range(900))
        begun = time.process_time()
        message = fault(f"{before}{entries}{after}\n{services}\n")
        assert re.search("too much|too long|more than", message)
        assert time.process_time() - begun < 5
