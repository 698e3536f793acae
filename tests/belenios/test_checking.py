"""Ballots in batches: whoever checks them, the verdict is the same, and nothing is overlooked."""

import base64
import json
import secrets
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from tests.belenios.ground import PLAIN, Ground, make_ground
from tests.belenios.test_groups import minus_one
from tests.belenios.test_nonhomomorphic import resign
from tests.belenios.test_twin import run
from tests.belenios.test_verify import BALLOT, replace_json, set_record
from voting.belenios import checking, homomorphic
from voting.belenios.ballot import check_all_but_members, check_ballot, make_ballot
from voting.belenios.board import ballot_records
from voting.belenios.checking import OwedMembers
from voting.belenios.credential import public_credential
from voting.belenios.errors import Malformed, ProtocolError
from voting.belenios.groups import Group, get_group
from voting.belenios.proofs import Ciphertext, make_membership, multiply_ciphertexts
from voting.belenios.verify import Report, verify_archive

FIELD = get_group("BELENIOS-2048")


# The executor changes nothing


def many_ballots(group: str, count: int) -> Ground:
    made = make_ground(group, weights=(1,) * 8)
    for number in range(count):
        made.vote(number % 8, [[0, 1, 0, 0], [1, 0]])
    return made


@pytest.mark.parametrize("group", ["Ed25519", "BELENIOS-2048"])
def test_the_report_does_not_depend_on_the_executor(group: str) -> None:
    made = many_ballots(group, 40)
    made.finish()
    wrong = made.copy()
    set_record(wrong, BALLOT, 30, 0, wrong.steps[31][1][0].replace(b'"hash":"', b'"hash":"A', 1))
    wrong.steps.insert(36, (BALLOT, [b"{}"]))
    with ProcessPoolExecutor(2) as processes, ThreadPoolExecutor(3) as threads:
        for ground in (made, wrong):
            reports: list[Report] = [
                verify_archive(BytesIO(ground.archive()), executor=executor)
                for executor in (None, processes, threads)
            ]
            assert reports[0] == reports[1] == reports[2]
            assert reports[0].valid == (ground is made)
    assert "event 31" in str(reports[0].error)


# What a batch owes


def negate(group: Group, value: int) -> str:
    """The text of minus *value*: its square is in the group, and it is not."""
    return str(minus_one(group) + 1 - value)


def test_a_ballot_that_was_only_spoilt_is_found_and_located() -> None:
    made = many_ballots("BELENIOS-2048", 12)

    def spoil(value: dict[str, object]) -> None:
        item = value["answers"][1]["choices"][0]  # type: ignore[index]
        item["alpha"] = negate(FIELD, int(item["alpha"]))

    replace_json(BALLOT, 7, 0, spoil)(made)
    assert "ballot at event 8: " in str(verify_archive(BytesIO(made.archive())).error)


def seal_outside(made: Ground, voter: int, part: str = "alpha") -> bytes:
    """A yes to PLAIN with an alpha or beta outside the group, each proof tried until it holds.

    The proofs hold when the challenges of their true branches are even.
    """
    election, random = made.election, secrets.token_bytes
    group, key = election.group, election.public_key
    credential = public_credential(group, election.uuid, made.credentials[voter])
    context = f"{election.fingerprint}|{credential}"
    value = json.loads(make_ballot(election, made.credentials[voter], [[1, 0]]))
    while True:
        nonces = [group.random_scalar(random) for _ in range(2)]
        choices = [
            Ciphertext(group.generator**nonce, key**nonce * group.generator**bit)
            for nonce, bit in zip(nonces, (1, 0), strict=True)
        ]
        outside = group.decode_element(negate(group, int(str(getattr(choices[0], part)))))
        choices[0] = choices[0]._replace(**{part: outside})
        individual = [
            make_membership(
                group,
                key,
                homomorphic._prove_prefix(context, item),
                homomorphic._bit_branches(item),
                bit,
                nonce,
                random,
            )
            for item, bit, nonce in zip(choices, (1, 0), nonces, strict=True)
        ]
        total = multiply_ciphertexts(group, choices)
        prefix = homomorphic._prove_prefix(homomorphic._statement(context, choices), total)
        branches = homomorphic._range_branches(PLAIN, total)
        overall = make_membership(group, key, prefix, branches, 0, sum(nonces), random)
        if individual[0][1].challenge % 2 or overall[0].challenge % 2:
            continue
        value["answers"][0] = {
            "choices": [item.to_json() for item in choices],
            "individual_proofs": [[proof.to_json() for proof in each] for each in individual],
            "overall_proof": [proof.to_json() for proof in overall],
        }
        return resign(made, value, voter)


