"""What is taken out of answers, and which are published. Every act is kept with who and why.

A passage that is taken out is replaced by as many blocks, so that tags keep their places; its own
words are sealed for the custodian, and each look at them is an act of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.orm import Session

from voting.domain.consulting import Stage
from voting.domain.errors import Conflict, FieldError, NotFound, refuse_faults
from voting.domain.wording import Words, check_both, check_text, clean_line, clean_text, read_words
from voting.store import proposals, releases
from voting.store.accounts import Account, find_account
from voting.store.consultations import Consultation, ConsultationQuestion
from voting.store.proposals import Proposal, ProposalRole, append_act
from voting.store.releases import Moderation, Redaction, Release
from voting.store.responses import Answer

BLOCK = "█"
CUSTODIAN = "custodian"  # the part in a proposal of who may read what was taken out
OTHER_PARTS = ("organiser", "commissioner")
REASON_LIMIT = 200


class Sealer(Protocol):
    """Keeps secrets unreadable at rest."""

    def seal(self, secret: bytes, /) -> bytes:
        """Return *secret* sealed."""

    def unseal(self, sealed: bytes, /) -> bytes:
        """Return what was sealed."""


def redact(
    session: Session,
    consultation: Consultation,
    answer: Answer,
    *,
    account: Account,
    passage: str,
    reason: str,
    sealer: Sealer,
    now: dt.datetime,
    reason_cy: str = "",
) -> None:
    """Take every place of *passage* out of an answer. Raises BadInput, Conflict before the close.

    The response's own draft, which holds the same words, is emptied.
    """
    require_closed(consultation)
    passage = clean_text(passage)
    bilingual = consultation.needs_welsh
    words = read_words(clean_line(reason), clean_line(reason_cy), bilingual=bilingual)
    faults = check_both("reason", "why it is taken out", words, limit=REASON_LIMIT)
    if not passage.replace(BLOCK, "").strip():
        faults.append(FieldError("passage", "Enter the words to take out."))
    elif passage not in answer.text:
        faults.append(
            FieldError("passage", "These words are not in the answer. Copy them exactly.")
        )
    refuse_faults(faults)
    while (start := answer.text.find(passage)) >= 0:
        made = _take_out(answer, start, passage, words, account, sealer, now)
        session.add(made)
    answer.response.draft = "{}"
    _record(session, consultation, answer, account, "redacted", words.english, now)


def _take_out(
    answer: Answer,
    start: int,
    passage: str,
    words: Words,
    account: Account,
    sealer: Sealer,
    now: dt.datetime,
) -> Redaction:
    """Put blocks in the place of the passage that begins at *start*; what keeps its words."""
    end = start + len(passage)
    answer.text = answer.text[:start] + BLOCK * len(passage) + answer.text[end:]
    return Redaction(
        answer_id=answer.id,
        start=start,
        end=end,
        reason=words.english,
        reason_cy=words.welsh,
        at=now,
        account_id=int(account.id),
        sealed=sealer.seal(passage.encode()),
    )


def read_original(
    session: Session,
    consultation: Consultation,
    answer: Answer,
    *,
    account: Account,
    reason: str,
    sealer: Sealer,
    now: dt.datetime,
) -> str:
    """An answer as it was given, for the custodian. The look is kept with its reason."""
    reason = clean_line(reason)
    refuse_faults(check_text("reason", "why you look at it", reason, limit=REASON_LIMIT))
    removed = releases.list_redactions(session, [answer.id])
    if not removed:
        raise NotFound("Nothing was taken out of this answer.")
    text = answer.text
    # The last one first: a passage may hold the blocks of one that was taken out before it.
    for redaction in sorted(removed, key=lambda each: each.id, reverse=True):
        own = sealer.unseal(redaction.sealed).decode()
        text = text[: redaction.start] + own + text[redaction.end :]
    _record(session, consultation, answer, account, "looked", reason, now)
    return text


def release(
    session: Session,
    consultation: Consultation,
    answer: Answer,
    *,
    account: Account,
    is_published: bool,
    reason: str = "",
    now: dt.datetime,
) -> None:
    """Decide whether an answer is published. Raises Conflict without the person's consent."""
    require_closed(consultation)
    reason = clean_line(reason)
    if is_published and not answer.response.may_publish:
        raise Conflict("Who gave this answer did not agree to its publication.")
    if not is_published:
        refuse_faults(check_text("reason", "why it is withheld", reason, limit=REASON_LIMIT))
    kept = session.get(Release, answer.id)
    if kept is None:
        kept = Release(answer_id=answer.id)
        session.add(kept)
    kept.is_published, kept.reason, kept.at = is_published, reason, now
    kept.account_id = int(account.id)
    kind = "published" if is_published else "withheld"
    _record(session, consultation, answer, account, kind, reason, now)


def release_together(
    session: Session,
    consultation: Consultation,
    question: ConsultationQuestion,
    answer_ids: Sequence[int],
    *,
    account: Account,
    now: dt.datetime,
) -> int:
    """Release those of the answers to *question* that wait for a decision; how many they were.

    What somebody has decided on meanwhile, or whose giver did not agree, is left as it is. Raises
    BadInput, field ``answers``, when no answer is named.
    """
    require_closed(consultation)
    if not answer_ids:
        refuse_faults([FieldError("answers", "Tick the answers that are published.")])
    waiting = releases.list_undecided(session, question.id, only=answer_ids[: releases.PAGE])
    for answer in waiting:
        release(session, consultation, answer, account=account, is_published=True, now=now)
    return len(waiting)


def name_custodian(session: Session, proposal: Proposal, *, email: str, now: dt.datetime) -> None:
    """Let one account read what was taken out, and whoever was named before no more; who organises
    the proposal cannot be it.

    The account needs the role of an organiser, of another proposal or of none. Public on the
    trail, without the address. Raises BadInput, field ``email``.
    """
    account = find_account(session, clean_line(email))
    if account is None or not account.has_role("organiser"):
        refuse_faults([FieldError("email", "There is no organiser's account with this address.")])
        return
    holder = int(account.id)
    if any(proposals.has_role(session, proposal.id, holder, role) for role in OTHER_PARTS):
        told = "Who has another part in this proposal cannot be its custodian. Name somebody else."
        refuse_faults([FieldError("email", told)])
    if not proposals.has_role(session, proposal.id, holder, CUSTODIAN):
        proposals.drop_role(session, proposal.id, CUSTODIAN)
        session.add(ProposalRole(proposal_id=proposal.id, account_id=holder, role=CUSTODIAN))
        session.flush()
        append_act(session, proposal.id, None, "custodian-named", now=now, details={})


def require_closed(consultation: Consultation) -> None:
    """Raise Conflict while people may still change what they wrote."""
    if consultation.state != Stage.CLOSED:
        raise Conflict(
            "This consultation is not closed. Until then people may change what they wrote, so "
            "nothing is read, counted, taken out or published."
        )


def _record(
    session: Session,
    consultation: Consultation,
    answer: Answer,
    account: Account,
    kind: str,
    reason: str,
    now: dt.datetime,
) -> None:
    session.add(
        Moderation(
            consultation_id=consultation.id,
            answer_id=answer.id,
            account_id=int(account.id),
            kind=kind,
            at=now,
            reason=reason,
        )
    )
    session.flush()
