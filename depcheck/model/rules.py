"""The rules: stable ids of what depcheck can find."""

from __future__ import annotations

from depcheck.model.check_rules import CHECK
from depcheck.model.isolation_rules import ISOLATION
from depcheck.model.parity_rules import PARITY
from depcheck.model.rule import Rule
from depcheck.model.suppression_rules import SUPPRESSION

__all__ = ["CHECK_RULES", "ISOLATION_RULES", "PARITY_RULES", "RULES", "SUPPRESSION_RULES", "Rule"]

CHECK_RULES = {rule.id: rule for rule in CHECK}
PARITY_RULES = {rule.id: rule for rule in PARITY}
"""In the order of how much they matter within one severity."""

ISOLATION_RULES = {rule.id: rule for rule in ISOLATION}

SUPPRESSION_RULES = {rule.id: rule for rule in SUPPRESSION}
"""Of all jobs but parity, whose policy has rules of its own."""

RULES = CHECK_RULES | PARITY_RULES | ISOLATION_RULES | SUPPRESSION_RULES
