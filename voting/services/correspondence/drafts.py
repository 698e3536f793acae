"""A letter about a proposal before it goes to many: how it reads, to how many, and a test (M3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from voting import mail
from voting.services.correspondence.bulk import BulkPreview, list_languages, owe_tests
from voting.services.correspondence.notices import TEST, draft_words, proposal_context
from voting.store import letters
from voting.store.accounts import Account
from voting.store.notices import CHANGES, NEWS, count_people
from voting.store.proposals import Proposal

_WHO = {
    "elector": "On the rolls",
    "participant": "Of the public, with an address they confirmed",
    "reader": "Others who want updates",
}
_WHO_OF = {
    NEWS: {"reader": "Those who want updates"},
    CHANGES: {"elector": "On the rolls that were consulted"},
}


def preview_notice(
    session: Session, proposal: Proposal, kind: str, told: Mapping[str, str], *, base_url: str
) -> BulkPreview:
    """What sending this letter now would do; *told* is its texts as far as they were typed.

    An update is shown as those who want updates get it, the others as someone on a roll does.
    """
    counts = count_people(session, proposal.id, kind)
    names = _WHO | _WHO_OF.get(kind, {})
    in_welsh = sum(count_people(session, proposal.id, kind, "cy").values())
    samples = {}
    for language in list_languages(proposal, in_welsh):
        base = f"{base_url}/p/{proposal.slug}"
        words = draft_words(session, proposal, kind, told, language)
        own = {"name": "", "stop": f"{base}/stop/EXAMPLE"} if kind == NEWS else _ON_A_ROLL
        context = proposal_context(proposal, language) | own | words
        samples[language] = mail.render(kind, language, context | {"link": base + words["link"]})
    return BulkPreview(
        kind,
        tuple((names[who], number) for who, number in counts.items()),
        samples["en"],
        samples.get("cy"),
        in_welsh,
    )


_ON_A_ROLL = {"name": "Sam Jones", "stop": ""}


def test_notice(
    session: Session,
    proposal: Proposal,
    kind: str,
    told: Mapping[str, str],
    *,
    account: Account,
    now: dt.datetime,
) -> int:
    """Owe a test copy in each language to the account's own address; how many they are.

    Raises Conflict within a minute of the one before.
    """
    in_welsh = sum(count_people(session, proposal.id, kind, "cy").values())
    languages = list_languages(proposal, in_welsh)
    about, details = f"{kind}:{proposal.id}", {"kind": kind, "told": dict(told)}
    place: letters.About = {"proposal_id": proposal.id}
    made = owe_tests(session, TEST, about, languages, details, place, account, now=now)
    return len(made)
