"""Polls with their questions, options and rules, and the elections they are counted in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import (
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    select,
)
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship

from voting.domain.lifecycle import State, Timetable
from voting.domain.methods import Method, read_method
from voting.domain.wording import find_none_of_these
from voting.store.database import Base
from voting.store.languages import InTwoLanguages
from voting.store.proposals import Constituency, Proposal, append_act
from voting.store.roll import Elector


class Poll(InTwoLanguages, Base):
    """A formal vote: draft, ready, open, closed, counting, declared, published, or cancelled.

    Texts ending in ``_cy`` are Welsh; once it is frozen, all of them are there or none.
    """

    __tablename__ = "poll"
    __table_args__ = (UniqueConstraint("proposal_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    introduction: Mapped[str] = mapped_column(Text, default="")
    title_cy: Mapped[str] = mapped_column(String(200), default="")
    introduction_cy: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(20), default="draft", index=True)
    group: Mapped[str] = mapped_column(String(40), default="Ed25519")
    opens_at: Mapped[dt.datetime | None]
    closes_at: Mapped[dt.datetime | None]
    grace_minutes: Mapped[int] = mapped_column(default=10)  # 0 to 10
    checking_hours: Mapped[int] = mapped_column(default=24)  # 0 to 168, between close and count
    closed_at: Mapped[dt.datetime | None]  # when the ballot box was sealed
    show_ballot_count: Mapped[bool] = mapped_column(default=False)
    deciding_question: Mapped[int] = mapped_column(
        default=0
    )  # position of the question that decides
    carrying_option: Mapped[
        int | None
    ]  # position of the option that carries; None: the leading one
    combination: Mapped[str] = mapped_column(String(40), default="all-deciding")
    # who holds the keys:
    key_holding: Mapped[str] = mapped_column(String(20), default="simple")  # or scrutineers
    key_size: Mapped[int] = mapped_column(default=3)  # scrutineers in all
    threshold: Mapped[int] = mapped_column(default=2)  # of them needed to count
    with_service_key: Mapped[bool] = mapped_column(default=False)  # the service's own share
    all_needed_reason: Mapped[str] = mapped_column(Text, default="")  # published; for n of n
    all_needed_reason_cy: Mapped[str] = mapped_column(Text, default="")
    ceremony: Mapped[str | None] = mapped_column(String(40))  # set while keys are being made
    issuer: Mapped[str] = mapped_column(String(200), default="")  # who makes the codes; "": service
    issuer_contact: Mapped[str] = mapped_column(String(300), default="")
    issuer_contact_cy: Mapped[str] = mapped_column(String(300), default="")
    frozen_at: Mapped[dt.datetime | None]
    frozen_json: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    frozen_hash: Mapped[str | None] = mapped_column(String(64))
    counting_wanted_at: Mapped[dt.datetime | None]  # the organiser asked for the count
    published_at: Mapped[dt.datetime | None]
    kept_months: Mapped[int] = mapped_column(default=12)  # ballots, after the announcement (S3)
    hold_reason: Mapped[str] = mapped_column(Text, default="")  # legal hold; "": none
    hold_reason_cy: Mapped[str] = mapped_column(Text, default="")
    purged_at: Mapped[dt.datetime | None]  # the ballots were destroyed
    outcome_json: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))

    proposal: Mapped[Proposal] = relationship()
    questions: Mapped[list[Question]] = relationship(
        order_by="Question.position", cascade="all, delete-orphan", back_populates="poll"
    )
    rules: Mapped[list[DecisionRule]] = relationship(
        order_by="DecisionRule.id", cascade="all, delete-orphan"
    )
    elections: Mapped[list[Election]] = relationship(order_by="Election.id", back_populates="poll")

    @property
    def timetable(self) -> Timetable:
        """When the poll takes ballots; raises ValueError while its dates are not set."""
        return _make_timetable(
            self.opens_at,
            self.closes_at,
            self.grace_minutes,
            self.state,
            self.checking_hours,
            self.closed_at,
        )

    @property
    def is_bilingual(self) -> bool:
        """Whether it is in English and in Welsh: the proposal says so until it is frozen."""
        if self.state == State.DRAFT:
            return self.proposal.is_bilingual
        return bool(self.title_cy)

    @property
    def is_decided_by_count(self) -> bool:
        """Whether the deciding question has a counting rule of its own, whose winner carries."""
        place = self.deciding_question
        if not 0 <= place < len(self.questions):
            return False
        return self.questions[place].method.is_counted


class Question(Base):
    """One question, answered and counted by its method. A blank vote is always offered.

    *minimum* and *maximum* are for choosing: choose one, or choose up to *maximum*.
    """

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("poll_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(500))
    text_cy: Mapped[str] = mapped_column(String(500), default="")
    minimum: Mapped[int] = mapped_column(default=1)
    maximum: Mapped[int] = mapped_column(default=1)
    method_json: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")

    poll: Mapped[Poll] = relationship(back_populates="questions")
    options: Mapped[list[Option]] = relationship(
        order_by="Option.position", cascade="all, delete-orphan"
    )

    @property
    def method(self) -> Method:
        """How it is answered and counted."""
        return read_method(self.method_json)

    @property
    def refusal(self) -> Option | None:
        """Of several places, one that this option wins stays empty: "None of these"."""
        text = find_none_of_these([option.text for option in self.options])
        several = self.method.seats > 1
        return next((one for one in self.options if several and one.text == text), None)


class Option(Base):
    """One answer a voter may choose, with the balanced background shown beside it."""

    __tablename__ = "option"
    __table_args__ = (UniqueConstraint("question_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    benefits: Mapped[str] = mapped_column(Text, default="")
    drawbacks: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    text_cy: Mapped[str] = mapped_column(String(200), default="")
    description_cy: Mapped[str] = mapped_column(Text, default="")
    benefits_cy: Mapped[str] = mapped_column(Text, default="")
    drawbacks_cy: Mapped[str] = mapped_column(Text, default="")
    source_cy: Mapped[str] = mapped_column(Text, default="")


class DecisionRule(Base):
    """What one constituency must reach. Fractions are kept as numerator and denominator."""

    __tablename__ = "decision_rule"
    __table_args__ = (UniqueConstraint("poll_id", "constituency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    constituency_id: Mapped[int] = mapped_column(ForeignKey("constituency.id"))
    standing: Mapped[str] = mapped_column(String(10))  # decides, advises
    comparison: Mapped[str] = mapped_column(String(10))  # more-than, at-least
    numerator: Mapped[int]
    denominator: Mapped[int]
    base: Mapped[str] = mapped_column(String(10))  # valid, papers, roll
    turnout_percent: Mapped[int] = mapped_column(default=0)  # 0: none

    constituency: Mapped[Constituency] = relationship()


class Election(Base):
    """One constituency of a poll: an election in the sense of the Belenios specification."""

    __tablename__ = "election"
    __table_args__ = (UniqueConstraint("poll_id", "constituency_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id"))
    constituency_id: Mapped[int] = mapped_column(ForeignKey("constituency.id"))
    uuid: Mapped[str] = mapped_column(String(40), unique=True)
    definition: Mapped[bytes] = deferred(mapped_column(LargeBinary))  # election.json, as hashed
    fingerprint: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[dt.datetime]  # the timestamp in the archive
    electors: Mapped[int]  # how many credentials
    total_weight: Mapped[int]
    # sealed with MultiFernet, destroyed after the count:
    sealed_key: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    sealed_seed: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    result: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    verification_json: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))

    poll: Mapped[Poll] = relationship(back_populates="elections")
    constituency: Mapped[Constituency] = relationship()

    def __repr__(self) -> str:
        return f"<Election {self.uuid}>"


def find_poll(session: Session, proposal_id: int, slug: str) -> Poll | None:
    """The poll of a proposal with this slug."""
    return session.scalar(select(Poll).where(Poll.proposal_id == proposal_id, Poll.slug == slug))


def list_polls(session: Session, proposal_id: int) -> list[Poll]:
    """The polls of a proposal in the order they were made."""
    return list(
        session.scalars(select(Poll).where(Poll.proposal_id == proposal_id).order_by(Poll.id))
    )


def list_polls_in(session: Session, *states: str) -> list[Poll]:
    """All polls in one of these states, oldest first."""
    return list(session.scalars(select(Poll).where(Poll.state.in_(states)).order_by(Poll.id)))


def find_election(session: Session, poll_id: int, constituency_id: int) -> Election | None:
    """The election of a poll for one constituency."""
    return session.scalar(
        select(Election).where(
            Election.poll_id == poll_id, Election.constituency_id == constituency_id
        )
    )


def find_election_by_uuid(session: Session, uuid: str) -> Election | None:
    """The election with this uuid."""
    return session.scalar(select(Election).where(Election.uuid == uuid))


def list_polls_using(session: Session, constituency_id: int) -> list[Poll]:
    """The frozen polls that a constituency votes in (each has an election for it)."""
    return list(
        session.scalars(
            select(Poll)
            .join(Election, Election.poll_id == Poll.id)
            .where(Election.constituency_id == constituency_id)
            .order_by(Poll.id)
        )
    )


def list_poll_slugs(session: Session, proposal_id: int) -> list[str]:
    """The addresses that the proposal's polls have taken."""
    return list(session.scalars(select(Poll.slug).where(Poll.proposal_id == proposal_id)))


