"""What the public may read, and that nothing is published that does not pass every check."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import tracemalloc

import pytest
from sqlalchemy import Engine, delete, insert, select

from tests.election_ground import AFTER, AIMS, BLANK, FORM, NO, YES, Ground, make_ground
from voting.belenios.verify import verify_archive
from voting.domain.errors import Conflict, NotFound, Refusal
from voting.services import publication
from voting.services.publication import CANCELLED, COUNTED, IN_BOX, NOT_FOUND, REPLACED
from voting.store.board import BoardData, BoardEvent
from voting.store.letters import Letter
from voting.store.polls import Election, Poll
from voting.store.proposals import list_acts


def archive(ground: Ground, place: int = 0) -> bytes:
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[place])
        return b"".join(publication.archive_stream(session, election))


def state_of(ground: Ground, text: str) -> str:
    with ground.session() as session:
        return publication.find_tracker(session, text).state


def make_published(engine: Engine) -> Ground:
    ground = make_ground(engine, rolls=((1, 2, 1), (1, 1)), questions=(FORM, AIMS))
    ground.vote(NO, [0, 1, 0, 0, 0])
    ground.vote(YES, [0, 1, 1, 0, 0])
    ground.vote(YES, [1, 0, 0, 0, 0], voter=1)
    ground.vote(BLANK, [0, 0, 0, 0, 1], place=1)
    ground.finish()
    return ground


# ------------------------------------------------------------------ the whole life


def test_a_published_archive_passes_every_check_of_the_verifier(engine: Engine):
    ground = make_published(engine)
    for place, result in enumerate([[[0, 3, 0], [2, 1, 1, 0, 0]], [[1, 0, 0], [0, 0, 0, 0, 1]]]):
        report = verify_archive(io.BytesIO(archive(ground, place)))
        assert report.valid, report.error
        assert report.stage == "result"
        assert report.result == result


def test_publication_keeps_the_reports_and_names_each_archives_hash(engine: Engine):
    ground = make_published(engine)
    with ground.session() as session:
        poll = session.get_one(Poll, ground.poll_id)
        assert poll.state == "published"
        assert poll.published_at == AFTER
        act = list_acts(session, poll.proposal_id)[-1]
        told = json.loads(act.body)
        assert act.kind == "published"
        for place, election in enumerate(poll.elections):
            assert json.loads(election.verification_json or b"")["valid"] is True
            digest = hashlib.sha256(archive(ground, place)).hexdigest()
            assert told["archives"][f"{election.uuid}.bel"] == digest
            outcome = publication.outcome_of(poll)
            assert outcome["constituencies"][place]["archive_sha256"] == digest
        assert told["outcome"] == hashlib.sha256(poll.outcome_json or b"").hexdigest()


def test_every_elector_is_owed_the_result_voted_or_not(engine: Engine):
    ground = make_published(engine)
    with ground.session() as session:
        owed = session.scalars(select(Letter.elector_id).where(Letter.kind == "result")).all()
    assert sorted(i for i in owed if i) == sorted(ground.electors[0] + ground.electors[1])


def test_the_size_told_is_the_size_of_the_archive(engine: Engine):
    ground = make_ground(engine)
    ground.vote(YES)
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[0])
        assert publication.archive_size(session, election) == len(archive(ground))


# ------------------------------------------------------------------ what is not published


def test_nothing_is_published_before_it_is_declared(engine: Engine):
    ground = make_ground(engine)
    ground.close()
    ground.count()
    with pytest.raises(Conflict):
        ground.publish()


def test_a_poll_is_published_once(engine: Engine):
    ground = make_published(engine)
    with pytest.raises(Conflict, match="has been published"):
        ground.publish()


@pytest.mark.parametrize(
    "damage",
    ["a ballot dropped", "a byte changed", "another result declared", "another election's box"],
)
def test_an_archive_that_does_not_pass_is_not_published(engine: Engine, damage: str):
    ground = make_ground(engine)
    ground.vote(YES)
    ground.vote(NO, voter=1)
    ground.close()
    ground.count()
    ground.declare()
    with ground.session() as session:
        if damage == "a ballot dropped":
            for table in (BoardData, BoardEvent):
                session.execute(delete(table).where(table.position == 2))
        elif damage == "a byte changed":
            row = session.scalars(select(BoardData).where(BoardData.position == 1)).one()
            row.body = row.body.replace(b"1", b"2", 1)
        elif damage == "another result declared":
            session.get_one(Election, ground.elections[0]).result = b'{"result":[[0,2,0]]}'
        else:
            session.get_one(Election, ground.elections[0]).uuid = "AnotherElectn1"
        session.commit()
    with pytest.raises(Conflict, match="Nothing was published"):
        ground.publish()
    with ground.session() as session:
        poll = session.get_one(Poll, ground.poll_id)
        assert poll.state == "declared"
        assert poll.elections[0].verification_json is None
        assert session.scalar(select(Letter.id).where(Letter.kind == "result")) is None


def test_there_is_no_outcome_before_there_is_one(engine: Engine):
    ground = make_ground(engine)
    with ground.session() as session:
        poll = session.get_one(Poll, ground.poll_id)
        for read in (publication.outcome_of, publication.outcome_csv):
            with pytest.raises(NotFound):
                read(poll)


# ------------------------------------------------------------------ the outcome as a table


def test_the_table_has_every_figure(engine: Engine):
    ground = make_published(engine)
    with ground.session() as session:
        text = publication.outcome_csv(session.get_one(Poll, ground.poll_id))
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Constituency", "Electors", "Papers", "Question", "Option", "Votes"]
    assert ["Staff", "3", "3", FORM[0], "Yes", "3"] in rows
    assert ["Users", "2", "1", FORM[0], "Blank", "1"] in rows
    assert len(rows) == 1 + 2 * (3 + 5)


def test_no_cell_of_the_table_is_read_as_a_formula(engine: Engine):
    traps = ("=1+1", "+cmd", "-2", "@SUM(A1)", "\tx", " =1", 'a,"b"')
    ground = make_ground(engine, questions=(("=HYPERLINK()", 1, traps),))
    ground.finish()
    with ground.session() as session:
        text = publication.outcome_csv(session.get_one(Poll, ground.poll_id))
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[4] for row in rows[1:]] == [
        "'=1+1",
        "'+cmd",
        "'-2",
        "'@SUM(A1)",
        "'\tx",
        "' =1",
        'a,"b"',
        "Blank",
    ]
    assert {row[3] for row in rows[1:]} == {"'=HYPERLINK()"}


# ------------------------------------------------------------------ tracking numbers


def test_a_tracking_number_is_found_in_every_form(engine: Engine):
    ground = make_ground(engine)
    raw = ground.seal(YES)
    receipt = ground.cast(raw)
    digest = hashlib.sha256(raw).digest()
    dashed = receipt.display.replace(" ", "-")
    for text in (
        receipt.digits,
        receipt.display,
        f"  {receipt.display}\n",
        receipt.display.replace(" ", "\u00a0"),
        dashed,
        receipt.tracker,
        f"{receipt.tracker}=",
        digest.hex(),
        digest.hex().upper(),
        base64.b64encode(digest).decode(),
    ):
        assert state_of(ground, text) == IN_BOX, text


@pytest.mark.parametrize(
    "text",
    ["", "12345", "0" * 25, "0" * 24, "9" * 26, "a" * 43, "f" * 64, "²" * 25, "é", "x" * 10**5],
)
def test_a_number_that_is_on_no_board_is_not_found(engine: Engine, text: str):
    ground = make_ground(engine)
    ground.vote(YES)
    assert state_of(ground, text) == NOT_FOUND


def test_a_tracking_number_tells_whether_its_ballot_counts(engine: Engine):
    ground = make_ground(engine)
    first = ground.vote(YES)
    assert state_of(ground, first.digits) == IN_BOX
    second = ground.vote(NO)
    assert state_of(ground, first.digits) == REPLACED
    assert state_of(ground, second.digits) == IN_BOX
    ground.finish()
    assert state_of(ground, first.digits) == REPLACED
    assert state_of(ground, second.digits) == COUNTED
    with ground.session() as session:
        finding = publication.find_tracker(session, second.display)
        assert finding.poll is not None
        assert finding.election is not None
        assert finding.poll.id == ground.poll_id
        assert finding.display == second.display


def test_a_cancelled_vote_promises_no_count(engine: Engine):
    ground = make_ground(engine)
    receipt = ground.vote(YES)
    with ground.session() as session:
        session.get_one(Poll, ground.poll_id).state = "cancelled"
        session.commit()
    assert state_of(ground, receipt.digits) == CANCELLED


def test_the_end_of_a_board_is_no_ballot_however_its_hash_is_looked_up(engine: Engine):
    ground = make_ground(engine)
    with ground.session() as session:
        setup = session.scalars(select(BoardEvent.payload)).one()
    assert setup is not None
    assert state_of(ground, setup) == NOT_FOUND


# ------------------------------------------------------------------ the ballot box


def test_the_ballot_box_is_read_a_page_at_a_time(engine: Engine):
    ground = make_ground(engine, rolls=([1] * 5,), show_ballot_count=True)
    digits = [ground.vote(YES, voter=voter).digits for voter in (0, 1, 2, 0, 3)]
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[0])
        first = publication.list_trackers(session, election, limit=3)
        assert first.next_after is not None
        second = publication.list_trackers(session, election, after=first.next_after, limit=3)
    rows = first.rows + second.rows
    assert [row.digits for row in rows] == digits
    assert [row.replaced for row in rows] == [True, False, False, False, False]
    assert rows[0].display == " ".join(digits[0][n : n + 5] for n in range(0, 25, 5))
    assert second.next_after is None


def test_the_ballot_box_stays_shut_during_voting_unless_the_organiser_allowed_it(engine: Engine):
    ground = make_ground(engine)
    receipt = ground.vote(YES)
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[0])
        assert publication.list_trackers(session, election).rows == []
    ground.close()
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[0])
        rows = publication.list_trackers(session, election).rows
    assert [row.digits for row in rows] == [receipt.digits]


def test_turnout_is_a_number_and_not_even_that_below_three(engine: Engine):
    ground = make_ground(engine, rolls=([1] * 5, [1]))

    def turnout() -> list[str]:
        with ground.session() as session:
            found = publication.turnout(session, session.get_one(Poll, ground.poll_id))
            return [f"{part.name} {part.in_words} of {part.electors}" for part in found]

    for voter in (0, 1, 1):
        ground.vote(YES, voter=voter)
    assert turnout() == ["Staff fewer than 3 of 5", "Users fewer than 3 of 1"]
    ground.vote(YES, voter=2)
    assert turnout()[0] == "Staff 3 of 5"
    ground.close()
    assert turnout() == ["Staff 3 of 5", "Users 0 of 1"]


def test_a_draft_has_no_turnout(engine: Engine):
    ground = make_ground(engine)
    with ground.session() as session:
        poll = session.get_one(Poll, ground.poll_id)
        poll.state = "draft"
        with pytest.raises(Refusal):
            publication.turnout(session, poll)


# ------------------------------------------------------------------ size


def test_streaming_an_archive_takes_no_more_memory_for_more_ballots(engine: Engine):
    ground = make_ground(engine)
    fill(ground, 1, 500)
    small = peak_of_streaming(ground)
    fill(ground, 501, 5000)
    assert peak_of_streaming(ground) < small * 1.25


def fill(ground: Ground, first: int, last: int) -> None:
    """Rows as large as a ballot's, put straight on the board."""
    election_id = ground.elections[0]
    with ground.session() as session:
        for position in range(first, last + 1):
            mark = f"{position:064}"
            event = {"type": "Ballot", "body": b"e" * 250, "hash": mark, "payload": mark}
            data = {"part": 0, "hash": mark, "body": mark.encode() * 100}
            place = {"election_id": election_id, "position": position}
            session.execute(insert(BoardEvent).values(**place, **event, credential="c"))
            session.execute(insert(BoardData).values(**place, **data))
        session.commit()


def peak_of_streaming(ground: Ground) -> int:
    """The most bytes in use while the archive is streamed and thrown away."""
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[0])
        tracemalloc.start()
        size = sum(len(piece) for piece in publication.archive_stream(session, election))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert size == publication.archive_size(session, election)
    return peak
