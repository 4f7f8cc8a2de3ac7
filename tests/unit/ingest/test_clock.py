from services.ingest.clock import Clock


def test_no_two_acceptances_share_a_millisecond() -> None:
    clock = Clock(lambda: 1.0)
    assert [clock.next(), clock.next(), clock.next()] == [1000, 1001, 1002]


def test_time_never_goes_back() -> None:
    walls = iter([2.0, 1.0, 3.0])
    clock = Clock(lambda: next(walls))
    assert [clock.next(), clock.next(), clock.next()] == [2000, 2001, 3000]
