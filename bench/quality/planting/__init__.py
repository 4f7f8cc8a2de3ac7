"""One error at a time, planted in the target of a faithful pair."""

from bench.quality.planting.operations import OPERATIONS, plant

__all__ = ["OPERATIONS", "plant"]
