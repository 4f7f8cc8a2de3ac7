"""What a stage may be called: its group, topic and transactional id are made of its name."""

from __future__ import annotations

import pytest

from shared.stream.topics import STAGE_INPUTS
from tests.support.stages import declare


@pytest.mark.parametrize("name", [*STAGE_INPUTS, "t" * 64])
def test_one_or_two_words_name_a_stage(name: str) -> None:
    assert declare(name).dead_letters.name == f"{name}.dlq"


@pytest.mark.parametrize(
    "name", ["", "Analyze", "analyze-draft", "analyze.", ".draft", "a.b.c", "analyze 2", "analyze\n", "t" * 65, "分析"]
)
def test_another_name_is_refused_and_the_error_says_it(name: str) -> None:
    with pytest.raises(ValueError, match="a stage can't be called") as caught:
        declare(name)
    assert repr(name) in str(caught.value)
