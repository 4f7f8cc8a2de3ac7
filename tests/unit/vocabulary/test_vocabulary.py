"""The data files are complete and do not contradict themselves."""

from typing import get_args

import pytest
from pydantic import TypeAdapter

from shared.model import AbsenceReason, EntityKind, Part, Stance, TermId
from shared.vocabulary import (
    absence_reason_text,
    all_currencies,
    all_terms,
    all_units,
    category_ids,
    category_name,
    check_reason,
    entity_kind_name,
    find_term,
    measure_ids,
    measure_name,
    part_name,
    stance_name,
    stance_with_source,
    tag_ids,
    tag_name,
    unit_name,
)


def test_every_closed_id_has_a_name_in_both_languages() -> None:
    pairs = [
        *map(stance_name, get_args(Stance)),
        *map(entity_kind_name, get_args(EntityKind)),
        *map(absence_reason_text, get_args(AbsenceReason)),
        *map(part_name, get_args(Part)),
        *map(category_name, category_ids()),
        *map(tag_name, tag_ids()),
        *map(measure_name, measure_ids()),
        *(unit_name(unit.id) for unit in all_units()),
    ]
    assert all(pair.en and pair.zh for pair in pairs)


def test_ids_are_valid_in_events() -> None:
    ids = TypeAdapter(list[TermId])
    ids.validate_python([*category_ids(), *tag_ids(), *measure_ids(), *(term.id for term in all_terms())])


def test_an_id_of_a_newer_engine_is_its_own_name() -> None:
    assert category_name("new-category").zh == "new-category"
    assert unit_name("new_unit").en == "new_unit"


@pytest.mark.parametrize("stance", get_args(Stance))
def test_a_stance_can_name_its_source(stance: Stance) -> None:
    assert "Lee" in stance_with_source(stance, "Lee", "en")
    assert "Lee" in stance_with_source(stance, "Lee", "zh")


def test_a_name_is_found_by_every_form() -> None:
    assert find_term("谷歌") is find_term("Google")
    assert find_term("google") is None
    sure = [(form, t) for t in all_terms() for form in {*t.all_forms()} - t.ambiguous]
    assert all(find_term(form) is term for form, term in sure)


def test_no_two_units_or_currencies_share_a_form() -> None:
    english = [f for u in all_units() for f in {u.singular, u.plural, *u.also_en, *u.symbols}]
    chinese = [f for u in all_units() for f in {u.zh, *u.also_zh, *u.symbols}]
    money = [f for c in all_currencies() for f in {c.en, c.zh, *c.also_en, *c.also_zh, *c.also_prefixes}]
    for forms in (english, chinese, money):
        assert len(set(forms)) == len(forms)


def test_every_check_of_the_gate_has_a_reason_for_readers_and_an_unknown_one_its_id() -> None:
    assert check_reason("number").zh == "有数字与原文不一致。"
    assert check_reason("newer_check").en == "newer_check"
