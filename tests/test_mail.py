"""One letter: its words, its head, and what the mail server makes of it."""

from __future__ import annotations

import datetime as dt
import re
import socket
import threading
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from tests.ports import free_port
from tests.smtp_ground import mail_at, make_certificate, running_sink, scripted_server
from voting import mail

CLOSES = dt.datetime(2026, 3, 13, 17, 0, tzinfo=dt.UTC)
LINK = "https://vote.example/v/abc.DEF-123#AAAAA-BBBBBB-CCCCC-DDDDDD"
KINDS = ("invitation", "reminder", "replacement", "receipt", "closed", "result")
CONTEXT: dict[str, Any] = {
    "name": "Sam Jones",
    "organisation": "Northmoor Leisure Trust",
    "proposal_title": "The future of Northmoor Leisure",
    "poll_title": "Should Leisure Services become a mutual?",
    "opens_at": CLOSES - dt.timedelta(days=11),
    "closes_at": CLOSES,
    "ends_at": CLOSES + dt.timedelta(days=1),
    "is_open": True,
    "is_test": False,
    "link": LINK,
    "code": "AAAAA-BBBBBB-CCCCC-DDDDDD",
    "tracker": "48213 70952 11640 83377 20519",
    "replaced": False,
    "sentence": "Members voted for the change.",
    "ask": "",
    "scrutineer_contact": "Northmoor branch, 01632 960002",
    "contact_name": "Alex Morgan",
    "contact_email": "alex@northmoor.example",
    "contact_phone": "01632 960001",
}


def letter(to: str = "sam@people.example", name: str = "Sam Jones", key: str = "k") -> EmailMessage:
    return mail.make_message(
        mail.Rendered("Vote by 5pm", "Dear Sam\n.\n..two dots\nŷ\n", "<p>Dear Sam</p>"),
        sender=mail.Correspondent("Northmoor Leisure Trust", "votes@service.example"),
        recipient=mail.Correspondent(name, to),
        reply_to="alex@northmoor.example",
        identity=key,
        now=CLOSES,
    )


# ---------------------------------------------------------------- words


