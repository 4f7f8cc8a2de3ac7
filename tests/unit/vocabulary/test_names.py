"""The termbase's files do not contradict themselves, and a doubtful form means nothing by itself."""

import unicodedata
from collections import Counter, defaultdict

import pytest

from shared.vocabulary import Term, all_terms, find_term

TERMS = {term.id: term for term in all_terms()}


def is_han(text: str) -> bool:
    return any("\u3400" <= char <= "\u9fff" for char in text)


def test_there_are_enough_entries_for_technology_news() -> None:
    assert len(TERMS) >= 600


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)
def test_an_entry_is_written_as_it_should_be(term: Term) -> None:
    texts = [*term.all_forms(), *term.not_in, *term.shown_by, *term.loose]
    assert all(text and text == text.strip() == unicodedata.normalize("NFC", text) for text in texts)
    assert not any(is_han(form) for form in (*term.forms("en"), *term.short_en))
    for language in ("en", "zh"):
        assert not [form for form, n in Counter([*term.forms(language), *term.short_forms(language)]).items() if n > 1]
    assert term.ambiguous <= set(term.all_forms())
    assert not [phrase for phrase in term.not_in if not any(form in phrase for form in term.all_forms())]
    assert not set(term.loose) & set(term.all_forms())


def test_a_form_of_two_entries_is_marked_by_both() -> None:
    entries = defaultdict(set)
    for term in TERMS.values():
        for form in term.all_forms():
            entries[form].add(term.id)
    doubtful = {form: ids for form, ids in entries.items() if len(ids) > 1}
    assert not {form: ids for form, ids in doubtful.items() if any(form not in TERMS[i].ambiguous for i in ids)}


def test_no_entry_says_that_anothers_name_is_no_name() -> None:
    forms = {form for term in TERMS.values() for form in term.all_forms()}
    assert not {phrase for term in TERMS.values() for phrase in term.not_in} & forms


def test_an_ambiguous_form_means_its_entry_only_where_the_text_shows_it() -> None:
    apple = TERMS["apple"]
    assert not apple.means("苹果", "今年苹果丰收，果农增收")
    assert apple.means("苹果", "苹果发布了新款iPhone")
    assert apple.means("苹果公司", "苹果公司发布财报")
    assert find_term("苹果") is None
    assert find_term("苹果公司") is apple
