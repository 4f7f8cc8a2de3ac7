from services.ingest.clock import Clock


def test_a_post_after_a_retraction_in_the_same_millisecond_is_later() -> None:
    clock = Clock(lambda: 1.0)
    before = clock.post()
    retracted = clock.retraction()
    assert before <= retracted < clock.post()


def test_time_never_goes_back() -> None:
    walls = iter([2.0, 1.0, 3.0])
    clock = Clock(lambda: next(walls))
    assert [clock.post(), clock.post(), clock.post()] == [2000, 2000, 3000]
