"""Who needs a GPU: as configured, or by what it installs."""

from __future__ import annotations

import pytest

from depcheck.isolation.gpu import gpu_need, gpu_wall
from depcheck.model.walls import GpuNeed
from tests.isolation.picking import pick


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("nvidia-cublas-cu12", "12.9"),
        ("nvidia-cuda-runtime", "13.2"),
        ("cuda-toolkit", "13.2.2"),
        ("cupy-cuda12x", "14"),
        ("jax-cuda13-plugin", "0.12"),
        ("onnxruntime-gpu", "1.31"),
        ("faiss-gpu-cu12", "1.14"),
        ("vllm", "0.33"),
        ("torch", "2.5.1+cu121"),
        ("torch", "2.5.1+rocm6.2"),
    ],
)
def test_what_tells_of_a_gpu(name: str, version: str) -> None:
    need = gpu_need("ai", [pick("numpy"), pick(name, version)], None)
    assert need == GpuNeed(component="ai", configured=False, distributions=(name,))


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("torch", "2.15.0"),
        ("torch", "2.5.1+cpu"),
        ("triton", "3.9.0"),
        ("nvidia-nccl-cu12", "2.32.3"),
        ("nvidia-ml-py", "13.0"),
        ("tensorflow", "2.21.0"),
        ("jaxlib", "0.12.0"),
        ("onnxruntime", "1.32.0"),
    ],
)
def test_what_tells_nothing(name: str, version: str) -> None:
    assert gpu_need("ai", [pick(name, version)], None) is None


def test_the_configuration_decides() -> None:
    installed = [pick("torch", "2.15"), pick("nvidia-cublas", "13.0")]
    assert gpu_need("ai", installed, False) is None
    assert gpu_need("ai", [], True) == GpuNeed(component="ai", configured=True)


def test_a_wall_stands_between_a_core_without_and_components_with_a_gpu() -> None:
    needs = {
        "ai": GpuNeed(component="ai", configured=True),
        "rank": GpuNeed(component="rank", configured=False, distributions=tuple("abcd")),
    }
    found = gpu_wall(needs, "web", ["ai", "jobs", "rank"])
    assert [pair for _, pair in found] == [{"web", "ai"}, {"web", "rank"}]
    configured, installed = (finding for finding, _ in found)
    assert "as configured" in configured.message
    assert configured.remedy == ""
    assert "(a, b, c and 1 more)" in installed.message
    assert "gpu = false" in installed.remedy
    assert installed.evidence == needs["rank"]


def test_a_core_with_a_gpu_or_none_raises_no_wall() -> None:
    needs = {name: GpuNeed(component=name, configured=True) for name in ("web", "ai")}
    assert gpu_wall(needs, "web", ["ai"]) == []
    assert gpu_wall(needs, None, ["web", "ai"]) == []
