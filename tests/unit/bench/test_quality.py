"""The corpora of the fidelity benchmark and the program that plants errors in them."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.quality.pairs import Pair, line_of, read_pairs
from bench.quality.plant import planted
from bench.quality.planting import OPERATIONS, plant

_HERE = Path(__file__).parents[3] / "bench" / "quality"
_CHINESE = "科凡芯片2024年营收达12.6亿美元，增长8%，但公司拒绝透露GPT-4o的订单。"
_ENGLISH = "Revenue at Corvane Chips rose 8% to $1.26 billion in 2024, but it declined to disclose orders for GPT-4o."


def _faithful() -> list[Pair]:
    return read_pairs(_HERE / "faithful.jsonl")


def _pair(en: str, zh: str, source: str = "en") -> Pair:
    return Pair("x", en, zh, "en" if source == "en" else "zh", "dev")


def _target(operation: str, en: str, zh: str, source: str = "en", seed: int = 1) -> str | None:
    made = plant(_pair(en, zh, source), operation, seed)
    return None if made is None else made.text(made.target)


def test_the_corpus_is_large_enough_and_halved() -> None:
    pairs = _faithful()
    assert len(pairs) >= 330
    assert len({pair.id for pair in pairs}) == len(pairs)
    by = Counter((pair.source, pair.split) for pair in pairs)
    assert len(by) == 4
    assert min(by.values()) >= 75


def test_errors_planted_by_hand_change_the_target_only() -> None:
    faithful = {pair.id: pair for pair in _faithful()}
    found = read_pairs(_HERE / "planted.jsonl")
    assert len(found) >= 80
    for pair in found:
        assert pair.origin is not None
        origin = faithful[pair.origin]
        assert pair.text(pair.source) == origin.text(origin.source), pair.id
        assert pair.text(pair.target) != origin.text(origin.target), pair.id
        assert pair.split == origin.split


def test_errors_planted_by_program_change_the_target_only() -> None:
    faithful = {pair.id: pair for pair in _faithful()}
    found = planted(faithful.values(), seed=3)
    assert {pair.operation for pair in found} == set(OPERATIONS)
    for pair in found:
        origin = faithful[pair.origin or ""]
        assert pair.text(pair.source) == origin.text(origin.source), pair.id
        assert pair.text(pair.target) != origin.text(origin.target), pair.id


def test_a_seed_gives_the_same_errors_whatever_else_is_in_the_file() -> None:
    pairs = _faithful()
    assert planted(pairs, 5) == planted(pairs, 5)
    assert planted(pairs[10:11], 5) == [pair for pair in planted(pairs, 5) if pair.origin == pairs[10].id]
    assert planted(pairs, 5) != planted(pairs, 6)


def test_pairs_survive_being_written() -> None:
    for pair in planted(_faithful()[:5], 1):
        fields = json.loads(line_of(pair))
        assert fields["from"] == pair.origin
        assert "origin" not in fields


def test_a_line_without_a_direction_is_no_pair(tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text('{"id": "a", "en": "x", "zh": "y"}\n')
    with pytest.raises(ValueError, match="pair a"):
        read_pairs(file)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("scale_changed", {_CHINESE.replace("12.6亿", "12.6万")}),
        ("percent_and_points", {_CHINESE.replace("8%", "8个百分点")}),
        ("currency_swapped", {_CHINESE.replace("美元", "欧元")}),
        ("year_shifted", {_CHINESE.replace("2024", year) for year in ("2023", "2025")}),
        ("lexical_negation_deleted", {_CHINESE.replace("拒绝", "同意")}),
        ("identifier_dropped", {_CHINESE.replace("GPT-4o", "GPT")}),
        ("emptied", {""}),
        ("copied", {_ENGLISH}),
        ("repeated", {_CHINESE * 2}),
    ],
)
def test_an_operation_does_what_its_name_says(operation: str, expected: set[str]) -> None:
    assert {_target(operation, _ENGLISH, _CHINESE, seed=seed) for seed in range(20)} == expected


def test_a_changed_digit_leaves_the_rest_alone() -> None:
    for seed in range(50):
        made = _target("digit_changed", _ENGLISH, _CHINESE, seed=seed) or ""
        assert sum(a != b for a, b in zip(made, _CHINESE, strict=True)) == 1
        assert "GPT-4o" in made


def test_a_number_that_stands_twice_is_not_touched() -> None:
    en, zh = "It cost $30 and later $30 again.", "起初要30美元，后来还是30美元。"
    assert _target("digit_changed", en, zh) is None
    assert _target("digits_swapped", en, zh) is None


def test_a_number_word_changes_only_where_it_counts() -> None:
    assert (
        _target("number_word_changed", "一方面，三家公司退出。", "一方面，三家公司退出。") == "一方面，五家公司退出。"
    )
    assert _target("number_word_changed", "She is in grade three.", "她上三年级。") is None


def test_no_hedge_is_deleted_where_another_one_remains() -> None:
    assert _target("hedge_deleted", "It may perhaps rain.", "也许可能会下雨。") is None
    assert _target("hedge_deleted", "It may rain.", "可能会下雨。") == "会下雨。"


def test_no_hedge_is_deleted_that_the_source_does_not_have() -> None:
    assert _target("hedge_deleted", "The road could not be used.", "这条路可能无法使用。") is None
    assert _target("hedge_deleted", "The road is closed.", "这条路可能无法使用。") is None


def test_deleted_hearsay_leaves_a_sentence() -> None:
    en, zh = "It is reported that the mayor left on Monday.", "据报道，市长周一离开。"
    assert _target("hearsay_deleted", en, zh, "zh") == "The mayor left on Monday."
    assert _target("hearsay_deleted", en, zh) == "市长周一离开。"


def test_an_inserted_negation_is_the_only_one() -> None:
    assert _target("negation_inserted", "It will rain.", "将会下雨。", "zh") == "It will not rain."
    assert _target("negation_inserted", "It will not rain.", "不会下雨。", "zh") is None


def test_a_name_is_swapped_for_another_of_its_kind() -> None:
    made = _target("name_swapped", "Apple sued the firm.", "苹果起诉了这家公司。") or ""
    assert made.endswith("起诉了这家公司。")
    assert not made.startswith("苹果")


def test_a_title_is_not_cut_off() -> None:
    assert _target("cut_off", "Chip stocks slide", "芯片股下挫") is None


@given(st.text(), st.text(), st.sampled_from(["en", "zh"]), st.sampled_from(list(OPERATIONS)), st.integers(0, 9))
def test_any_text_can_be_planted_in(en: str, zh: str, source: str, operation: str, seed: int) -> None:
    pair = _pair(en, zh, source)
    made = plant(pair, operation, seed)
    if made is not None:
        assert made.text(pair.source) == pair.text(pair.source)
        assert made.text(pair.target) != pair.text(pair.target)


def test_claims_quote_their_articles() -> None:
    claims = [json.loads(line) for line in (_HERE / "claims.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sum(claim["supported"] for claim in claims) >= 120
    errors = Counter(claim["error"] for claim in claims if not claim["supported"])
    assert (
        min(errors[name] for name in ("wrong_entity", "other_sentence", "dropped_condition", "raised_certainty")) >= 15
    )
    assert len({claim["id"] for claim in claims}) == len(claims)
    for claim in claims:
        for quote in claim["quotes"]:
            assert quote in claim["article"], claim["id"]
            assert re.fullmatch(r".{20,300}", quote), claim["id"]
