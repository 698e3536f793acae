"""Codes of an independent issuer: the two files, and what a list must cover to be taken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from voting.belenios.credential import parse_public_credentials, public_credential
from voting.belenios.encoding import decode_json, encode_json
from voting.belenios.errors import Malformed, ProtocolError
from voting.belenios.groups import get_group
from voting.belenios.issuing import (
    Codes,
    IssueTask,
    PublicList,
    check_coverage,
    fingerprint_roll,
    make_codes,
    make_public_list,
    parse_public_list,
    parse_task,
)

UUID = "AbCdEfGhJkLmNp"
ROLL = {7: 1, 3: 5, 11: 1}
GROUPS = ("Ed25519", "BELENIOS-2048")


def make_task(group: str = "Ed25519") -> IssueTask:
    weights = fingerprint_roll(ROLL.items())
    return IssueTask(UUID, group, "Shall we?", "Staff", weights, len(ROLL), sum(ROLL.values()))


def make_all(group: str = "Ed25519") -> tuple[list[Codes], PublicList]:
    codes = make_codes((group, UUID, list(ROLL)))
    return codes, parse_public_list(make_public_list(make_task(group), codes, ROLL))


def refuse(issued: PublicList, told: str, **asked: Any) -> None:
    with pytest.raises(Malformed, match=told):
        check_coverage(issued, **{"uuid": UUID, "group": "Ed25519", "roll": ROLL, **asked})


@pytest.mark.parametrize("group", GROUPS)
def test_each_elector_has_one_code_whose_public_half_is_listed(group: str) -> None:
    codes, issued = make_all(group)
    assert len({code for _elector, code, _public in codes}) == len(ROLL)
    for elector, code, public in codes:
        assert public == public_credential(get_group(group), UUID, code)
        assert (elector, public, ROLL[elector]) in issued.entries
    covered = check_coverage(issued, uuid=UUID, group=group, roll=ROLL)
    assert sorted((elector, weight) for _public, weight, elector in covered) == sorted(ROLL.items())
    listed = encode_json([f"{public},{weight}" for public, weight, _elector in covered])
    assert sum(parse_public_credentials(get_group(group), listed).values()) == 7


def test_no_code_is_in_the_list_that_is_handed_back() -> None:
    codes, issued = make_all()
    assert not any(code.encode() in issued.to_json() for _elector, code, _public in codes)


def test_files_are_read_as_they_were_written() -> None:
    task, (_codes, issued) = make_task(), make_all()
    assert parse_task(task.to_json()) == task
    assert parse_public_list(issued.to_json()) == issued


def test_the_page_for_codes_is_an_address_or_nothing() -> None:
    page = "https://votes.example/p/leisure/form/code"
    task = replace(make_task(), page=page)
    assert parse_task(task.to_json()).page == page
    fields: Any = decode_json(task.to_json())
    del fields["page"]  # a file of an earlier version
    assert parse_task(encode_json(fields)) == make_task()
    for wrong in (7, "javascript:alert(1)", f"{page}#", "//votes.example"):
        with pytest.raises(Malformed):
            parse_task(encode_json({**fields, "page": wrong}))


def test_the_fingerprint_of_a_roll_is_of_people_and_weights_in_any_order() -> None:
    assert fingerprint_roll(ROLL.items()) == fingerprint_roll(sorted(ROLL.items()))
    assert fingerprint_roll(ROLL.items()) != fingerprint_roll({**ROLL, 3: 4}.items())
    assert fingerprint_roll([(1, 11)]) != fingerprint_roll([(11, 1)])


def test_a_list_that_does_not_cover_the_roll_is_refused() -> None:
    _codes, issued = make_all()
    first, second, third = issued.entries
    refuse(replace(issued, entries=(first, second)), "1 elector has no credential; the first is")
    refuse(replace(issued, entries=(first, second, second)), "two credentials")
    refuse(replace(issued, entries=(first, second, (8, third[1], 1))), "not on the roll")
    refuse(replace(issued, entries=(*issued.entries, (8, third[1], 1))), "not on the roll")
    heavier = (first[0], first[1], first[2] + 1)
    refuse(replace(issued, entries=(heavier, second, third)), "has the weight 6 in the list and 5")
    same = (first[0], second[1], first[2])
    refuse(replace(issued, entries=(same, second, third)), "twice")
    broken = (first[0], "f" * 64, first[2])
    refuse(replace(issued, entries=(broken, second, third)), "credential 1")
    torsion = (first[0], "0" * 64, first[2])
    refuse(replace(issued, entries=(torsion, second, third)), "credential 1")


def test_a_list_of_another_vote_or_another_roll_is_refused() -> None:
    _codes, issued = make_all()
    refuse(issued, "another vote", uuid=UUID[::-1])
    refuse(issued, "another vote", group="RFC-3526-2048")
    refuse(issued, "another state of the roll", roll={**ROLL, 11: 2})
    refuse(issued, "another state of the roll", roll={**ROLL, 12: 1})


@pytest.mark.parametrize(
    "change",
    [
        {"format": "voting-issue-2"},
        {"uuid": 5},
        {"electors": "3"},
        {"electors": True},
        {"group": "Ed448"},
    ],
)
def test_a_broken_file_for_the_issuer_is_refused(change: dict[str, Any]) -> None:
    fields = decode_json(make_task().to_json())
    with pytest.raises(ProtocolError):
        parse_task(encode_json({**fields, **change}))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"format":"voting-credentials-1"}',
        b'{"format":"voting-credentials-1","credentials":[[1,"a"]]}',
        b'{"format":"voting-credentials-1","credentials":[[1,"a",0]]}',
        b'{"format":"voting-credentials-1","credentials":[[1,"a",true]]}',
        b'{"format":"voting-credentials-1","credentials":[["1","a",1]]}',
        b"elector,code\n1,QgGQN-JuHmEr-7dpgr-2Qw1ay\n",
    ],
)
def test_what_is_not_a_list_of_credentials_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse_public_list(raw)
