from __future__ import annotations

import pytest

from shared.telemetry.traceparent import next_traceparent, trace_id

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_child_keeps_trace_and_flags_and_has_a_span_of_its_own() -> None:
    child = next_traceparent(PARENT)
    assert trace_id(child) == trace_id(PARENT)
    assert child.split("-")[2] != PARENT.split("-")[2]
    assert child.endswith("-01")


@pytest.mark.parametrize(
    "parent",
    [
        None,
        "",
        "rubbish",
        PARENT[:-1],
        PARENT.upper(),
        "00-" + "0" * 32 + PARENT[35:],
        PARENT[:36] + "0" * 16 + "-01",
    ],
)
def test_without_a_valid_parent_a_trace_begins(parent: str | None) -> None:
    first, second = next_traceparent(parent), next_traceparent(parent)
    assert trace_id(first) != trace_id(second)
    assert next_traceparent(first).startswith(first[:36])
