"""What native code a distribution brings, by its name, version and files."""

from __future__ import annotations

import pytest

from depcheck.isolation.libraries import Brought, brought, cuda_major
from tests.isolation.picking import pick


@pytest.mark.parametrize(
    ("name", "version", "requires", "major"),
    [
        ("nvidia-cuda-runtime-cu12", "12.9.79", (), "12"),
        ("nvidia-cuda-runtime", "13.5.37", (), "13"),
        ("nvidia-cuda-runtime", "0.0.1a0", (), ""),
        ("cuda-toolkit", "13.2.2", (), "13"),
        ("nvidia-cufft", "12.0.1", (), ""),
        ("cupy-cuda12x", "14.2.0", (), "12"),
        ("cupy-cuda110", "10.6.0", (), "11"),
        ("cupy-cuda92", "7.0", (), "9"),
        ("jax-cuda12-plugin", "0.12.0", (), "12"),
        ("faiss-gpu-cu12", "1.14.1", (), "12"),
        ("torch", "2.5.1+cu121", (), "12"),
        ("torch", "1.8.0+cu92", (), "9"),
        ("torch", "2.5.1+cpu", (), ""),
        ("torch-scatter", "2.1+pt24cu121", (), "12"),
        ("jaxlib", "0.4.30+cuda12.cudnn91", (), "12"),
        ("onnxruntime-gpu", "1.31.1", ('nvidia-cuda-runtime~=13.0; extra == "cuda"',), "13"),
        ("onnxruntime-gpu", "1.21.0", ('nvidia-cudnn-cu12~=9.0; extra == "cudnn"',), "12"),
        ("tensorflow", "2.21.0", ('nvidia-cudnn-cu12<10; extra == "and-cuda"',), ""),
        ("nvidia-nccl-cu12", "2.32.3", (), ""),
        ("nvidia-ml-py", "13.0", (), ""),
        ("barracuda12", "1.0", (), ""),
        ("nvidia-cuda-runtime", "9" * 5000, (), ""),
    ],
)
def test_the_major_of_cuda(name: str, version: str, requires: tuple[str, ...], major: str) -> None:
    assert cuda_major(pick(name, version, requires=requires)) == major


def by_path(path: str) -> set[tuple[str, str]]:
    """Return kind and label of what a file brings, beside the path itself."""
    found = brought(pick("some"), (path,))
    return {(each.kind, each.label) for each in found if not each.key.startswith("/")}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("nvidia/cu13/lib/libcudart.so.13", {("cuda", "CUDA 13"), ("library", "libcudart.so.13")}),
        ("torchvision.libs/libcudart.3eda8113.so.13", {("cuda", "CUDA 13")}),
        ("x.libs/libcudart-d0da41ae.so.11.8.89", {("cuda", "CUDA 11")}),
        ("x/bin/cudart64_110.dll", {("cuda", "CUDA 11"), ("library", "cudart64_110.dll")}),
        ("x/bin/cudnn64_9.dll", {("cudnn", "cuDNN 9"), ("library", "cudnn64_9.dll")}),
        ("n/lib/libnccl.so.2", {("nccl", "NCCL 2"), ("library", "libnccl.so.2")}),
        ("torch/lib/libgomp.so.1", set()),
        ("scikit_learn.libs/libgomp-e985bcbb.so.1.0.0", set()),
        ("paddle/libs/libiomp5.so", {("openmp", "libiomp5.so")}),
        ("x.libs/libomp-14a8b2cf.so.5", {("openmp", "libomp.so.5")}),
        ("x/libomp140.x86_64.dll", {("openmp", "libomp140.x86_64.dll")}),
        ("sklearn/.dylibs/libomp.dylib", set()),
        ("intel/libiomp5_db.so", set()),
        ("casadi/libhighs.so.1", {("library", "libhighs.so.1")}),
        ("ortools/.libs/libhighs.so.1.12", {("library", "libhighs.so.1.12")}),
        ("numpy.libs/libgfortran-040039e1-0352e75f.so.5.0.0", set()),
        ("numpy.libs/libscipy_openblas64_-32a4b2a6.so", set()),
        ("xgboost/lib/libxgboost.so", set()),
        ("openvino/libs/libtbb.so.12", set()),
        ("x/libz.so.1", set()),
        ("x/foo.dll", {("library", "foo.dll")}),
        ("x.libs/msvcp140.dll", set()),
        ("x.libs/foo-0123456789abcdef0123456789abcdef.dll", set()),
        ("cv2/cv2.abi3.so", set()),
        ("numpy/core.cpython-311-x86_64-linux-gnu.so", set()),
        ("a\n/lib\n.so.1", {("library", "lib\n.so.1")}),
    ],
)
def test_what_a_file_brings(path: str, expected: set[tuple[str, str]]) -> None:
    assert by_path(path) == expected


def test_a_data_folder_is_installed_below_the_prefix() -> None:
    path = "intel_openmp-2026.2.0.data/data/lib/libiomp5.so"
    keys = {each.key for each in brought(pick("intel-openmp"), (path,))}
    assert "/lib/libiomp5.so" in keys


def test_the_version_of_cudnn_and_nccl_is_that_of_their_wheels() -> None:
    (cudnn,) = [b for b in brought(pick("nvidia-cudnn-cu12", "9.28.0.42"), ()) if b.kind == "cudnn"]
    (nccl,) = brought(pick("nvidia-nccl-cu13", "2.32.3"), ())
    (local,) = [b for b in brought(pick("jaxlib", "0.4+cuda12.cudnn91"), ()) if b.kind == "cudnn"]
    assert (cudnn.value, nccl.value, local.value) == ("9", "2", "9")
    assert nccl == Brought(
        kind="nccl", key="NCCL", value="2", label="NCCL 2",
        distribution="nvidia-nccl-cu13", version="2.32.3",
    )  # fmt: skip
