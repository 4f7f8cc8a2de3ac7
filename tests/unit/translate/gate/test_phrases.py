"""Phrases are found where they are, the longest first, in time that does not depend on how many there are."""

from services.translate.gate.lexicon import CLASSES, lexicon
from services.translate.gate.phrases import ChinesePhrases, EnglishPhrases, words
from services.translate.gate.scopes import scopes


def english(text: str, *phrases: str) -> list[tuple[str, str]]:
    matcher = EnglishPhrases({phrase: phrase for phrase in phrases})
    return [(text[match.start : match.end], match.entry) for match in matcher.find(text)]


def chinese(text: str, *phrases: str) -> list[str]:
    return [match.entry for match in ChinesePhrases({phrase: phrase for phrase in phrases}).find(text)]


def test_contractions_are_two_words() -> None:
    assert [word.text for word in words("he can't, won't and cannot")] == [
        *("he", "can", "not", "will", "not", "and", "can", "not"),
    ]


def test_the_longest_phrase_is_taken() -> None:
    assert english("it is not only so", "not", "not only") == [("not only", "not only")]
    assert chinese("不仅不是", "不", "不仅", "不是") == ["不仅", "不是"]


def test_a_phrase_ends_with_a_word() -> None:
    assert english("nothing notes", "not") == []


def test_a_stem_and_an_ending_take_the_rest_of_a_word() -> None:
    assert english("unseen possibly harmless unit", "un*", "possib*", "*less", "unit") == [
        ("unseen", "un*"),
        ("possibly", "possib*"),
        ("harmless", "*less"),
        ("unit", "unit"),
    ]


def test_numbered_things_and_compounds_are_no_negation() -> None:
    assert english("no. 5, no-frills, no 7 and no, thanks: no money", "no") == [("no", "no")]


def test_sentences_are_compared_one_by_one_where_both_sides_have_as_many() -> None:
    source, target = "Mr. Lee spoke on Jan. 5. He left.", "李先生5日讲话。他离开了。"
    parts = [
        (source[part.source.start : part.source.stop].strip(), target[part.target.start : part.target.stop])
        for part in scopes(source, target, "en")
    ]
    assert parts == [("Mr. Lee spoke on Jan. 5.", "李先生5日讲话。"), ("He left.", "他离开了。")]
    assert len(scopes("One. Two.", "一二。", "en")) == 1


def test_every_group_has_a_word_and_every_notion_belongs_to_a_group() -> None:
    for name in CLASSES:
        words_of_class = lexicon(name)
        groups = {group for group, _ in words_of_class.example}
        assert groups == set(words_of_class.notions)
