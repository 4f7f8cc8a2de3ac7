"""`diglot eval`: every line gets its outcome, tables for people, JSON for programs, two runs compared."""

import json
from pathlib import Path

import pytest

from cli.evaluate.pairs import judge_line
from cli.evaluate.run import evaluate

PASSES = {"id": "a", "en": "The company may cut jobs.", "zh": "公司可能裁员。", "source": "en"}
FAILS = {"id": "b", "en": "The company may cut jobs.", "zh": "公司将裁员。", "source": "en"}
WARNS = {"id": "c", "en": "The company cut jobs.", "zh": "据报道，公司裁员。", "source": "en"}


def written(path: Path, *lines: object) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def run(
    capsys: pytest.CaptureFixture[str], file: Path, *, as_json: bool = True, against: Path | None = None, jobs: int = 1
) -> tuple[int, str, str]:
    code = 0
    try:
        evaluate(file, judge_line, as_json=as_json, against=against, jobs=jobs)
    except SystemExit as end:
        code = int(str(end.code))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_every_line_gets_its_verdict_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, written(tmp_path / "in.jsonl", PASSES, FAILS, "", WARNS))
    outcomes = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [(each["id"], each["verdict"]) for each in outcomes] == [("a", "pass"), ("b", "fail"), ("c", "warn")]
    assert outcomes[0] == {"id": "a", "verdict": "pass", "checks": []}
    (check,) = outcomes[1]["checks"]
    assert check.pop("why").startswith("The source says 'may'; the translation is more certain.")
    assert check == {"check": "possibility", "result": "fail", "en": "may", "zh": "公司将裁员。"}


@pytest.mark.parametrize(
    ("line", "name", "problem"),
    [
        ("{not json", "line 2", "no JSON"),
        ('["a"]', "line 2", "no JSON object"),
        ({"id": "x", "en": "A.", "zh": "一。"}, "x", "source"),
        ({"id": "x", "en": None, "zh": "一。", "source": "en"}, "x", "en"),
        ({"id": 7, "en": "A.", "zh": "一。", "source": "fr"}, 7, "source"),
        ({"en": "A.", "zh": "一。", "source": "en"}, "line 2", "id"),
        ({"id": True, "en": "A.", "zh": "一。", "source": "en"}, "line 2", "id"),
        ("[" * 100_000, "line 2", "no JSON"),
        (r'{"id": "x", "en": "A\ud800", "zh": "一。", "source": "en"}', "x", "surrogate"),
    ],
)
def test_a_line_that_can_not_be_read_fails_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: object, name: str | int, problem: str
) -> None:
    code, out, err = run(capsys, written(tmp_path / "in.jsonl", PASSES, line, WARNS))
    outcomes = [json.loads(each) for each in out.splitlines()]
    assert [each["id"] for each in outcomes] == ["a", name, "c"]
    assert (outcomes[1]["verdict"], outcomes[1]["checks"][0]["check"]) == ("fail", "unreadable")
    assert problem in outcomes[1]["checks"][0]["why"]
    assert outcomes[1]["checks"][0].keys() == {"check", "result", "en", "zh", "why"}
    assert "in.jsonl, line 2: " in err
    assert "1 of 3 lines could not be read" in err
    assert code == 2


def test_bytes_that_are_no_text_are_a_line_that_can_not_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "in.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"id": "a", "en": "A.", "zh": "B.", "source": "en"}\n\xff\xfe\n')
    code, out, _ = run(capsys, file)
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a", "line 2"]
    assert code == 2


def test_people_get_a_table_by_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, written(tmp_path / "in.jsonl", PASSES, FAILS, WARNS), as_json=False)
    rows = [line.split() for line in out.splitlines()]
    assert ["possibility", "1", "33.33%", "0", "0.00%"] in rows
    assert ["added_hedge", "0", "0.00%", "1", "33.33%"] in rows
    assert ["passed", "1", "33.33%"] in rows
    assert ["of", "3", "lines", "1", "33.33%", "1", "33.33%"] in rows


def test_two_runs_are_compared_by_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, before, _ = run(capsys, written(tmp_path / "old.jsonl", PASSES, FAILS, {**WARNS, "id": "gone"}))
    old = written(tmp_path / "before.jsonl", *before.splitlines())
    new = written(tmp_path / "new.jsonl", {**FAILS, "id": "a"}, FAILS, WARNS)
    _, out, _ = run(capsys, new, against=old)
    assert [json.loads(line) for line in out.splitlines()] == [
        {"id": "a", "before": "pass", "after": "fail", "gained": ["possibility (fail)"], "lost": []},
        {"id": "c", "before": None, "after": "warn", "gained": ["added_hedge (warn)"], "lost": []},
        {"id": "gone", "before": "warn", "after": None, "gained": [], "lost": ["added_hedge (warn)"]},
    ]
    _, table, _ = run(capsys, new, against=old, as_json=False)
    rows = [line.split() for line in table.splitlines()]
    assert ["pass", "fail", "1"] in rows
    assert ["the", "same", "1"] in rows
    assert ["a", "pass", "fail", "possibility", "(fail)"] in rows


def test_lines_with_the_same_id_are_compared_in_their_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    same = [{**pair, "id": "x"} for pair in (PASSES, FAILS, WARNS)]
    _, before, _ = run(capsys, written(tmp_path / "in.jsonl", *same))
    old = written(tmp_path / "before.jsonl", *before.splitlines())
    assert run(capsys, tmp_path / "in.jsonl", against=old)[1] == ""
    _, out, _ = run(capsys, written(tmp_path / "fewer.jsonl", *same[:2]), against=old)
    assert [(each["before"], each["after"]) for each in map(json.loads, out.splitlines())] == [("warn", None)]


def test_a_byte_order_mark_alone_is_no_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "in.jsonl"
    file.write_bytes(b"\xef\xbb\xbf\n")
    assert run(capsys, file) == (0, "", "")


def test_a_file_to_compare_with_that_is_no_result_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path / "in.jsonl", PASSES)
    with pytest.raises(Exception, match=r"in\.jsonl, line 1: no result of `diglot eval"):
        evaluate(file, judge_line, as_json=True, against=file, jobs=1)


def test_several_processes_give_the_same_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [{**pair, "id": f"{pair['id']}{number}"} for number in range(150) for pair in (PASSES, FAILS, WARNS)]
    file = written(tmp_path / "in.jsonl", *lines)
    assert run(capsys, file, jobs=2) == run(capsys, file, jobs=1)


def test_a_pair_that_can_not_be_judged_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, written(tmp_path / "in.jsonl", {**PASSES, "en": "a" * 200_001}))
    (check,) = json.loads(out)["checks"]
    assert (check["check"], check["result"]) == ("unjudged", "fail")
    assert "200,000 characters" in check["why"]
    assert code == 0
