from __future__ import annotations

from decimal import Decimal

import pytest

from services.publish.pages.words import age_in_words, date_in_words, dollars, moment, number
from tests.support.documents import DAY, HOUR, NOW


@pytest.mark.parametrize(
    ("elapsed", "en", "zh"),
    [
        (0, "just now", "刚刚"),
        (59_999, "just now", "刚刚"),
        (-59_999, "just now", "刚刚"),
        (60_000, "1 minute ago", "1分钟前"),
        (2 * HOUR, "2 hours ago", "2小时前"),
        (22 * HOUR, "22 hours ago", "22小时前"),
        (DAY, "1 day ago", "1天前"),
        (6 * DAY + 19 * HOUR, "7 days ago", "7天前"),
        (7 * DAY + 5 * HOUR, "7 days ago", "7天前"),
        (13 * DAY, "13 days ago", "13天前"),
        (15 * DAY, "2 weeks ago", "2周前"),
        (40 * DAY, "1 month ago", "1个月前"),
        (-5 * 60_000, "in 5 minutes", "5分钟后"),
    ],
)
def test_an_age_is_said_in_both_languages(elapsed: int, en: str, zh: str) -> None:
    assert age_in_words(NOW - elapsed, NOW, "en") == en
    assert age_in_words(NOW - elapsed, NOW, "zh") == zh


def test_a_moment_has_a_machine_form_a_date_and_an_age() -> None:
    found = moment(NOW - HOUR, NOW, "en")
    assert found.iso == "2026-11-23T11:00:00.000Z"
    assert found.date == "23 November 2026, 11:00 UTC"
    assert found.age == "1 hour ago"
    assert date_in_words(NOW, "zh") == "2026年11月23日 12:00 UTC"


def test_numbers_keep_two_decimals_and_costs_six() -> None:
    assert number(1234567, "en") == "1,234,567"
    assert number(0.25, "zh") == "0.25"
    assert dollars(Decimal("0.00384"), "en") == "0.00384 USD"
    assert dollars(Decimal(2), "zh") == "2.00 USD"
