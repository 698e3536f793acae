"""Batches come back in order, within bounded memory, and the first error in order is told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import pytest

from voting.belenios.batches import WINDOW, make_batches, map_batches


def double(number: int) -> int:
    if number < 0:
        raise ValueError(number)
    return 2 * number


def failing(*numbers: int) -> Iterator[int]:
    yield from numbers
    raise KeyError("the source broke")


def test_items_are_cut_into_batches() -> None:
    assert list(make_batches(range(5), repeat(2))) == [[0, 1], [2, 3], [4]]
    assert list(make_batches(range(5), [3, 1])) == [[0, 1, 2], [3]]
    assert list(make_batches([], repeat(2))) == []


def test_answers_come_in_order_with_and_without_an_executor() -> None:
    with ThreadPoolExecutor(3) as executor:
        for used in (None, executor):
            assert list(map_batches(used, double, range(50))) == list(range(0, 100, 2))


def test_the_first_error_in_order_is_told() -> None:
    with ThreadPoolExecutor(3) as executor:
        for used in (None, executor):
            with pytest.raises(ValueError, match="-3"):
                list(map_batches(used, double, [1, 2, -3, 4, -5]))
            with pytest.raises(ValueError, match="-3"):
                list(map_batches(used, double, failing(1, -3)))
            with pytest.raises(KeyError):
                list(map_batches(used, double, failing(1, 2)))


def test_a_long_source_is_not_read_ahead_of_the_work() -> None:
    taken: list[int] = []

    def source() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    with ThreadPoolExecutor(2) as executor:
        answers = map_batches(executor, double, source())
        assert next(answers) == 0
        assert len(taken) <= WINDOW
        answers.close()  # type: ignore[attr-defined]
    assert len(taken) <= WINDOW