def test_the_subject_says_what_and_by_when() -> None:
    rendered = mail.render("invitation", "en", CONTEXT)

    assert rendered.subject == (
        "Vote by 5pm on Friday 13 March: Should Leisure Services become a mutual?"
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_each_letter_has_its_link_alone_on_a_line_and_somebody_to_ask(
    kind: str, language: str
) -> None:
    rendered = mail.render(kind, language, CONTEXT)

    assert LINK in rendered.text.splitlines()
    stop = f"{LINK.partition('#')[0]}/stop"  # in a reminder alone, and it is whole
    links = [LINK, stop] if kind == "reminder" else [LINK]
    assert re.findall("https?://\\S+", rendered.text) == links
    assert f'lang="{language}"' in rendered.html
    assert re.findall('<a href="([^"]+)"', rendered.html) == links
    assert "<img" not in rendered.html
    assert "src=" not in rendered.html
    for body in (rendered.text, rendered.html):
        assert "Northmoor branch, 01632 960002" in body
        assert "alex@northmoor.example" in body
        assert "Sam Jones" in body


@pytest.mark.parametrize("kind", ["invitation", "reminder", "replacement"])
def test_a_letter_with_a_link_says_it_is_personal_and_shows_the_code(kind: str) -> None:
    rendered = mail.render(kind, "en", CONTEXT)

    for body in (rendered.text, rendered.html):
        assert "Do not forward it" in body
        assert "AAAAA-BBBBBB-CCCCC-DDDDDD" in body.replace(LINK, "")
        assert "5pm on Friday 13 March 2026 (UK time, GMT)" in body


def test_a_receipt_holds_the_tracking_number_and_nothing_to_vote_with() -> None:
    rendered = mail.render("receipt", "en", CONTEXT)

    assert "48213 70952 11640 83377 20519" in rendered.text.splitlines()
    assert "AAAAA-BBBBBB" not in rendered.text.replace(LINK, "")
    assert "does not reveal your choice" in rendered.text


def test_before_opening_an_invitation_says_when_voting_opens() -> None:
    opened = mail.render("invitation", "en", CONTEXT)
    waiting = mail.render("invitation", "en", CONTEXT | {"is_open": False})

    assert "Voting opens" not in opened.text
    assert "Voting opens at 5pm on Monday 2 March 2026" in waiting.text


@pytest.mark.parametrize(
    ("hour", "minute", "month", "said"),
    [
        (0, 0, 1, "midnight"),
        (12, 0, 1, "midday"),
        (9, 30, 1, "9:30am"),
        (16, 0, 7, "5pm"),
        (12, 5, 1, "12:05pm"),
    ],
)
def test_hours_are_told_as_people_in_the_united_kingdom_tell_them(
    hour: int, minute: int, month: int, said: str
) -> None:
    at = dt.datetime(2026, month, 14, hour, minute, tzinfo=dt.UTC)

    assert mail.format_hour(at, "en") == said
    assert mail.format_zone(at, "en") == ("BST" if month == 7 else "GMT")


def test_dates_are_told_in_the_readers_language() -> None:
    assert mail.format_day(CLOSES, "cy") == "dydd Gwener 13 Mawrth 2026"


def test_markup_and_new_lines_in_names_change_nothing() -> None:
    context = CONTEXT | {"name": "<b>Sam\r\nBcc: eve@evil.example\u202e", "poll_title": "A\n\nB"}
    rendered = mail.render("invitation", "en", context)

    assert "Dear <b>Sam Bcc: eve@evil.example" in rendered.text.splitlines()
    assert "&lt;b&gt;Sam" in rendered.html
    assert "\n" not in rendered.subject


def test_a_missing_word_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        mail.render("invitation", "en", {**CONTEXT, "code": mail_undefined()})


def mail_undefined() -> Any:
    """What a template sees for a name that nobody gave it."""
    from jinja2 import StrictUndefined

    return StrictUndefined(name="code")


# ---------------------------------------------------------------- head


def test_the_head_of_a_letter() -> None:
    message = letter()

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == "alex@northmoor.example"
    assert message["From"].addresses[0].display_name == "Northmoor Leisure Trust"
    assert message["Message-ID"].endswith("@service.example>")
    assert message["List-Unsubscribe"] is None
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_a_second_copy_of_a_letter_can_be_recognised() -> None:
    assert letter(key="a")["Message-ID"] == letter(key="a")["Message-ID"]
    assert letter(key="a")["Message-ID"] != letter(key="b")["Message-ID"]


def test_a_name_cannot_add_a_header() -> None:
    message = letter(name='Sam"\r\nBcc: eve@evil.example\r\n\r\nhello')

    assert message["Bcc"] is None
    assert [address.addr_spec for address in message["To"].addresses] == ["sam@people.example"]


@pytest.mark.parametrize("address", ["a@b\r\nBcc: x@y", "a b@c.example", "", "a@b, c@d"])
def test_an_address_that_is_not_one_is_refused(address: str) -> None:
    with pytest.raises(mail.PermanentFailure):
        letter(to=address)


# ---------------------------------------------------------------- the mail server


def test_a_letter_arrives_as_it_was_written() -> None:
    with running_sink() as sink, mail.Mailer(mail_at(sink.port)) as mailer:
        mailer.send(letter(name="Siân Ŵyn"))

    assert sink.body() == "Dear Sam\n.\n..two dots\nŷ\n"
    assert sink.letters[0]["To"].addresses[0].display_name == "Siân Ŵyn"


def test_one_connection_serves_a_batch() -> None:
    with running_sink() as sink, mail.Mailer(mail_at(sink.port)) as mailer:
        for number in range(5):
            mailer.send(letter(key=str(number)))

    assert len(sink.letters) == 5
    assert len(sink.sessions) == 1


def test_a_refused_recipient_is_permanent_and_the_next_letter_goes_out() -> None:
    with running_sink() as sink, mail.Mailer(mail_at(sink.port)) as mailer:
        sink.at_rcpt["gone@people.example"] = "550 no such person"
        with pytest.raises(mail.PermanentFailure, match="550 no such person"):
            mailer.send(letter("gone@people.example"))
        mailer.send(letter())

    assert sink.recipients() == ["sam@people.example"]
    assert len(sink.sessions) == 1


@pytest.mark.parametrize("answer", ["450 greylisted", "452 full"])
def test_a_busy_mailbox_is_temporary(answer: str) -> None:
    with running_sink() as sink, mail.Mailer(mail_at(sink.port)) as mailer:
        sink.at_rcpt["sam@people.example"] = answer
        with pytest.raises(mail.TemporaryFailure) as failure:
            mailer.send(letter())

    assert not isinstance(failure.value, mail.ServerUnavailable)


def test_content_refused_for_good_is_permanent() -> None:
    with running_sink() as sink, mail.Mailer(mail_at(sink.port)) as mailer:
        sink.at_data["sam@people.example"] = "554 not wanted"
        with pytest.raises(mail.PermanentFailure):
            mailer.send(letter())


def test_a_server_going_down_is_unavailable_for_all() -> None:
    with running_sink() as sink, mail.Mailer(mail_at(sink.port)) as mailer:
        sink.at_rcpt["sam@people.example"] = "421 closing"
        with pytest.raises(mail.ServerUnavailable):
            mailer.send(letter())


def test_a_connection_dropped_before_the_letter_is_temporary() -> None:
    with running_sink() as sink, mail.Mailer(mail_at(sink.port)) as mailer:
        sink.at_rcpt["sam@people.example"] = "drop"
        with pytest.raises(mail.ServerUnavailable):
            mailer.send(letter())
        sink.at_rcpt.clear()
        mailer.send(letter())

    assert len(sink.letters) == 1


def test_a_connection_dropped_after_the_letter_leaves_it_unknown() -> None:
    with running_sink() as sink, mail.Mailer(mail_at(sink.port)) as mailer:
        sink.at_data["sam@people.example"] = "drop"
        with pytest.raises(mail.DeliveryUnknown):
            mailer.send(letter())


def test_a_connection_that_went_stale_is_opened_anew() -> None:
    with mail.Mailer(mail_at(free_port())) as mailer, running_sink() as sink:
        mailer._settings = mail_at(sink.port)
        mailer.send(letter())
        assert mailer._smtp is not None
        assert mailer._smtp.sock is not None
        mailer._smtp.sock.shutdown(socket.SHUT_RDWR)
        mailer.send(letter(key="second"))

    assert len(sink.letters) == 2


def test_the_server_is_asked_once_for_each_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "MOMENT", 600.0)
    with running_sink() as sink, mail.Mailer(mail_at(sink.port)) as mailer:
        for number in range(3):
            mailer.connect()
            mailer.send(letter(key=str(number)))
        assert sink.asked == 2  # the first connection was new
        mailer.send(letter(key="without connect()"))
        assert sink.asked == 3
        monkeypatch.setattr(mail, "MOMENT", 0.0)
        mailer.connect()
        mailer.send(letter(key="long after"))
        assert sink.asked == 5

    assert len(sink.letters) == 5


