"""Terms as CSV, and what is refused before anything is stored."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from cli.exit_codes import CliError, ExitCode
from cli.terms_check import Termbase, built_in, same, term_of
from cli.terms_csv import LISTS, Row, read_rows, write_terms
from cli.terms_options import terms
from cli.terms_transfer import _changes, _read
from shared.store import StoredTerm, form_problem
from shared.vocabulary import all_terms

ROW = Row(2, "", "confirmed", "person", "Andy Jassy", "安迪·贾西", dict.fromkeys(LISTS, ()))


def term(**changes: object) -> StoredTerm:
    return term_of(ROW, "ann", 1).model_copy(update=changes)


def written(*terms: StoredTerm) -> str:
    out = io.StringIO()
    write_terms(out, [(each.state, each) for each in terms])
    return out.getvalue()


def read(text: str) -> list[StoredTerm]:
    return [term_of(row, "ann", 1) for row in read_rows(text.encode(), "f.csv")]


def refusal(text: str | bytes) -> str:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(CliError) as caught:
        [term_of(row, "ann", 1) for row in read_rows(data, "f.csv")]
    return str(caught.value)


FORMS = st.text("abcXYZ 名字,;\"'=+-@\n\t|", min_size=1, max_size=12).filter(lambda form: form.strip(" \n\t'|") != "")


@given(st.lists(FORMS, max_size=4), FORMS, FORMS)
def test_what_is_written_is_read_again(forms: list[str], en: str, zh: str) -> None:
    lists = {**ROW.lists, "also_zh": tuple(form.replace("|", "/") for form in forms)}
    try:
        original = term_of(replace(ROW, en=en, zh=zh, lists=lists), "ann", 1)
    except CliError:
        return
    (again,) = read(written(original))
    assert same(again, original)


def test_every_built_in_entry_survives_a_round_through_a_file() -> None:
    terms = [built_in(each) for each in all_terms()]
    assert all(same(one, other) for one, other in zip(read(written(*terms)), terms, strict=True))


@pytest.mark.parametrize("name", ["=1+1", "+1 Corp", "-x", "@SUM(A1)", "＝1"])
def test_no_cell_begins_a_formula_and_the_name_comes_back(name: str) -> None:
    text = written(term(en=name, also_en=(name,)))
    assert f',"\'{name}",' in text
    assert read(text)[0].en == name


def test_two_columns_are_enough_in_any_order_and_with_what_spreadsheets_add() -> None:
    for text in ("zh,en\n北溟,Beiming\n", "\ufeffEN;ZH\r\nBeiming;北溟\r\n\r\n;\r\n", "en\tzh\nBeiming\t北溟"):
        (found,) = read(text)
        assert (found.en, found.zh, found.state, found.kind) == ("Beiming", "北溟", "confirmed", "other")


def test_each_error_says_its_line() -> None:
    text = 'en,zh,kind\nA,甲,\n"B\nC",乙,nokind\n,丙,\nD,丁,,,\n'
    assert refusal(text).splitlines() == [
        "f.csv:3: there is no kind 'nokind'; there are person, organisation, place, product, event, work, other",
        "f.csv:5: en is empty",
        "f.csv:6: there are more cells than columns; a name with a comma must be quoted",
        "nothing was imported",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "f.csv:1: the header lacks en and zh"),
        ("en,zh,en\n", "f.csv:1: the header names a column twice"),
        ("en,zh,colour\n", "f.csv:1: there is no column 'colour'"),
        ('en,zh\n"a,b\n', "f.csv:2: this is not CSV"),
        (b"en,zh\na,\xff\n", "f.csv:2: this is not UTF-8"),
        ("en,zh,id\na,b,Not An Id\n", "'Not An Id' is no id"),
        ("en,zh\n" + "x" * 201 + ",b\n", "en: String should have at most 200"),
    ],
)
def test_what_is_no_file_of_terms_is_refused(text: str | bytes, reason: str) -> None:
    assert reason in refusal(text)


def test_only_the_first_twenty_errors_are_shown() -> None:
    lines = refusal("en,zh\n" + ",x\n" * 50).splitlines()
    assert len(lines) == 22
    assert lines[-2:] == ["and 30 more", "nothing was imported"]


def test_a_form_of_another_entry_is_refused_unless_both_call_it_ambiguous() -> None:
    other = term(id="other", short_en=("Jassy",))
    mine = term(en="Bob Jassy", zh="鲍勃·贾西", short_en=("Jassy",))
    assert ["'Jassy' is a form of other" in problem for problem in Termbase([other]).problems(mine)] == [True]
    both = [each.model_copy(update={"ambiguous": ("Jassy",)}) for each in (other, mine)]
    assert list(Termbase([both[0]]).problems(both[1])) == []
    assert list(Termbase([other]).problems(mine.model_copy(update={"id": "other"}))) == []


def test_a_replaced_entry_claims_its_old_forms_no_more() -> None:
    base = Termbase([term(id="one", short_en=("Jassy",))])
    base.put(term(id="one"))
    assert list(base.problems(term(id="two", en="Jassy", zh="贾西"))) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"also_en": ("贾西",)}, "has Chinese characters"),
        ({"ambiguous": ("Cook",)}, "is no form of the term"),
        ({"not_in": ("Amazon rainforest",)}, "no form of the term is a part of"),
        ({"also_zh": ("的",)}, "is a single character"),
        ({"short_en": ("T",)}, "is a single character"),
        ({"also_en": ("A|B",)}, "separates forms in CSV"),
        ({"shown_by": ("A|B",)}, "separates forms in CSV"),
        ({"also_en": ("And\u200by",)}, "has a character that is not seen"),
        ({"en": "Andy\u202eJassy"}, "has a character that is not seen"),
        ({"en": "M\u0456crosoft"}, "mixes letters of several alphabets"),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(changes: dict[str, object], reason: str) -> None:
    assert [reason in problem for problem in Termbase([]).problems(term(**changes))] == [True]


def test_a_single_character_counts_where_it_is_ambiguous_or_no_name() -> None:
    assert list(Termbase([]).problems(term(short_en=("J",), ambiguous=("J",)))) == []
    assert list(Termbase([]).problems(term(en="nm", zh="纳", kind="other"))) == []


def test_the_built_in_entries_keep_the_rules() -> None:
    base = Termbase(map(built_in, all_terms()))
    assert not [problem for each in all_terms() for problem in base.problems(built_in(each))]


def test_names_in_one_script_and_of_several_scripts_side_by_side_are_no_problem() -> None:
    assert not [form for form in ("SK海力士", "Яндекс", "Yandex (Яндекс)", "Wörld-1") if form_problem(form)]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_no_formula_begins_after_what_a_spreadsheet_may_take_for_a_separator(separator: str) -> None:
    name = f"Acme{separator}=1+1"
    line = written(term(en=name, zh=name)).splitlines()[1]
    assert f'"{name}"' in line


def changes(text: str, *known: StoredTerm) -> list[StoredTerm]:
    return _changes(read_rows(text.encode(), "f.csv"), {each.id: each for each in known}, "f.csv", "ann")[0]


def test_one_row_may_give_up_the_form_that_another_takes() -> None:
    old = term(id="old", short_en=("Jassy-Test",))
    text = (
        "id,state,kind,en,zh,short_en\n"
        "old,rejected,person,Anna Jassy-Test,安娜·测试,Jassy-Test\n"
        "new,confirmed,person,Bob Jassy-Test,鲍勃·测试,Jassy-Test\n"
    )
    old = old.model_copy(update={"en": "Anna Jassy-Test", "zh": "安娜·测试"})
    assert [(each.id, each.state) for each in changes(text, old)] == [("old", "rejected"), ("new", "confirmed")]


def test_a_built_in_entry_that_counts_again_may_not_clash_with_what_took_its_form() -> None:
    override = term(id="nvidia", kind="organisation", en="Enwidia", zh="恩维迪亚")
    taken = term(id="other", kind="organisation", en="Nvidia", zh="另一家公司")
    text = "id,state,kind,en,zh\nnvidia,rejected,organisation,Enwidia,恩维迪亚\n"
    with pytest.raises(CliError, match="'Nvidia' is a form of other"):
        changes(text, override, taken)


def test_standard_input_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.terms_transfer._LARGEST_FILE", 9)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"en,zh\nA,B\n")))
    with pytest.raises(CliError, match="standard input: is larger"):
        _read("-")


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "Ac\udcffme", "丙丁", "--kind", "organisation"],
        ["add", "Acme", "丙\udcff", "--kind", "organisation"],
        ["add", "Acme", "丙丁", "--kind", "organisation", "--also-en", "A\udcff"],
        ["add", "Acme", "丙丁", "--kind", "organisation", "--by", "\udcff"],
        ["list", "\udcff"],
        ["list", "a" * 40_000],
        ["confirm", "\udcff"],
    ],
)
def test_arguments_that_are_no_text_or_longer_than_any_name_are_refused(arguments: list[str]) -> None:
    result = CliRunner().invoke(terms, arguments, env={"COLUMNS": "200"})
    assert result.exit_code == ExitCode.USAGE
    assert "not UTF-8" in result.output or "longer than 200" in result.output
