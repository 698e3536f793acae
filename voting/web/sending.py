"""Letters to many from any desk: how they read, a test to oneself, and the sender woken (M3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from flask import current_app, flash

from voting.domain.errors import Conflict
from voting.services import correspondence
from voting.services.correspondence import BulkPreview
from voting.store.database import db
from voting.store.proposals import Proposal
from voting.web.access import current_account

TOO_SOON = "Your test letter is on the way already. You can send another in a minute."


def look_now() -> None:
    """Have the sender look soon; it looks within a minute anyway."""
    current_app.extensions.get("voting.look_now", lambda: None)()


def read_base_url() -> str:
    """The address of this service, as letters give it."""
    return str(current_app.extensions["voting.settings"].base_url).rstrip("/")


def tell_test(number: int) -> None:
    """Say that *number* test letters, one in each language, are on the way to oneself."""
    told = "A test letter is" if number == 1 else "Test letters in both languages are"
    flash(f"{told} on the way to {current_account().email}.", "success")


def preview_notice(proposal: Proposal, kind: str, told: Mapping[str, str]) -> BulkPreview:
    """How a letter about a proposal reads as far as it was typed, and to how many it goes."""
    return correspondence.preview_notice(
        db.session(), proposal, kind, told, base_url=read_base_url()
    )


def test_notice(
    proposal: Proposal, kind: str, told: Mapping[str, str], *, now: dt.datetime
) -> None:
    """Send a letter about a proposal to one's own address, in each language it goes out in."""
    account = current_account()
    try:
        number = correspondence.test_notice(
            db.session(), proposal, kind, told, account=account, now=now
        )
    except Conflict:
        flash(TOO_SOON, "success")
    else:
        look_now()
        tell_test(number)