def test_nobody_listening_is_unavailable() -> None:
    with mail.Mailer(mail_at(free_port())) as mailer, pytest.raises(mail.ServerUnavailable):
        mailer.send(letter())


def test_a_silent_server_does_not_hold_us_for_ever() -> None:
    over = threading.Event()
    with scripted_server(lambda connection: over.wait(60) and None) as port:
        mailer = mail.Mailer(mail_at(port), timeout=0.2)
        with pytest.raises(mail.ServerUnavailable, match="timed out"):
            mailer.send(letter())
        over.set()


def test_an_international_address_needs_a_server_that_takes_it() -> None:
    with running_sink(enable_SMTPUTF8=False) as sink:
        mailer = mail.Mailer(mail_at(sink.port))
        with pytest.raises(mail.PermanentFailure):
            mailer.send(letter("siân@people.example"))
        mailer.close()
    with running_sink(enable_SMTPUTF8=True) as sink, mail.Mailer(mail_at(sink.port)) as mailer:
        mailer.send(letter("siân@people.example"))

    assert sink.recipients() == ["siân@people.example"]


def test_the_rate_limit_spaces_letters() -> None:
    waits: list[float] = []
    mailer = mail.Mailer(mail_at(1, per_minute=60), pause=waits.append)
    for _ in range(3):
        mailer.wait_turn()

    assert len(waits) == 2
    assert 0.9 < waits[0] <= 1.0
    assert 1.9 < waits[1] <= 2.0


def test_starttls_with_a_name_and_password(tmp_path: Path) -> None:
    trusted, context = make_certificate(tmp_path)
    options = {"tls_context": context, "require_starttls": True, "auth_required": True}
    with running_sink(**options) as sink:
        settings = mail_at(
            sink.port, security="starttls", username="voting", password="right", ca_file=trusted
        )
        with mail.Mailer(settings) as mailer:
            mailer.send(letter())

    assert len(sink.letters) == 1
    assert sink.users == ["voting"]


def test_a_wrong_password_stops_the_batch_and_is_not_repeated(tmp_path: Path) -> None:
    trusted, context = make_certificate(tmp_path)
    options = {"tls_context": context, "require_starttls": True, "auth_required": True}
    with running_sink(**options) as sink:
        settings = mail_at(
            sink.port, security="starttls", username="voting", password="wrong", ca_file=trusted
        )
        with mail.Mailer(settings) as mailer, pytest.raises(mail.ServerUnavailable) as failure:
            mailer.send(letter())

    assert "wrong" not in str(failure.value)
    assert "wrong" not in repr(mailer)


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    _, context = make_certificate(tmp_path)
    with running_sink(tls_context=context, require_starttls=True) as sink:
        mailer = mail.Mailer(mail_at(sink.port, security="starttls"))
        with pytest.raises(mail.ServerUnavailable, match="certificate"):
            mailer.send(letter())

    assert sink.letters == []


def test_starttls_never_falls_back_to_clear_text() -> None:
    with running_sink() as sink:
        mailer = mail.Mailer(mail_at(sink.port, security="starttls"))
        with pytest.raises(mail.ServerUnavailable):
            mailer.send(letter())

    assert sink.letters == []


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    trusted, context = make_certificate(tmp_path)
    with running_sink(ssl_context=context) as sink:
        mailer = mail.Mailer(mail_at(sink.port, security="tls", ca_file=trusted))
        mailer.send(letter())
        mailer.close()

    assert len(sink.letters) == 1