def lock_poll(session: Session, poll_id: int) -> Poll:
    """The poll as it stands now, its row locked until the transaction ends; raises LookupError."""
    poll = session.scalar(
        select(Poll)
        .where(Poll.id == poll_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if poll is None:
        raise LookupError(f"no poll {poll_id}")
    return poll


def delete_rules(session: Session, constituency_id: int) -> None:
    """Remove a constituency's rules from every poll."""
    for rule in session.scalars(
        select(DecisionRule).where(DecisionRule.constituency_id == constituency_id)
    ):
        session.delete(rule)


def _make_timetable(
    opens_at: dt.datetime | None,
    closes_at: dt.datetime | None,
    grace_minutes: int,
    state: str,
    checking_hours: int,
    closed_at: dt.datetime | None,
) -> Timetable:
    if opens_at is None or closes_at is None:
        raise ValueError("the poll has no dates yet")
    return Timetable(
        opens_at,
        closes_at,
        dt.timedelta(minutes=grace_minutes),
        State(state),
        dt.timedelta(hours=checking_hours),
        closed_at,
    )


@dataclass(frozen=True, slots=True)
class PollingPlace:
    """What casting needs to know of an election and one of its electors, and nothing larger."""

    poll_id: int
    fingerprint: str
    language: str
    timetable: Timetable


_PLACE = (  # built once: every ballot that is cast asks this twice
    select(
        Poll.id,
        Election.fingerprint,
        Elector.language,
        Poll.opens_at,
        Poll.closes_at,
        Poll.grace_minutes,
        Poll.state,
        Poll.checking_hours,
        Poll.closed_at,
    )
    .join(Election, Election.poll_id == Poll.id)
    .join(Elector, Elector.constituency_id == Election.constituency_id)
    .where(Election.id == bindparam("election_id"), Elector.id == bindparam("elector_id"))
)


def find_polling_place(session: Session, election_id: int, elector_id: int) -> PollingPlace | None:
    """Where this elector votes in this election; None when they are not on its roll."""
    asked = {"election_id": election_id, "elector_id": elector_id}
    row = session.execute(_PLACE, asked).first()
    if row is None:
        return None
    return PollingPlace(row[0], row[1], row[2], _make_timetable(*row[3:]))


def get_definition(session: Session, election_id: int) -> bytes:
    """The bytes of election.json."""
    return session.execute(
        select(Election.definition).where(Election.id == election_id)
    ).scalar_one()


def destroy_secrets(session: Session, election: Election, *, now: dt.datetime) -> bool:
    """Destroy the sealed key and seed of an election and put that on the public trail.

    Returns whether there was anything left to destroy; repeating it does nothing.
    """
    if election.sealed_key is None and election.sealed_seed is None:
        return False
    election.sealed_key = None
    election.sealed_seed = None
    details = {"election": election.uuid, "constituency": election.constituency.code}
    poll = election.poll
    append_act(session, poll.proposal_id, poll.id, "keys-destroyed", now=now, details=details)
    return True
