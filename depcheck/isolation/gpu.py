"""Which components compute on a GPU, and the wall between them and a core that does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from depcheck.isolation.libraries import cuda_major
from depcheck.isolation.values import Group
from depcheck.model.findings import Finding
from depcheck.model.report import Picked
from depcheck.model.rules import RULES
from depcheck.model.walls import GpuNeed

_SHOWN = 3
# Libraries that only code for a GPU calls. NCCL alone does not tell: XGBoost brings it to all.
_LIBRARIES = re.compile(
    r"nvidia-(?:cublas|cuda-runtime|cuda-nvrtc|cudnn|cufft|cusolver|cusparse|curand)(?:-cu\d+)?"
    r"|cuda-toolkit|tensorrt(?:-.*)?"
)
_MADE_FOR_GPU = re.compile(
    r"cupy(?:-cuda.*|-rocm.*)?|jax-(?:cuda|rocm)\d+-(?:plugin|pjrt)|vllm|.+-gpu(?:-cu\d+)?"
    r"|onnxruntime-(?:rocm|migraphx)|pytorch-triton-(?:rocm|xpu)"
)
_LOCAL = re.compile(r"(?:^|\.)(?:cu\d{2,3}|cuda\d+|rocm\d|xpu\b)|pt\d+cu\d+")


def gpu_need(component: str, picks: Sequence[Picked], configured: bool | None) -> GpuNeed | None:
    """Return what a component needs a GPU for, None where it needs none.

    ``configured`` decides where the configuration says it. Else what it installs tells:
    PyTorch from a public index brings CUDA on Linux though many run it on the CPU, so that
    ``gpu = false`` is the way to say so.
    """
    if configured is False:
        return None
    telling = tuple(pick.name for pick in picks if _tells(pick))
    if not telling and not configured:
        return None
    return GpuNeed(component=component, configured=bool(configured), distributions=telling)


def _tells(pick: Picked) -> bool:
    return bool(
        _LIBRARIES.fullmatch(pick.name)
        or _MADE_FOR_GPU.fullmatch(pick.name)
        or _LOCAL.search(pick.version.partition("+")[2])
        or cuda_major(pick)
    )


def gpu_wall(
    needs: Mapping[str, GpuNeed], core: str | None, others: Iterable[str]
) -> list[tuple[Finding, Group]]:
    """Return the walls (``wall-gpu``) between a core without a GPU and components with one.

    Each comes with the two components that it is between. There is none without a core, or
    where the core itself needs a GPU.
    """
    if core is None or core in needs:
        return []
    return [
        (_finding(needs[name], core), frozenset((core, name)))
        for name in others
        if name in needs and name != core
    ]


def _finding(need: GpuNeed, core: str) -> Finding:
    rule = RULES["wall-gpu"]
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        message=f"{need.component} {_why(need)}, and {core} needs no GPU.",
        evidence=need,
        remedy=""
        if need.configured
        else f"If {need.component} computes on the CPU, say gpu = false in its configuration.",
    )


def _why(need: GpuNeed) -> str:
    if need.configured:
        return "computes on a GPU, as configured"
    names = need.distributions
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"installs what computes on a GPU ({', '.join(names[:_SHOWN])}{more})"
