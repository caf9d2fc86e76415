"""Which pages belong together: by their order, and by what is written on each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inkfield.pipeline.together.group import FilledForm, SeenPage, by_equal, by_order

NUMBERS = st.lists(st.integers(1, 4), max_size=14)
KEYS = st.one_of(st.none(), st.sampled_from(["47110815", "47110816", "90223344"]))


def seen(numbers: list[int], keys: list[str | None] | None = None, sure: bool = True) -> list[SeenPage]:
    return [
        SeenPage(place, number, key, sure)
        for place, (number, key) in enumerate(zip(numbers, keys or [None] * len(numbers), strict=True), 1)
    ]


def places(found: list[FilledForm]) -> list[list[int]]:
    return [[page.place for page in form.pages] for form in found]


def order(*numbers: int, required: int = 2) -> list[FilledForm]:
    return by_order(seen(list(numbers)), range(1, required + 1))


@given(NUMBERS)
def test_every_page_is_in_one_filled_form_and_none_twice_in_it(numbers: list[int]) -> None:
    for found in (order(*numbers, required=3), by_equal(seen(numbers), {1, 2, 3})):
        assert sorted(place for form in places(found) for place in form) == list(range(1, len(numbers) + 1))
        assert all(len(form.numbers) == len(form.pages) for form in found)


@given(st.data())
def test_what_is_written_on_every_page_parts_them_in_any_order(data: st.DataObject) -> None:
    people = [f"{number:02}{number * 7919 % 1000000:06}" for number in range(data.draw(st.integers(1, 8)))]
    pages = data.draw(st.permutations([(key, number) for key in people for number in (1, 2, 3)]))
    found = by_equal(seen([number for _, number in pages], [key for key, _ in pages]), {1, 2, 3})
    assert [form.numbers for form in found] == [{1, 2, 3}] * len(people)
    assert all(len({page.key for page in form.pages}) == 1 and not form.doubtful for form in found)


@given(NUMBERS, st.data())
def test_sure_keys_that_differ_are_never_joined(numbers: list[int], data: st.DataObject) -> None:
    keys = data.draw(st.lists(KEYS, min_size=len(numbers), max_size=len(numbers)))
    for form in by_equal(seen(numbers, keys), {1, 2, 3}):
        assert len({page.key for page in form.pages if page.key}) <= 1


def test_one_filled_form_comes_in_any_order() -> None:
    assert places(order(2, 1)) == [[2, 1]] and not order(2, 1)[0].doubtful
    assert places(order(3, 1, 2, required=3)) == [[2, 3, 1]]


def test_several_follow_each_other_up_or_down() -> None:
    assert places(order(1, 2, 1, 2)) == [[1, 2], [3, 4]]
    assert places(order(2, 1, 2, 1)) == [[2, 1], [4, 3]]
    assert places(order(1, 2, 2, 1, 2)) == [[1, 2], [3], [4, 5]]
    assert places(order(2, 1, 1, 2, 1)) == [[2, 1], [3], [5, 4]]
    assert places(order(1, 2, 3, 1, 3, 1, 2, 3, required=3)) == [[1, 2, 3], [4, 5], [6, 7, 8]]
    assert not any(form.doubtful for form in order(1, 2, 1, 2, 1))


def test_one_that_lies_otherwise_than_the_others_is_doubtful() -> None:
    found = order(1, 2, 2, 1, 1, 2)
    assert places(found) == [[1, 2], [4, 3], [5, 6]]
    assert [form.doubtful for form in found] == [False, True, False]


def test_a_number_that_may_be_misread_is_joined_and_doubtful() -> None:
    pages = [SeenPage(1, 1, "47110815", True), SeenPage(2, 1, "90223344", True), SeenPage(3, 2, "90223344", True),
             SeenPage(4, 2, "47110875", False)]  # fmt: skip
    found = by_equal(pages, {1, 2})
    assert places(found) == [[1, 4], [2, 3]]
    assert [form.doubtful for form in found] == [True, False]


def test_a_page_without_a_number_goes_to_the_nearest_that_lacks_it() -> None:
    pages = seen([1, 1, 2, 2], ["47110815", "90223344", None, "47110815"])
    found = by_equal(pages, {1, 2})
    assert places(found) == [[1, 4], [2, 3]]
    assert [form.doubtful for form in found] == [False, True]


def test_what_nobody_has_is_missing() -> None:
    found = by_equal(seen([1, 2], ["47110815", "90223344"]), {1, 2})
    assert places(found) == [[1], [2]] and not any(form.doubtful for form in found)
