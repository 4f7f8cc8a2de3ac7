"""When a process that ended is started again, and when not."""

from __future__ import annotations

import signal

from cli.run.restarts import Ended, GiveUp, Restart, RestartPolicy
from shared.process import EXIT_CONFIG

POLICY = RestartPolicy(first_delay=0.5, longest_delay=4.0, settled_after=30.0, give_up_after=5)


def _decisions(*ran_for: float) -> list[Restart | GiveUp]:
    decisions: list[Restart | GiveUp] = []
    failures = 0
    for seconds in ran_for:
        decision = POLICY.decide(Ended(1, seconds), failures)
        decisions.append(decision)
        if isinstance(decision, GiveUp):
            break
        failures = decision.failures
    return decisions


def test_the_delay_doubles_up_to_its_maximum() -> None:
    policy = RestartPolicy(first_delay=0.5, longest_delay=1.5, give_up_after=9)
    delays = [d.delay for n in range(4) if isinstance(d := policy.decide(Ended(1, 1.0), n), Restart)]
    assert delays == [0.5, 1.0, 1.5, 1.5]


def test_a_process_that_keeps_ending_early_is_given_up() -> None:
    decisions = _decisions(1, 1, 1, 1, 1, 1)
    assert [type(d) for d in decisions] == [Restart] * 4 + [GiveUp]
    assert "5 times" in str(decisions[-1])


def test_a_process_that_ran_long_enough_starts_with_a_clean_record() -> None:
    decisions = _decisions(1, 1, 1, 1, 31, 1, 1, 1)
    assert all(isinstance(d, Restart) for d in decisions)
    assert decisions[4] == Restart(delay=0.5, failures=1)


def test_a_process_that_ends_unasked_with_success_is_started_again_too() -> None:
    assert POLICY.decide(Ended(0, 5.0), 0) == Restart(delay=0.5, failures=1)


def test_a_wrong_setting_is_not_tried_again() -> None:
    assert isinstance(POLICY.decide(Ended(EXIT_CONFIG, 100.0), 0), GiveUp)


def test_an_end_names_the_signal_or_the_exit_code() -> None:
    assert str(Ended(-signal.SIGKILL, 2.04)) == "was killed by SIGKILL after 2.0 s"
    assert str(Ended(1, 2.04)) == "ended with exit code 1 after 2.0 s"
