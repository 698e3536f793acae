"""The groups: one text per element, nothing outside the prime-order subgroup."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import hypothesis
import pytest
from gmpy2 import mpz, powmod
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.belenios.ground import list_examples
from voting.belenios.errors import InvalidTally, Malformed, NotSupported
from voting.belenios.groups import GROUP_NAMES, Element, Group, edwards, get_group, openssl, sodium
from voting.belenios.groups.ed25519 import Ed25519
from voting.belenios.groups.finite_field import BELENIOS_2048, MANY, FiniteField

P = 2**255 - 19
ED = get_group("Ed25519")
FIELD = get_group("BELENIOS-2048")
RFC = get_group("RFC-3526-2048")
GROUPS = [ED, FIELD, RFC]
ORDER_2 = f"{P - 1:064x}"
ORDER_4 = "0" * 64
ORDER_8 = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")[
    ::-1
].hex()
TORSION = [ORDER_2, ORDER_4, "8" + "0" * 63, ORDER_8]
each_group = pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
scalars = st.integers(0, 2**256)


def random_element(group: Group) -> Element:
    return group.generator ** group.random_scalar(secrets.token_bytes)


def minus_one(group: Group) -> int:
    """p - 1 in a finite field."""
    assert isinstance(group, FiniteField)
    return int(group._p) - 1


def test_groups_are_known_by_name() -> None:
    assert GROUP_NAMES == ("Ed25519", "BELENIOS-2048", "RFC-3526-2048")
    for name in ("P-256", "ed25519", "", "x" * 1000):
        with pytest.raises(NotSupported, match="not known"):
            get_group(name)


@each_group
def test_the_laws_of_a_group_hold(group: Group) -> None:
    g, one = group.generator, group.neutral
    x = random_element(group)

    assert x * one == one * x == x
    assert x / x == one
    assert g**0 == one**5 == one
    assert g ** (group.order) == one
    assert g ** (group.order - 1) * g == one
    assert g**-3 * g**3 == one
    assert one * one == one / one == one
    assert x != g
    assert x != str(x)
    assert hash(group.parse_element(str(x))) == hash(x)
    assert str(x)[:12] in repr(x)


@each_group
@given(scalars, scalars)
@settings(max_examples=15, deadline=None)
def test_powers_add_up_however_they_are_computed(group: Group, a: int, b: int) -> None:
    g, x = group.generator, group.generator**12345
    expected = g ** (12345 * a + b)

    assert x**a * g**b == expected
    assert group.product_of_powers(((x, a), (g, b))) == expected
    tabled = group.generator**777
    group.precompute(tabled)
    group.precompute(tabled)
    assert tabled**a == g ** (777 * a)


@each_group
@given(st.integers(0, 9), scalars, scalars)
@settings(max_examples=8, deadline=None)
@hypothesis.example(0, 5, 7)
@hypothesis.example(1, 0, 7)
@hypothesis.example(1, 5, 0)
@hypothesis.example(3, 4, -1)
@hypothesis.example(1, 12344, -777)
def test_a_masked_power_is_the_product_of_its_powers(
    group: Group, shift: int, mask: int, exponent: int
) -> None:
    """The last example has a neutral inner sum: 777 * 12344 / -777 + 12345 - 1 = 0."""
    g = group.generator
    plain, tabled, x = g**3, g**777, group.decode_element(str(g**12345))
    group.precompute(tabled)
    for key, log in ((plain, 3), (tabled, 777)):
        expected = g ** (log * mask + (12345 - shift) * exponent)
        assert group.masked_power(key, mask, x, shift, exponent) == expected


@pytest.mark.parametrize("text", TORSION)
@pytest.mark.parametrize(("shift", "exponent"), [(0, 5), (1, 5), (1, 0), (1, ED.order), (2, 8)])
def test_a_masked_power_refuses_what_is_not_in_the_group(
    text: str, shift: int, exponent: int
) -> None:
    key = ED.generator**4242
    ED.precompute(key)
    pure = ED.decode_element(text)
    mixed = Element(ED, sodium.add(random_element(ED).value, pure.value))
    for element in (pure, mixed, ED.decode_element("0" * 63 + "2")):
        with pytest.raises(Malformed):
            ED.masked_power(key, 7, element, shift, exponent)


@pytest.mark.parametrize("scalar", [0, 1, 2, 127, 128, 129, 255, 256, 2**252, 2**252 - 1])
def test_a_table_of_points_gives_the_multiples_of_libsodium(scalar: int) -> None:
    x = random_element(ED)
    table = edwards.make_table(x.value)
    assert edwards.encode_point(edwards.multiply(table, scalar)) == (x**scalar).value


def test_points_are_decoded_as_in_rfc_8032() -> None:
    for raw in (ED.generator.value, random_element(ED).value, ED.neutral.value):
        assert edwards.encode_point(edwards.decode_point(raw)) == raw
    for text in ("2".zfill(64), f"{1 | 1 << 255:064x}"):
        with pytest.raises(ValueError, match="not a point"):
            edwards.decode_point(bytes.fromhex(text)[::-1])


@each_group
def test_an_element_has_one_text(group: Group) -> None:
    text = str(random_element(group))
    assert str(group.parse_element(text)) == text
    assert group.parse_element(str(group.neutral)) == group.neutral
    for other in ("0" + text, " " + text, "+" + text, "-" + text, text + "\n", ""):
        with pytest.raises(Malformed):
            group.parse_element(other)
    with pytest.raises(Malformed):
        group.parse_element(text + "0" * 700)  # far beyond every modulus, whatever the element is
    for value in (None, 1, 1.0, True, [text], text.encode()):
        with pytest.raises(Malformed):
            group.parse_element(value)


def test_a_point_is_canonical_lower_case_and_in_the_subgroup() -> None:
    x = random_element(ED)
    spoilt = [
        str(x).upper() if str(x).upper() != str(x) else "A" * 64,
        "0" * 63 + "2",
        f"{P:064x}",
        f"{P + 1:064x}",
        f"{1 | 1 << 255:064x}",
        "f" * 64,
        *TORSION,
    ]
    for text in spoilt:
        with pytest.raises(Malformed):
            ED.parse_element(text)


@pytest.mark.parametrize("text", TORSION)
def test_a_point_with_a_torsion_component_is_refused(text: str) -> None:
    mixed = Element(ED, sodium.add(random_element(ED).value, bytes.fromhex(text)[::-1]))
    with pytest.raises(Malformed):
        ED.parse_element(str(mixed))
    for exponent in (0, 1, 8, ED.order):
        with pytest.raises(Malformed):
            ED.product_of_powers(((mixed, exponent),))
    with pytest.raises(Malformed):
        ED.precompute(mixed)


def test_operations_on_what_is_no_point_are_refused() -> None:
    nothing = ED.decode_element("0" * 63 + "2")
    with pytest.raises(Malformed):
        _ = nothing * ED.generator
    with pytest.raises(Malformed):
        _ = ED.generator / nothing
    for exponent in (0, 5):
        with pytest.raises(Malformed):
            _ = nothing**exponent
    with pytest.raises(Malformed):
        sodium.multiply_base(bytes(32))


@pytest.mark.parametrize("group", [FIELD, RFC], ids=lambda group: group.name)
def test_a_number_is_below_p_and_in_the_subgroup(group: Group) -> None:
    top = minus_one(group)
    x = int(str(random_element(group)))
    for number in (0, top, top + 1, top + 1 - x, x + top + 1, -x, 10**700):
        with pytest.raises(Malformed):
            group.parse_element(str(number))
    with pytest.raises(Malformed):
        group.parse_element("٣")


@each_group
def test_many_elements_are_checked_at_once(group: Group) -> None:
    many = [group.generator ** (n + 1) for n in range(MANY + 7)]
    group.check_members(many)
    group.check_members([])
    for spoilt in (group.decode_element(outside(group)), many[3] * Element(group, torsion(group))):
        with pytest.raises(Malformed):
            group.check_members([*many[:40], spoilt, *many[40:]])


def test_the_random_test_finds_a_single_element_of_order_two_or_three_every_time() -> None:
    assert isinstance(FIELD, FiniteField)
    top = minus_one(FIELD)
    cube_root = pow(5, top // 3, top + 1)
    assert cube_root not in (1, top)
    for bad in (top, cube_root):
        values = [x.value for x in [FIELD.generator] * MANY]
        values[7] = values[7] * bad % (top + 1)
        assert not all(FIELD.is_member(made) for made in FIELD._multiply_subsets(values))


def outside(group: Group) -> str:
    """The text of something that is not in the group."""
    return ORDER_2 if isinstance(group, Ed25519) else str(minus_one(group))


def torsion(group: Group) -> object:
    """The value of an element of order 2."""
    return group.decode_element(outside(group)).value


@each_group
def test_check_bases_or_the_powers_find_an_outsider(group: Group) -> None:
    bad = group.decode_element(outside(group))
    with pytest.raises(Malformed):  # noqa: PT012 - which of the two refuses depends on the group
        group.check_bases([bad])
        group.product_of_powers(((bad, 5),))


@each_group
@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "01", "1 ", "1.0", "1e3", "٣", "x", None, 1, True]
)
def test_a_scalar_is_plain_decimal(group: Group, text: object) -> None:
    with pytest.raises(Malformed):
        group.parse_scalar(text)


@each_group
def test_a_scalar_is_below_q(group: Group) -> None:
    for number in (0, 1, group.order - 1):
        assert group.parse_scalar(str(number)) == number
    for number in (group.order, group.order + 1, group.order * 10, 10**5000 - 1 > 0 and 10**4000):
        with pytest.raises(Malformed):
            group.parse_scalar(str(number))


@each_group
def test_random_scalars_are_taken_by_rejection(group: Group) -> None:
    size = (group.order.bit_length() + 7) // 8
    answers = [b"\xff" * size, (5).to_bytes(size, "big")]
    value = group.random_scalar(lambda length: answers.pop(0))
    assert not answers
    assert value == 5 >> (size * 8 - group.order.bit_length())


@each_group
def test_logarithms_are_found_up_to_the_bound(group: Group) -> None:
    counts = [0, 1, 17, 999, 1000]
    powers = [group.generator**count for count in counts]
    assert group.discrete_logarithms(powers, 1000) == counts
    assert group.discrete_logarithms([], 1000) == []
    assert group.discrete_logarithms([group.neutral], 0) == [0]
    for count in (1001, -1, group.order // 2):
        with pytest.raises(InvalidTally, match="larger"):
            group.discrete_logarithms([group.generator**count], 1000)


@pytest.mark.parametrize("group", [ED, FIELD], ids=lambda group: group.name)
def test_a_total_weight_of_a_thousand_million_is_opened(group: Group) -> None:
    counts = [10**9, 0, 123_456_789]
    assert group.discrete_logarithms([group.generator**n for n in counts], 10**9) == counts


def test_credentials_sort_as_the_specification_says() -> None:
    big, small = ED.decode_element("01" + "00" * 30 + "02"), ED.decode_element("02" + "00" * 31)
    assert ED.sort_key(small) < ED.sort_key(big)
    two, ten = FIELD.decode_element("2"), FIELD.decode_element("10")
    assert FIELD.sort_key(two) < FIELD.sort_key(ten)


@pytest.mark.parametrize("suffix", ["/credential", "/pok"])
def test_the_worked_examples_of_keys_hold(suffix: str) -> None:
    for example in list_examples(suffix):
        group = example["group"]
        public = example.get("public") or example["preimage"].split("|")[2]
        assert str(group.generator ** int(example["private_key"])) == public


def test_the_worked_examples_of_hashes_hold() -> None:
    checked = 0
    for example in list_examples(""):
        if "preimage" in example and "mod_q" in example:
            assert str(example["group"].hash_to_scalar(example["preimage"])) == example["mod_q"]
            checked += 1
    assert checked == 27


@pytest.mark.parametrize("bits", [0, 1, openssl.FROM_BITS - 1, openssl.FROM_BITS, 256, 2047])
@pytest.mark.parametrize("p", [FIELD.order, BELENIOS_2048._p, RFC.order, 2**255 - 19, 2**300])
def test_openssl_and_gmpy2_know_the_same_powers(bits: int, p: int) -> None:
    exponent = (1 << bits) - 1
    for base in (0, 1, 2, p - 1, secrets.randbelow(p)):
        assert openssl.power(mpz(base), exponent, mpz(p)) == powmod(base, exponent, p)


def test_without_openssl_powers_are_those_of_gmpy2(monkeypatch: pytest.MonkeyPatch) -> None:
    assert openssl.load(openssl.LIBRARY) is not None
    absent, other = openssl.load("libcrypto.so.0"), openssl.load("libc.so.6")
    assert absent is other is None
    monkeypatch.setattr(openssl, "_library", absent)
    element = FIELD.generator**7
    assert element ** (2**200) == FIELD.generator ** (7 * 2**200)


def test_threads_take_powers_at_once() -> None:
    bases = [FIELD.generator**number for number in range(2, 40)]
    with ThreadPoolExecutor(4) as pool:
        powers = pool.map(lambda base: base ** (2**255), bases)
    assert list(powers) == [FIELD.generator ** (number << 255) for number in range(2, 40)]
