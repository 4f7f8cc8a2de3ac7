"""The verifier of the chaos runs: silent about a clean run, and naming the article of every fault that is planted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import pytest

from tests.support.chaos.facts import Begun, Change, Observed, Step, Written
from tests.support.chaos.verifier import Kind, Violation, verify

ARTICLES = 12
KEYS = 3
PARTITIONS = 2
LAST_OF_FIRST = 6
COMMIT_MS = 1000  # after its start
MS = 1_000_000


def started(number: int, stage: str) -> int:
    """When the handler of an article starts (ms)."""
    return 10_000 + number * 10 + (5_000 if stage == "b" else 0)


def record(number: int, committed_ms: int) -> Written:
    key = number % KEYS
    return Written(f"x{number}", f"k{key}", b"%d" % number, key % PARTITIONS, number * 2, committed_ms)


def begun(number: int, stage: str, step: Step = "start", late: int = 0, by: str | None = None) -> Begun:
    worker = by or ("1" if number <= LAST_OF_FIRST else "2")
    return Begun(step, stage, f"x{number}", f"{stage}{worker}", (started(number, stage) + late) * MS)


def takeover(stage: str, late: int = 2) -> list[Change]:
    """The first worker dies after it began its last article, and the second is given its partitions."""
    died = (started(LAST_OF_FIRST, stage) + 1) * MS
    given = (started(LAST_OF_FIRST, stage) + late) * MS
    return [Change(stage, f"{stage}1", died, "died"), Change(stage, f"{stage}2", given, "partitions given")]


def outputs(stage: str) -> list[Written]:
    return [record(n, started(n, stage) + COMMIT_MS) for n in range(ARTICLES)]


def clean() -> Observed:
    """Two stages that did everything right; of each, one worker took over from another, which repeated nothing."""
    lines = [begun(n, stage, step) for stage in "ab" for n in range(ARTICLES) for step in ("start", "paid")]
    return Observed(
        stages=("a", "b"),
        topics=([record(n, 0) for n in range(ARTICLES)], outputs("a"), outputs("b")),
        begun=lines,
        changes=[change for stage in "ab" for change in takeover(stage)],
        dead_letters={},
    )


def with_output(observed: Observed, change: Callable[[list[Written]], Sequence[Written]]) -> Observed:
    """The same, with another output of the last stage."""
    first, between, out = observed.topics
    return replace(observed, topics=(first, between, change(list(out))))


def with_lines(observed: Observed, *lines: Begun) -> Observed:
    return replace(observed, begun=[*observed.begun, *lines])


def found(observed: Observed) -> list[tuple[Kind, str, str]]:
    return [(v.kind, v.stage, v.article) for v in verify(observed).violations]


def test_a_clean_run_has_no_violation_and_no_repeat() -> None:
    verdict = verify(clean())
    assert verdict.violations == ()
    assert verdict.articles == ARTICLES
    assert verdict.starts == {"a": ARTICLES, "b": ARTICLES}
    assert [repeats.starts for repeats in verdict.repeats] == [0, 0]


def test_a_loss_is_named() -> None:
    observed = with_output(clean(), lambda out: [r for r in out if r.article != "x4"])
    assert found(observed) == [("lost", "b", "x4")]


def test_a_loss_between_the_stages_is_named_where_it_happened() -> None:
    first, between, out = clean().topics
    rest = [[r for r in records if r.article != "x4"] for records in (between, out)]
    lines = [line for line in clean().begun if (line.stage, line.article) != ("b", "x4")]
    assert found(replace(clean(), topics=(first, *rest), begun=lines)) == [("lost", "a", "x4")]


def test_a_dead_letter_is_no_silent_loss_but_a_violation() -> None:
    observed = with_output(clean(), lambda out: [r for r in out if r.article != "x4"])
    assert found(replace(observed, dead_letters={"b": ["x4"]})) == [("dead-lettered", "b", "x4")]


def test_a_duplicate_is_named_with_its_places() -> None:
    observed = with_output(clean(), lambda out: [*out, replace(out[5], offset=99)])
    assert found(observed) == [("duplicate", "b", "x5")]
    assert verify(observed).violations[0].detail == "2 outputs: [0]@10, [0]@99"


def test_a_duplicate_between_the_stages_is_held_against_the_first_alone() -> None:
    first, between, out = clean().topics
    second = begun(5, "b", late=COMMIT_MS + 500)
    topics = (first, [*between, replace(between[5], offset=99)], [*out, replace(out[5], offset=99)])
    observed = with_lines(replace(clean(), topics=topics), second)
    assert found(observed) == [("duplicate", "a", "x5")]


def test_an_output_that_nobody_asked_for_is_named() -> None:
    stray = Written("stray", "k9", b"", 0, 98, 20_000)
    lines = with_lines(clean(), Begun("start", "b", "stray", "b1", 19_000 * MS))
    assert found(with_output(lines, lambda out: [*out, stray])) == [("unknown", "b", "stray")]


def test_a_reorder_within_a_key_is_named() -> None:
    def swapped(out: list[Written]) -> list[Written]:
        out[3], out[6] = replace(out[3], offset=out[6].offset), replace(out[6], offset=out[3].offset)
        return out

    assert found(with_output(clean(), swapped)) == [("reordered", "b", "x3")]


def test_another_order_among_keys_is_none_of_its_business() -> None:
    def swapped(out: list[Written]) -> list[Written]:
        out[0], out[2] = replace(out[0], offset=out[2].offset), replace(out[2], offset=out[0].offset)
        return out

    assert found(with_output(clean(), swapped)) == []


def test_a_key_in_two_partitions_is_named() -> None:
    observed = with_output(clean(), lambda out: [replace(r, partition=1) if r.article == "x9" else r for r in out])
    assert found(observed) == [("reordered", "b", "x9")]


@pytest.mark.parametrize("step", ["start", "paid"])
def test_a_start_after_the_commit_is_named(step: Step) -> None:
    late = begun(6, "b", step, late=COMMIT_MS + 1, by="2")
    observed = with_lines(clean(), late)
    assert [v for v in found(observed) if v[0] != "too many repeats"] == [("started after commit", "b", "x6")]
    assert verify(observed).violations[0].detail == f"{step} 1 ms late, b2"


def test_an_output_with_the_content_of_another_is_named() -> None:
    observed = with_output(clean(), lambda out: [replace(r, content=b"7") if r.article == "x4" else r for r in out])
    assert found(observed) == [("changed", "b", "x4")]


def test_a_reorder_is_named_although_the_outputs_have_keys_of_their_own() -> None:
    def swapped(out: list[Written]) -> list[Written]:
        out[3], out[6] = replace(out[3], offset=out[6].offset), replace(out[6], offset=out[3].offset)
        return [replace(r, key=r.article) for r in out]

    assert found(with_output(clean(), swapped)) == [("reordered", "b", "x3")]


def test_a_start_in_the_millisecond_of_the_commit_is_not_blamed() -> None:
    late = begun(6, "b", late=COMMIT_MS, by="2")
    assert found(with_lines(clean(), late)) == []


def test_a_repeat_after_a_death_is_counted_and_allowed() -> None:
    again = begun(6, "a", late=500, by="2")
    verdict = verify(with_lines(clean(), again))
    assert verdict.violations == ()
    assert [repeats.starts for repeats in verdict.repeats] == [1, 0]


def test_a_repeat_while_no_worker_changed_is_named() -> None:
    again = begun(8, "a", late=500)
    assert found(with_lines(clean(), again)) == [("repeated without cause", "a", "x8")]


def test_a_repeat_of_work_that_was_refused_before_it_paid_is_allowed() -> None:
    lines = [line for line in clean().begun if (line.stage, line.article, line.step) != ("a", "x8", "paid")]
    refused, again = begun(8, "a", "refused", late=100), begun(8, "a", late=500)
    assert found(with_lines(replace(clean(), begun=lines), refused, again)) == []


def test_a_refusal_after_the_commit_is_as_it_should_be() -> None:
    assert found(with_lines(clean(), begun(7, "a", "refused", late=COMMIT_MS + 500))) == []


def test_all_that_was_under_way_when_partitions_changed_hands_may_be_repeated_but_nothing_more() -> None:
    again = [begun(number, "a", late=500, by="2") for number in range(LAST_OF_FIRST + 1)]
    verdict = verify(with_lines(clean(), *again))
    assert verdict.violations == ()
    assert [(repeats.starts, repeats.bound) for repeats in verdict.repeats] == [(7, 7), (0, 7)]
    above = begun(3, "a", late=600, by="2")
    detail = next(v for v in verify(with_lines(clean(), *again, above)).violations if v.kind == "too many repeats")
    assert str(detail) == "a: x3: too many repeats: 8 in the stage, at most 7 expected; this one 2"


def test_what_was_committed_before_a_takeover_may_not_be_repeated() -> None:
    # Within the 1,015 ms the first two of seven were committed.
    late = takeover("a", late=COMMIT_MS - 45)
    assert [repeats.bound for repeats in verify(replace(clean(), changes=late)).repeats] == [5, 0]


def test_partitions_given_one_by_one_count_once() -> None:
    (died, given), (_, again) = takeover("a"), takeover("a", late=3)
    assert verify(replace(clean(), changes=[died, given, again])).repeats[0].bound == 7


def test_a_worker_may_repeat_its_own_work_only_after_it_lost_partitions() -> None:
    def moved(late: int, what: Literal["partitions lost", "partitions given"]) -> Change:
        return Change("a", "a2", (started(8, "a") + late) * MS, what)

    again = with_lines(clean(), begun(8, "a", late=500))
    given = [*clean().changes, moved(2, "partitions given")]
    assert ("repeated without cause", "a", "x8") in found(replace(again, changes=given))
    assert ("repeated without cause", "a", "x8") in found(
        replace(again, changes=[*given, moved(COMMIT_MS, "partitions lost")])
    )
    verdict = verify(replace(again, changes=[clean().changes[0], moved(1, "partitions lost"), given[-1]]))
    assert verdict.violations == ()
    assert verdict.repeats[0].bound == LAST_OF_FIRST + 1 + 2  # what the first had, and two of its own


def test_a_change_of_others_excuses_no_repeat() -> None:
    # The third worker lost something and the second was given it: what the first did is none of their business.
    moved = [
        Change("a", "a3", (started(6, "a") + 1) * MS, "partitions lost"),
        Change("a", "a2", (started(6, "a") + 2) * MS, "partitions given"),
    ]
    observed = with_lines(replace(clean(), changes=moved), begun(6, "a", late=500, by="2"))
    assert found(observed) == [("repeated without cause", "a", "x6")]


def test_a_worker_that_was_given_nothing_has_no_cause_to_repeat() -> None:
    died, _ = takeover("a")
    observed = with_lines(replace(clean(), changes=[died]), begun(6, "a", late=500, by="2"))
    assert ("repeated without cause", "a", "x6") in found(observed)


def test_a_worker_may_learn_late_that_it_was_evicted() -> None:
    _, given = takeover("a")
    lost = Change("a", "a1", (started(6, "a") + 5_000) * MS, "partitions lost")
    observed = with_lines(replace(clean(), changes=[given, lost]), begun(6, "a", late=500, by="2"))
    assert found(observed) == []


def test_a_worker_that_wakes_may_write_down_what_it_was_about_to_start() -> None:
    thawed = Change("a", "a1", (started(8, "a") + 400) * MS, "thawed")
    observed = with_lines(replace(clean(), changes=[*clean().changes, thawed]), begun(8, "a", late=410, by="1"))
    assert found(observed) == []


def test_an_output_without_a_start_on_record_is_named() -> None:
    lines = [line for line in clean().begun if (line.stage, line.article) != ("a", "x2")]
    assert found(replace(clean(), begun=lines)) == [("not logged", "a", "x2")]


def test_a_violation_reads_as_one_line() -> None:
    assert str(Violation("lost", "b", "x4")) == "b: x4: lost"
    assert str(Violation("duplicate", "b", "x4", "2 outputs")) == "b: x4: duplicate: 2 outputs"
