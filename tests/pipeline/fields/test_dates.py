from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.fields.kinds.dates import date_automaton, parse_date

DATES = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("text", "order", "value"),
    [
        ("15032016", "DMY", "2016-03-15"),
        ("1 5 0 3 2 0 1 6", "DMY", "2016-03-15"),
        ("15 03 2016", "DMY", "2016-03-15"),
        ("15/3/16", "DMY", "2016-03-15"),
        ("15.03.2016", "DMY", "2016-03-15"),
        ("1S O3 2016", "DMY", "2016-03-15"),
        ("11/22/2019", "MDY", "2019-11-22"),
        ("5-5-2015", "MDY", "2015-05-05"),
        ("10/20/19", "MDY", "2019-10-20"),
        ("Oct. 20, 2019", "MDY", "2019-10-20"),
        ("20 October 2019", "DMY", "2019-10-20"),
        ("20-Oct-19", "DMY", "2019-10-20"),
        ("3 août 2021", "DMY", "2021-08-03"),
        ("2019-11-22", "MDY", "2019-11-22"),
        ("20191122", "YMD", "2019-11-22"),
        ("22/11/2019", "MDY", "2019-11-22"),  # there is no 22nd month
        ("01/02/85", "DMY", "1985-02-01"),
        ("30022016", "DMY", None),
        ("29022015", "DMY", None),
        ("29022016", "DMY", "2016-02-29"),
        ("15031816", "DMY", None),
        ("1503", "DMY", None),
        ("", "DMY", None),
        ("Friday", "DMY", None),
    ],
)
def test_reads_what_people_write(text, order, value):
    assert parse_date(text, order) == (date.fromisoformat(value) if value else None)


@settings(max_examples=50, deadline=None)
@given(st.text(), st.sampled_from(["DMY", "MDY", "YMD"]))
def test_never_raises(text, order):
    parse_date(text, order)


@settings(max_examples=50, deadline=None)
@given(DATES, st.sampled_from([("DMY", "%d%m%Y"), ("MDY", "%m%d%Y"), ("YMD", "%Y%m%d")]))
def test_boxes_hold_every_date(day, form):
    order, format_ = form
    text = day.strftime(format_)
    assert parse_date(text, order) == day
    assert date_automaton(order).accepts(text)


@settings(max_examples=50, deadline=None)
@given(st.text("0123456789", min_size=8, max_size=8))
def test_and_none_that_is_not_in_the_calendar(text):
    assert date_automaton("DMY").accepts(text) == (parse_date(text, "DMY") is not None)


@pytest.mark.parametrize(
    "text", ["15/03/2016", "5-3-16", "15.3.2016", "oct. 20, 2019", "20-oct-2019", "20 october 2019"]
)
def test_written_dates_lie_in_the_free_grammar(text):
    assert date_automaton("DMY", cells=False).accepts(text)


def test_the_free_grammar_means_what_the_parser_reads():
    automaton = date_automaton("MDY", cells=False)
    random = Random(0)
    for _ in range(200):
        day = date(1970, 1, 1) + timedelta(days=random.randrange(36_000))
        for text in (f"{day.month}/{day.day}/{day.year}", day.strftime("%b %d, %Y").lower()):
            assert automaton.accepts(text)
            assert parse_date(text, "MDY") == day
