"""Texts: there, short enough, readable, fair."""

import pytest

from voting.domain.wording import (
    check_email,
    check_text,
    clean_line,
    clean_text,
    find_unreadable,
    has_staying,
    is_unbalanced,
    list_in_words,
    make_slug,
)


def messages(faults):
    return [fault.message for fault in faults]


def test_a_line_has_no_line_breaks_so_that_none_reaches_a_letter_head():
    assert clean_line("  The \r\nBcc: future\t of\xa0it ") == "The Bcc: future of it"


def test_a_text_keeps_its_lines():
    assert clean_text(" one\r\ntwo\rthree \n") == "one\ntwo\nthree"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["Enter the title."]),
        ("a" * 11, ["The title must be 10 characters or fewer. It has 11."]),
        ("a\0", ["The title contains a character that cannot be shown (U+0000)."]),
        ("a\u202eb", ["The title contains a character that cannot be shown (U+202E)."]),
        ("Siân\nb\tc", []),
    ],
)
def test_a_text_is_there_short_and_readable(text, told):
    assert messages(check_text("title", "the title", text, limit=10)) == told


def test_an_optional_text_may_be_empty():
    assert check_text("phone", "the phone number", "", limit=10, required=False) == []


def test_a_lone_surrogate_is_unreadable():
    assert find_unreadable("a\ud800") == "U+D800"
    assert find_unreadable("Plain, with an accent: ŵ") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["Enter the address."]),
        ("a@b", ["The address must be in the form name@example.org."]),
        ("sam@people.example", []),
    ],
)
def test_a_mail_address_has_its_form(text, told):
    assert messages(check_email("email", "the address", text)) == told


@pytest.mark.parametrize(
    ("text", "taken", "slug"),
    [
        ("Should we? Yes & no!", [], "should-we-yes-no"),
        ("Tŷ Siân", [], "ty-sian"),
        ("???", [], "vote"),
        ("One", ["one", "one-2"], "one-3"),
        ("x" * 90, [], "x" * 60),
        ("x" * 90, ["x" * 60], "x" * 58 + "-2"),
    ],
)
def test_an_address_is_made_of_a_title(text, taken, slug):
    assert make_slug(text, taken, fallback="vote") == slug


def test_benefits_and_drawbacks_are_within_two_to_one():
    assert not is_unbalanced("a" * 20, "b" * 10)
    assert is_unbalanced("a" * 21, "b" * 10)
    assert is_unbalanced("", "b")


def test_staying_as_we_are_is_recognised():
    assert has_staying(["Become a mutual", "Stay as we are"])
    assert has_staying(["Ie", "Na, aros fel y mae"])
    assert not has_staying(["Co-operative", "Community benefit society"])


@pytest.mark.parametrize(
    ("words", "told"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_lists_are_said_as_people_say_them(words, told):
    assert list_in_words(words) == told
