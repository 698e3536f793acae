"""The public page that counts a file again: the sheet, its downloads, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.counting.ground import CASES, count
from tests.pdf_ground import read_words, squeeze
from tests.web.pages import TOKEN, csrf_token
from tests.welsh_ground import Reader, find_english
from voting.counting.rules import RULES
from voting.web import recount

GOVAN = CASES / "scot2007_glasgow_govan" / "ballots.blt"
KEPT = re.compile(r'name="sheet" value="([^"]+)"')


def hand_in(client: FlaskClient, votes: bytes, **chosen: str) -> TestResponse:
    fields = {"csrf_token": csrf_token(client, "/count"), "rule": "scottish-stv", **chosen}
    data = {**fields, "file": (io.BytesIO(votes), "votes.blt")}
    return client.post("/count", data=data, content_type="multipart/form-data")


def test_a_file_is_counted_and_shown_as_a_sheet_that_can_be_saved(client: FlaskClient) -> None:
    done = hand_in(client, GOVAN.read_bytes())

    assert done.status_code == 200
    assert "Allison Hunter" in done.text
    assert "1913.00000" in done.text
    found = KEPT.search(done.text)
    assert found
    fields = {"csrf_token": csrf_token(client, "/count"), "sheet": found[1]}
    saved = {
        kind: client.post(f"/count/count.{kind}", data=fields) for kind in ("json", "csv", "pdf")
    }
    assert json.loads(saved["json"].text)["winners"][0] == "Allison Hunter"
    rows = list(csv.reader(io.StringIO(saved["csv"].text)))
    assert ["1", "candidate", "Allison Hunter", "2694.00000", "elected", ""] in rows
    assert saved["pdf"].data.startswith(b"%PDF-")
    assert all("attachment" in answer.headers["Content-Disposition"] for answer in saved.values())
    assert client.post("/count/count.exe", data=fields).status_code == 404
    kept = fields["sheet"]  # the last sign of its signature also holds bits that mean nothing
    fields["sheet"] = f"{kept[:-20]}{'A' if kept[-20] != 'A' else 'B'}{kept[-19:]}"
    assert client.post("/count/count.json", data=fields).status_code == 404


def test_pasted_votes_and_the_options_of_the_rule_are_used(client: FlaskClient) -> None:
    votes = "4 2\n50 1 2 0\n40 3 4 0\n9 2 0\n8 4 0\n0\nAnn\nBea\nCal\nDee\n"
    fields = {"csrf_token": csrf_token(client, "/count"), "rule": "meek", "text": votes}

    plain = client.post("/count", data=fields)
    back = client.post("/count", data={**fields, "vacancy": "Ann"})
    gone = client.post("/count", data={**fields, "withdrawn": "Cal\n", "seats": "1"})
    drawn = client.post(
        "/count",
        data={**fields, "rule": "plurality", "tie": "lot", "seed": "s7", "text": "A,B\n1,\n,1\n"},
    )

    assert "v-sheet-winners" in plain.text
    assert "for the place of: Ann" in back.text
    assert 'scope="row">Bea' in gone.text
    assert 'scope="row">Cal' not in gone.text
    assert "withdrawn: Cal" in gone.text
    assert "by lot (seed s7)" in drawn.text
    kept = KEPT.search(gone.text)
    assert kept
    printed = client.post("/count/count.pdf", data={**fields, "sheet": kept[1]})
    command = "voting count --rule=meek --seats=1 --variant=prf --withdrawn=Cal --tie=order FILE"
    assert squeeze(command) in read_words(printed.data)


@pytest.mark.parametrize(
    ("votes", "chosen", "told"),
    [
        (b"3 1\n1 1 1 0\n0\nA\nB\nC\n", {}, "line 2, column 5: expected each candidate once"),
        (b"2 5\n1 1 0\n0\nA\nB\n", {}, "line 1, column 3: expected no more seats"),
        (b"A,B\n1,7\n", {"rule": "borda"}, "line 2, column 3: expected a rank from 1 to 2"),
        (b"A,B\n1,2\n", {"seats": "-1"}, "Enter a whole number, 1 or more"),
        (b"A,B\n1,2\n", {"seats": "9"}, "more seats (9) than candidates (2)"),
        (b"A,B\n1,2\n", {"tie": "lot"}, "followed by a seed"),
        (b"A,B\n1,2\n", {"vacancy": "--json"}, "was not elected"),
        (b"A,B\n1,2\n", {"rule": "coin"}, "Not a valid choice"),
        (b"  ", {}, "Choose a file of votes, or paste them"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field_and_nothing_is_counted(
    client: FlaskClient, votes: bytes, chosen: dict[str, str], told: str
) -> None:
    refused = hand_in(client, votes, **chosen)

    assert refused.status_code == 422
    assert told in refused.text.replace("&#39;", "'")
    assert "Error: " in refused.text
    assert "v-sheet-winners" not in refused.text


def test_a_file_that_is_too_large_is_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recount, "MOST_BYTES", 100)

    refused = hand_in(client, b"A,B\n" + b"1,2\n" * 30)

    assert refused.status_code == 422
    assert "larger than 8 MB" in refused.text


def test_a_count_that_takes_too_long_is_stopped(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recount, "MOST_SECONDS", 1)
    size = 600  # the paths of so many options take minutes, and the file is small
    lines = "".join(
        f"{1 + row} {' '.join(str(1 + (row * 7 + at * 11) % size) for at in range(size))} 0\n"
        for row in range(20)
    )
    names = "".join(f"C{at}\n" for at in range(size))

    refused = hand_in(client, f"{size} 1\n{lines}0\n{names}".encode(), rule="schulze")

    assert refused.status_code == 422
    assert "takes too long" in refused.text


def test_no_more_than_two_files_are_counted_at_once(client: FlaskClient) -> None:
    taken = [recount.AT_ONCE.acquire() for _ in range(2)]
    try:
        busy = hand_in(client, b"A,B\n1,2\n")
    finally:
        for _ in taken:
            recount.AT_ONCE.release()

    assert busy.status_code == 503
    assert "Other files are being counted" in busy.text


def test_every_rule_can_be_chosen(client: FlaskClient) -> None:
    page = client.get("/count").text

    assert [rule for rule in RULES if f'value="{rule}"' not in page] == []
    assert list(recount.TITLES) == list(RULES)


FILES = {"score": b"A,B,C\n5,0,1\n4,1,0\n", "majority-judgment": b"A,B,C\n1,2,3\n1,3,3\n"}


@pytest.mark.parametrize("rule", list(RULES))
def test_fields_of_other_rules_may_be_filled_in(client: FlaskClient, rule: str) -> None:
    """The command refuses what a rule does not read; the page has every field at once."""
    filled = {"choose": "3", "highest": "5", "grades": "3", "missing": "median", "tie": "order"}
    votes = FILES.get(rule, b"A,B,C\n1,2,3\n1,3,2\n2,1,3\n")

    done = hand_in(client, votes, rule=rule, seats="1", **filled)

    assert done.status_code == 200, done.text
    assert "v-sheet-winners" in done.text


def test_the_page_counts_as_the_package_does(client: FlaskClient) -> None:
    ours = count("schulze", "count,A,B,C\n5,1,2,3\n4,2,3,1\n3,3,1,2\n")

    page = hand_in(client, b"count,A,B,C\n5,1,2,3\n4,2,3,1\n3,3,1,2\n", rule="schulze").text

    assert f"<li>{ours.winners[0]}</li>" in re.sub(r">\s+|\s+<", lambda m: m[0].strip(), page)


def test_the_pages_are_in_welsh(client: FlaskClient) -> None:
    welsh = {"Accept-Language": "cy"}
    ask = client.get("/count", headers=welsh).text
    token = TOKEN.search(ask)
    assert token
    fields = {"csrf_token": token[1], "rule": "irv", "text": "A,B\n1,2\n"}

    sheet = client.post("/count", data=fields, headers=welsh).text

    assert '<html lang="cy"' in sheet
    assert find_english(Reader(ask).texts) == []
    assert find_english(Reader(sheet).texts) == []


def test_an_archive_is_for_another_page_and_nothing_of_it_is_counted(client: FlaskClient) -> None:
    refused = hand_in(client, b"BELENIOS\0 an archive of whatever version")
    assert refused.status_code == 422
    assert "This is an archive of sealed votes, not a file of votes." in refused.text
