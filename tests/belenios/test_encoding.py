"""The codec takes one form of every text, and says Malformed of every other."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.belenios import encoding
from voting.belenios.errors import Malformed

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**16), 10**16) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(values.filter(lambda value: "\\ud" not in ascii(value)))
def test_what_is_written_is_read_back(value: Any) -> None:
    assert encoding.decode_json(encoding.encode_json(value)) == value


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1}',
        b' {"a":1}',
        b'{"a":1}\n',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":+1}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"\\u0061":1}',
        b'{"a":"\\/"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\x01"}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":1}{"b":2}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"",
        b"nul",
    ],
)
def test_any_other_form_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        encoding.decode_json(raw)


def test_free_json_may_be_laid_out_but_not_ambiguous() -> None:
    assert encoding.decode_free_json(b'{ "a" : 1.5 }\n') == {"a": 1.5}
    for raw in (b'{"a":1,"a":2}', b'{"a":NaN}', b"[" * 100_000, b'{"a":' + b"1" * 99 + b"}"):
        with pytest.raises(Malformed):
            encoding.decode_free_json(raw)


def test_fields_are_exact_and_in_order() -> None:
    assert encoding.get_fields({"a": 1, "b": 2}, "a", "b") == [1, 2]
    for value in ({"b": 2, "a": 1}, {"a": 1}, {"a": 1, "b": 2, "c": 3}, [1, 2], None):
        with pytest.raises(Malformed):
            encoding.get_fields(value, "a", "b")


def test_types_are_exact() -> None:
    assert encoding.get_list([1, 2], 2) == [1, 2]
    assert encoding.get_text("x") == "x"
    assert encoding.get_integer(0) == 0
    for read, value in (
        (encoding.get_list, "ab"),
        (encoding.get_text, 1),
        (encoding.get_integer, True),
        (encoding.get_integer, -1),
        (encoding.get_integer, "1"),
    ):
        with pytest.raises(Malformed):
            read(value)
    with pytest.raises(Malformed):
        encoding.get_list([1], 2)


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "01", "1 ", "1.0", "١", "100", "9" * 9999, 5, None]
)
def test_decimals_are_plain_and_in_range(text: object) -> None:
    with pytest.raises(Malformed):
        encoding.parse_decimal(text, 100)


@pytest.mark.parametrize("weight", [0, 1, 2**30 - 1, 2**30, 10**20])
def test_a_weight_has_one_form(weight: int) -> None:
    written = encoding.encode_weight(weight)
    assert isinstance(written, str) == (weight > 2**30 - 1)
    assert encoding.parse_weight(written, 10**21) == weight
    with pytest.raises(Malformed):
        encoding.parse_weight(int(written) if isinstance(written, str) else str(written), 10**21)


@pytest.mark.parametrize("value", [100, "1073741824", -1, True, 1.0, None])
def test_a_weight_is_in_range(value: object) -> None:
    with pytest.raises(Malformed):
        encoding.parse_weight(value, 100)
