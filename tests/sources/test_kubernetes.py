"""Services of Kubernetes manifests."""

from __future__ import annotations

import pytest

from depcheck.errors import SourceError
from depcheck.model.parity import EnvironmentSettings
from depcheck.sources.services import read_services


@pytest.fixture
def services(write):
    def read(files, *names, **chosen):
        if isinstance(files, str):
            files = {"app.yaml": files}
        settings = EnvironmentSettings(
            name="production", kubernetes=names or tuple(files), **chosen
        )
        return read_services(settings, root=write(files))

    return read


def fault(services, *args):
    with pytest.raises(SourceError) as caught:
        services(*args)
    return caught.value


def workload(name, *images, kind="Deployment", namespace="", init=()):
    """Return a manifest; images are ``container=image``."""
    spec = {
        "Pod": "spec:\n",
        "CronJob": "spec: {schedule: x}\n",
    }.get(kind, "spec:\n  template:\n    spec:\n")
    if kind == "CronJob":
        spec = "spec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n"
    pad = " " * (len(spec.splitlines()[-1]) - len(spec.splitlines()[-1].lstrip()) + 2)
    lines = [f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}"]
    lines += [f"  namespace: {namespace}"] * bool(namespace)
    lines.append(spec.rstrip())
    for key, listed in (("initContainers", init), ("containers", images)):
        lines += [f"{pad}{key}:"] * bool(listed)
        for item in listed:
            container, _, image = item.partition("=")
            lines.append(f"{pad}- name: {container}\n{pad}  image: {image}")
    return "\n".join(lines) + "\n"


def images(read):
    return {service.name: str(service.replicas[0]) for service in read.services}


@pytest.mark.parametrize(
    "kind",
    ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod", "ReplicaSet", "Rollout"],
)
def test_every_kind_of_workload(services, kind):
    read = services(workload("web", "app=reg.example/web:1", kind=kind), via="registry")
    assert images(read) == {"web": "registry:reg.example/web:1"}
    assert read.undetermined == ()


def test_containers_and_init_containers(services):
    read = services(workload("web", "app=a:1", "proxy=p:1", init=("migrate=m:1",)))
    assert images(read) == {
        "web/app": "docker:a:1",
        "web/proxy": "docker:p:1",
        "web/init/migrate": "docker:m:1",
    }
    assert [str(service.origin) for service in read.services] == [
        "app.yaml:13", "app.yaml:15", "app.yaml:10",
    ]  # fmt: skip


def test_several_documents_lists_and_folders(services):
    read = services(
        {
            "k8s/a.yaml": workload("web", "app=a:1") + "---\n---\n" + "kind: Service\n",
            "k8s/b.json": '{"kind": "List", "items": [{"kind": "Pod", "metadata": {"name": "p"},'
            ' "spec": {"containers": [{"name": "c", "image": "c:1"}]}}]}',
            "k8s/notes.txt": "{{",
        },
        "k8s",
    )
    assert images(read) == {"web": "docker:a:1", "p": "docker:c:1"}


def test_workloads_that_share_a_name(services):
    read = services(
        {
            "a.yaml": workload("web", "c=a:1")
            + "---\n"
            + workload("web", "c=b:1", kind="CronJob")
            + "---\n"
            + workload("job", "c=c:1", namespace="one")
            + "---\n"
            + workload("job", "c=d:1", namespace="two")
        }
    )
    assert images(read) == {
        "deployment/web": "docker:a:1",
        "cronjob/web": "docker:b:1",
        "one/job": "docker:c:1",
        "two/job": "docker:d:1",
    }


def test_a_workload_defined_twice(services):
    error = fault(services, {"a.yaml": workload("web", "c=a"), "b.yaml": workload("web", "c=b")})
    assert error.message == "b.yaml:1: Deployment web is defined in a.yaml:1 too"
    assert "kubectl kustomize" in error.hint


def test_a_container_without_an_image_is_told(services):
    read = services(workload("web", "app="))
    assert read.services == ()
    assert [(str(n.origin), n.reason) for n in read.undetermined] == [
        ("app.yaml:10", "it has no image")
    ]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (workload("web", "app={{ .Values.image }}"), "app.yaml:10: this is a template", "helm"),
        (workload("web", "app='{{ .Values.image }}'"), "app.yaml:10: this is a template", "helm"),
        ("{{- if .Values.on }}\nkind: Pod\n{{- end }}\n", "app.yaml:1: this is a template", "helm"),
        (workload("'{{ .x }}'", "app=a"), "app.yaml:1: this is a template", "helm"),
        (workload("web", "app=a:${TAG}"), 'app.yaml:10: "a:${TAG}" has a variable', "envsubst"),
        ("services: {}", "app.yaml:1: a Kubernetes manifest is a mapping with a kind", "compose"),
        ("apiVersion: kustomize.config.k8s.io/v1\nkind: Kustomization\n", "kustomiz", "kubectl"),
        ("kind: Pod\nmetadata: {name: a}\n", "app.yaml:1: this Pod has no containers", ""),
        ("kind: Pod\nspec: {containers: [{image: a}]}\n", "app.yaml:1: this Pod has no name", ""),
        ("kind: Pod\nmetadata: {name: a}\nspec: {containers: [b]}\n", "app.yaml:3: containers", ""),
        ("kind: Pod\nkind: Pod\n", 'app.yaml:2: the key "kind" stands here twice', ""),
    ],
)  # fmt: skip
def test_bad_manifests(services, text, message, hint):
    error = fault(services, text)
    assert message in error.message
    assert hint in error.hint


def test_manifests_of_other_things_may_hold_templates(services):
    read = services("kind: ConfigMap\ndata: {a: '{{ x }}'}\n---\n" + workload("web", "c=a"))
    assert images(read) == {"web": "docker:a"}


def test_nothing_outside_the_root_is_read(services, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "a.yaml").write_text("kind: Pod")
    assert "lies outside" in fault(services, {"x": ""}, "../secret").message
    assert "lies outside" in fault(services, {"x": ""}, "../secret/a.yaml").message


def test_two_kinds_of_files_that_name_different_images(write):
    root = write({"c.yaml": "services: {web: {image: a}}", "k.yaml": workload("web", "c=b")})
    settings = EnvironmentSettings(name="x", compose=("c.yaml",), kubernetes=("k.yaml",))
    read = read_services(settings, root=root)
    assert images(read) == {"web": "docker:a"}
    assert read.undetermined[0].reason == "c.yaml:1 names another image for it"