@pytest.mark.parametrize("part", ["alpha", "beta"])
def test_an_outsider_with_proofs_that_hold_is_refused(part: str) -> None:
    """A ballot box that took it in could never be counted: the archive would be refused."""
    made = make_ground("BELENIOS-2048", (PLAIN,))
    raw = seal_outside(made, 0, part)
    with pytest.raises(Malformed, match="question 1: ciphertext 1: an element is not in the group"):
        check_ballot(raw, made.election)
    made.steps.append((BALLOT, ballot_records(raw)))
    archive = made.archive()
    assert "not in the group" in str(verify_archive(BytesIO(archive)).error)
    [told] = run("verify_archive.mjs", [base64.b64encode(archive).decode()])
    assert not told["valid"]
    assert "not a group element" in told["error"]


def test_an_outsider_with_proofs_that_hold_is_owed_and_found() -> None:
    made = make_ground("BELENIOS-2048", (PLAIN,), weights=(1,) * 6)
    good = [made.vote(number, [[1, 0]]) for number in range(5)]
    made.steps.append((BALLOT, ballot_records(seal_outside(made, 5))))
    bad = made.steps[-1][1][0]

    ballots, owed = check_all_but_members([*good, bad], made.election)
    assert len(ballots) == 6
    with pytest.raises(Malformed):
        FIELD.check_members(owed)
    FIELD.check_members(check_all_but_members(good, made.election)[1])

    with ProcessPoolExecutor(2) as processes:
        for executor in (None, processes):
            report = verify_archive(BytesIO(made.archive()), executor=executor)
            assert not report.valid
            assert "ballot at event 6: " in str(report.error)
            assert "not in the group" in str(report.error)


def test_what_several_batches_owe_is_tested_together() -> None:
    g, minus = FIELD.generator, FIELD.decode_element(str(minus_one(FIELD)))
    for spoilt in range(4):
        owed = OwedMembers(FIELD)
        assert owed.all_hold()
        for number in range(4):
            member = g ** (number + 2) * (minus if number == spoilt else FIELD.neutral)
            owed.add([])
            owed.add([str(element) for element in FIELD.condense([g, member], [g**5])])
        assert not owed.all_hold()
    owed = OwedMembers(FIELD)
    owed.add([str(element) for element in FIELD.condense([g, g**3], [])])
    owed.add([str(element) for element in FIELD.condense([g**9], [g])])
    assert owed.all_hold()


@pytest.mark.parametrize("name", ["Ed25519", "RFC-3526-2048"])
def test_where_nothing_is_owed_the_check_is_made_at_once(name: str) -> None:
    group = get_group(name)
    top = "0" * 64 if name == "Ed25519" else str(minus_one(group))
    outside = group.decode_element(top)
    assert group.condense([group.generator], [group.generator**2]) == []
    with pytest.raises(ProtocolError):
        group.condense([group.generator], [outside])


def test_sizes_of_batches_cover_every_ballot_and_shrink() -> None:
    for total in (0, 1, 7, 8, 100, 5000):
        sizes = list(checking.list_sizes(total))
        assert sum(sizes) >= total
        assert sizes == sorted(sizes, reverse=True)
        assert all(checking.MIN_BATCH <= size <= checking.MAX_BATCH for size in sizes)


# Memory


def test_memory_does_not_grow_with_the_number_of_ballots(tmp_path: Path) -> None:
    peaks = []
    for count in (20, 400):
        made = make_ground("Ed25519", (PLAIN,), weights=(1,) * 4)
        for number in range(count):
            made.vote(number % 4, [[1, 0]])
        path = tmp_path / f"{count}.bel"
        path.write_bytes(made.archive())
        code = (
            "import resource, sys\n"
            "from voting.belenios.verify import verify_archive\n"
            "assert verify_archive(sys.argv[1]).valid\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout))
    assert peaks[1] < peaks[0] * 1.1
