"""Bills of materials: two of the real `shop` image by syft, shortened, and hand-made ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from depcheck.errors import SourceError
from depcheck.model.parity import Named
from depcheck.sources.inventory import read_inventory
from depcheck.sources.purl import parse_purl

REAL = Path(__file__).parent / "sboms"


@pytest.fixture
def sbom(tmp_path):
    def read(content, name="shop.json"):
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / name).write_text(text)
        return read_inventory(
            Named(kind="sbom", value=str(tmp_path / name)), root=tmp_path, target=None
        )

    return read


def cyclonedx(*components, **more):
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [*components], **more}


def python(name, version, *paths):
    properties = [
        {"name": f"syft:location:{number}:path", "value": path} for number, path in enumerate(paths)
    ]
    return {
        "type": "library", "name": name, "version": version,
        "purl": f"pkg:pypi/{name}@{version}", "properties": properties,
    }  # fmt: skip


def fault(sbom, content):
    with pytest.raises(SourceError) as caught:
        sbom(content)
    return caught.value


@pytest.mark.parametrize("name", ["shop.cdx.json", "shop.spdx.json"])
def test_both_formats_of_a_real_image_say_the_same(name):
    found = read_inventory(
        Named(kind="sbom", value=str(REAL / name)), root=Path("/nowhere"), target=None
    )
    assert found.covers == {"python", "os", "system"}
    (environment,) = found.environments
    assert (environment.prefix, environment.kind, environment.active) == (
        "/opt/venv",
        "other",
        True,
    )
    assert environment.python == "3.11"
    assert {(d.name, d.version) for d in found.distributions} == {
        ("amqp", "5.4.2"), ("click", "8.1.8"), ("cryptography", "45.0.3"),
        ("django", "5.2.1"), ("pyjwt", "2.10.1"), ("tzdata", "2025.2"),
    }  # fmt: skip
    assert {d.folder for d in found.distributions} == {"/opt/venv/lib/python3.11/site-packages"}
    packages = {(p.name, p.version.split("+")[0], p.architecture, p.kind) for p in found.packages}
    assert ("passwd", "1:4.13", "amd64", "deb") in packages
    assert ("adduser", "3.134", "all", "deb") in packages
    assert {key: found.system[key].value for key in ("os.id", "os.version")} == {
        "os.id": "debian",
        "os.version": "12",
    }
    assert found.undetermined == ()


def test_versions_of_packages_are_as_their_databases_have_them(sbom):
    found = sbom(
        cyclonedx(
            {"name": "passwd", "purl": "pkg:deb/debian/passwd@1%3A4.13%2Bdfsg1-1?arch=amd64"},
            {"name": "perl", "purl": "pkg:deb/debian/perl@5.36-7?arch=amd64&epoch=2"},
            {"name": "bash", "purl": "pkg:rpm/fedora/bash@5.2-1.fc39?epoch=1&distro=fedora-39"},
            {"name": "zsh", "purl": "pkg:rpm/fedora/zsh@5.9-1.fc39?epoch=0&distro=fedora-39"},
            {"name": "gpg-pubkey", "purl": "pkg:rpm/fedora/gpg-pubkey@1-2"},
            {"name": "musl", "purl": "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64"},
        )
    )
    assert {(p.kind, p.name, p.version, p.architecture) for p in found.packages} == {
        ("deb", "passwd", "1:4.13+dfsg1-1", "amd64"),
        ("deb", "perl", "2:5.36-7", "amd64"),
        ("rpm", "bash", "1:5.2-1.fc39", ""),
        ("rpm", "zsh", "5.9-1.fc39", ""),
        ("apk", "musl", "1.2.4-r2", "x86_64"),
    }
    assert found.covers == {"os"}  # several distributions are told, so none is believed


def test_packages_alone_tell_the_release(sbom):
    found = sbom(cyclonedx({"name": "a", "purl": "pkg:apk/alpine/a@1-r0?distro=alpine-3.20.1"}))
    assert found.system["os.id"].value == "alpine"
    assert found.system["os.version"].value == "3.20.1"


def test_nested_components_and_the_subject_count_and_excluded_ones_do_not(sbom):
    nested = {
        **python("outer", "1"),
        "components": [{"name": "x", "components": [python("in", "2")]}],
    }
    gone = {**python("gone", "1"), "scope": "excluded"}
    found = sbom(cyclonedx(nested, gone, metadata={"component": python("app", "3")}))
    assert [(d.name, d.version) for d in found.distributions] == [
        ("app", "3"), ("in", "2"), ("outer", "1"),
    ]  # fmt: skip
    assert found.environments[0].prefix == ""


def test_components_in_two_hundred_levels(sbom):
    entry = python("deep", "1")
    for _ in range(200):
        entry = {"name": "x", "components": [entry]}
    assert [d.name for d in sbom(cyclonedx(entry)).distributions] == ["deep"]


def test_several_places_are_several_installations(sbom):
    site = "/opt/venv/lib/python3.11/site-packages"
    found = sbom(
        cyclonedx(
            python("a", "1", f"{site}/a-1.dist-info/METADATA", f"{site}/a-1.dist-info/RECORD"),
            python("a", "2", f"{site}/a-2.dist-info/METADATA"),
            python("b", "1", f"{site}/b-1.dist-info/METADATA", "/srv/app/b-1.dist-info/METADATA"),
            python("c", "1", "/usr/local/lib/python3.11/dist-packages/c-1.dist-info/RECORD"),
            python("d", "1", "/usr/lib/python3/dist-packages/d-1.egg-info"),
        )
    )
    assert [(d.name, d.version, d.environment) for d in found.distributions] == [
        ("a", "1", "/opt/venv"),
        ("a", "2", "/opt/venv"),
        ("b", "1", "/opt/venv"),
        ("b", "1", "/srv/app"),
        ("c", "1", "/usr"),
        ("d", "1", "/usr"),
    ]
    assert [e.prefix for e in found.environments if e.active] == ["/opt/venv"]


def test_what_is_python_without_a_package_url(sbom):
    properties = [{"name": "syft:package:type", "value": "python"}]
    found = sbom(cyclonedx({"name": "My.App", "version": "1", "properties": properties}))
    assert [(d.name, d.version) for d in found.distributions] == [("my-app", "1")]


def test_what_cannot_be_understood_is_told(sbom):
    found = sbom(
        cyclonedx(
            {"name": "a", "purl": "pkg:pypi"},
            {"name": "b", "purl": "pkg:pypi/b"},
            {"name": "c", "purl": "pkg:pypi/..@1"},
            {"name": "d", "purl": "pkg:npm/d"},
        )
    )
    assert [item.subject for item in found.undetermined[:3]] == [
        "a (components[0])", "b (components[1])", "c (components[2])",
    ]  # fmt: skip
    assert found.covers == frozenset()
    assert "no Python distribution" in found.undetermined[3].reason


def test_a_source_is_told_without_its_secret(sbom):
    purl = "pkg:pypi/a@1?vcs_url=git%2Bhttps://me:pw@git.example/a.git%40abc"
    (found,) = sbom(cyclonedx({"name": "a", "purl": purl})).distributions
    assert found.source == "git+https://***@git.example/a.git@abc"
    assert found.read


def test_the_graph_of_spdx_3(sbom):
    graph = [
        {"type": "CreationInfo", "specVersion": "3.0.1"},
        {"type": "software_Package", "name": "a", "software_packageUrl": "pkg:pypi/a@1"},
        {
            "type": "software_Package", "name": "b",
            "externalIdentifier": [
                {"externalIdentifierType": "packageUrl", "identifier": "pkg:pypi/b@2"}
            ],
        },
        {
            "type": "software_Package", "name": "debian", "software_packageVersion": "12",
            "software_primaryPurpose": "operatingSystem",
        },
    ]  # fmt: skip
    found = sbom({"@context": "https://spdx.example/3.0.1/context.jsonld", "@graph": graph})
    assert [(d.name, d.version) for d in found.distributions] == [("a", "1"), ("b", "2")]
    assert found.system["os.version"].value == "12"


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ("<?xml version='1.0'?><bom/>", "shop.json: this is XML", "cyclonedx-json"),
        ("SPDXVersion: SPDX-2.3\n", "shop.json: this is SPDX in tag-value form", "syft"),
        ('{"a": 1,\n "b" 2}', "shop.json:2: this is not JSON: expecting ':'", "whole"),
        ('{"artifacts": []}', "shop.json: this JSON is no bill of materials", "syft"),
        ("[]", "shop.json: this JSON is no bill of materials", "syft"),
        ("[" * 200_000, "shop.json: this JSON is nested too deep", "CycloneDX"),
        ({"bomFormat": "CycloneDX", "specVersion": "1.1"}, "this is CycloneDX 1.1", "JSON"),
        ({"spdxVersion": "SPDX-2.1"}, "this is SPDX-2.1", "JSON"),
        ({"spdxVersion": "SPDX-2.3", "packages": {}}, "packages must be a list", "whole"),
        (cyclonedx("x"), "components[0] is no component", "whole"),
    ],
)
def test_bad_documents(sbom, content, message, hint):
    error = fault(sbom, content)
    assert message in error.message
    assert hint in error.hint


def test_what_a_file_of_the_project_names_must_lie_in_it(tmp_path, sbom):
    from depcheck.model.requirement import Origin

    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.json").write_text("{}")
    (root / "link.json").symlink_to(tmp_path / "secret.json")
    origin = Origin(component="x", path="depcheck.toml", line=3, text="")
    named = Named(kind="sbom", value=str(root / "link.json"), origin=origin)
    with pytest.raises(SourceError, match=r"^depcheck.toml:3: link.json lies outside"):
        read_inventory(named, root=root, target=None)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("pkg:pypi/a@1.0", ("pypi", "", "a", "1.0", {})),
        ("PKG:PyPI//a%2Eb@1%2B2?x=1%262#sub/@path", ("pypi", "", "a.b", "1+2", {"x": "1&2"})),
        ("pkg:npm/%40scope/name@2", ("npm", "@scope", "name", "2", {})),
        ("pkg:npm/@scope/name", ("npm", "@scope", "name", "", {})),
        ("pkg:deb/debian/a@1:2?arch=x", ("deb", "debian", "a", "1:2", {"arch": "x"})),
    ],
)  # fmt: skip
def test_package_urls(text, parts):
    found = parse_purl(text)
    assert (found.type, found.namespace, found.name, found.version, dict(found.qualifiers)) == parts
