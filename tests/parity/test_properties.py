"""What holds for any two inventories."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.model.findings import SEVERITIES
from depcheck.model.inventory import ASPECTS, Fact, FileState, Inventory, Provenance
from depcheck.model.rules import PARITY_RULES
from depcheck.parity.rollback import way_back
from tests.parity.stories import chain, deb, dist, drift, library, python, tell, venv

SECRET = "hunter2-0xDEADBEEF"
VERSIONS = st.sampled_from(["1.0", "1.0.1", "1.1", "2.0", "2.0+cpu", "odd-one"])
DIGESTS = st.sampled_from(["", "aa", "bb"])
STEPS = st.none() | st.builds(Provenance, layer=st.integers(0, 9), step=st.just("RUN x"))
MIRROR = {
    f"{what}-missing": f"{what}-added"
    for what in ("environment", "python", "distribution", "package", "native")
} | {"file-removed": "file-added"}
MIRROR |= {other: one for one, other in MIRROR.items()}


def distributions(prefixes):
    return st.builds(
        dist,
        st.sampled_from(["django", "six", "pip", "yaml"]),
        VERSIONS,
        environment=st.sampled_from(prefixes),
        source=st.sampled_from(["", "git+https://u:p@x.example/a@b", "editable file:///a"]),
        installer=st.sampled_from(["", "pip", "uv"]),
        patched=st.dictionaries(st.sampled_from(["a.py", "b.so"]), st.just("ab"), max_size=2),
        missing=st.sampled_from([(), ("a.py",), ("x/tests/a.py",), ("d.txt",)]),
        record=DIGESTS,
        read=st.booleans(),
        brought=STEPS,
    )


KEYS = st.sampled_from((
    "env.PATH", "env.LANG", "env.TZ", "env.TOKEN", "label.x", "user", "entrypoint", "base",
    "architecture", "port.80", "created", "os.id", "os.version", "os.name", "libc",
    "ca-bundle", "locale", "timezone", "tzdata", "memory", "mount./x", "odd",
))  # fmt: skip


def facts(values, secret):
    return st.dictionaries(KEYS, st.builds(Fact, value=values, secret=secret), max_size=6)


FILES = st.dictionaries(
    st.sampled_from(["/app/a", "/app/b", "/etc/x", "/usr/bin/y", "/opt/venv/a.py"]),
    st.builds(
        FileState,
        kind=st.sampled_from(["file", "link"]),
        mode=st.sampled_from([0o644, 0o755]),
        uid=st.integers(0, 1),
        gid=st.just(0),
        digest=DIGESTS,
        brought=STEPS,
    ),
    max_size=5,
)


@st.composite
def inventories(draw: Any, values: Any = DIGESTS, secret: Any = None) -> Inventory:
    secret = st.booleans() if secret is None else secret
    prefixes = draw(st.sampled_from([["/opt/venv"], ["/opt/venv", "/usr"], ["/app"]]))
    active = draw(st.sampled_from([*prefixes, ""]))
    some = facts(values, secret)
    return Inventory(
        subject=draw(st.sampled_from(["docker:a", "docker:b"])),
        covers=draw(st.sets(st.sampled_from(ASPECTS), min_size=5).map(frozenset)),
        whole=draw(st.booleans()),
        environments=tuple(venv(p, active=p == active) for p in prefixes),
        interpreters=tuple(draw(st.lists(st.builds(
            python, st.sampled_from(["3.11.2", "3.11.7", "3.12.1"]),
            st.sampled_from(["/usr/bin/python3.11", "/usr/local/bin/python3"]),
        ), max_size=2, unique_by=lambda i: i.path))),
        distributions=tuple(draw(st.lists(distributions(prefixes), max_size=5))),
        packages=tuple(draw(st.lists(st.builds(
            deb, st.sampled_from(["libc6", "jq", "libssl3", "python3-yaml", "tzdata"]), VERSIONS,
            architecture=st.sampled_from(["amd64", "i386"]),
        ), max_size=5))),
        libraries=tuple(draw(st.lists(st.builds(
            library, st.sampled_from(["openssl", "openmp"]), VERSIONS,
            owner=st.sampled_from(["", "six"]), digest=DIGESTS,
            path=st.sampled_from(["/a.so", "/b.so"]),
        ), max_size=4, unique_by=lambda lib: (lib.name, lib.owner, lib.path)))),
        system=draw(some), settings=draw(some), runtime=draw(some), files=draw(FILES),
        layers=draw(st.sampled_from([chain("a"), chain("a", "b"), chain("c")])),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(inventories(), st.booleans())
def test_a_side_does_not_differ_from_itself(side, files):
    comparison = tell(side, side, files=files)
    assert comparison.findings == ()
    assert comparison.left_out == ()
    assert all(summary.different == 0 for summary in comparison.summaries)


@settings(max_examples=100, deadline=None)
@given(inventories(), inventories(), st.booleans())
def test_swapped_sides_tell_the_mirror_image(one, other, files):
    there, back = tell(one, other, files=files), tell(other, one, files=files)
    assert there.left_out == back.left_out
    assert sorted(
        (MIRROR.get(f.rule, f.rule), drift(f).name, str(drift(f).right), str(drift(f).left))
        for f in there.findings
    ) == sorted(
        (f.rule, drift(f).name, str(drift(f).left), str(drift(f).right)) for f in back.findings
    )


@settings(max_examples=60, deadline=None)
@given(inventories(), inventories(), st.booleans())
def test_findings_are_well_formed_and_in_order(one, other, files):
    comparison = tell(one, other, files=files)
    ranks = [-SEVERITIES.index(f.severity) for f in comparison.findings]
    assert ranks == sorted(ranks)
    for finding in comparison.findings:
        evidence = drift(finding)
        assert finding.rule in PARITY_RULES
        assert finding.message.endswith(".")
        assert finding.message.isprintable()
        assert evidence.aspect in one.covers & other.covers
        assert (evidence.left, evidence.right) != (None, None)
        assert (
            evidence.hidden
            or evidence.left != evidence.right
            or evidence.aspect == "files"
            or (finding.rule == "image-layers")
        )
    way_back(one, other, comparison)


@settings(max_examples=80, deadline=None)
@given(
    inventories(st.sampled_from([SECRET, SECRET + "b", SECRET + "\n" + SECRET]), st.just(True)),
    inventories(st.sampled_from([SECRET, SECRET + "b", "x" * 300 + SECRET]), st.just(True)),
    st.booleans(),
)
def test_no_secret_is_told(one, other, files):
    comparison = tell(one, other, files=files)
    assert "DEADBEEF" not in repr(comparison)
    assert "DEADBEEF" not in repr(way_back(one, other, comparison))
    assert "u:p@" not in repr(comparison)
