"""Codes made by an independent issuer, on a computer of their own.

The service names the election and its electors; the issuer makes the codes and hands back only
their public halves, each with the elector and the weight it is for. The list that is published is
sorted, so nothing in the archive tells which credential is whose.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from voting.belenios.credential import (
    check_entries,
    make_credential,
    public_credential,
    read_weights,
)
from voting.belenios.encoding import Random, decode_json, encode_json, get_text
from voting.belenios.errors import Malformed
from voting.belenios.groups import get_group

TASK, LIST = "voting-issue-1", "voting-credentials-1"

Codes = tuple[int, str, str]
"""Elector, private code, public credential."""


@dataclass(frozen=True, slots=True)
class IssueTask:
    """What the issuer is asked for: codes for these electors in this election."""

    uuid: str
    group: str
    poll: str
    constituency: str
    roll_sha256: str
    electors: int
    total_weight: int
    page: str = ""
    """The address of a page that takes a code behind its #; may be empty."""

    def to_json(self) -> bytes:
        """The file that the service gives to the issuer; :func:`parse_task` reads it."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return encode_json({"format": TASK, **fields})


@dataclass(frozen=True, slots=True)
class PublicList:
    """What the issuer hands back: (elector, public credential, weight), and what it is for."""

    uuid: str
    group: str
    roll_sha256: str
    entries: tuple[tuple[int, str, int], ...]

    def to_json(self) -> bytes:
        """The file that the issuer gives to the service; :func:`parse_public_list` reads it."""
        return encode_json(
            {
                "format": LIST,
                "uuid": self.uuid,
                "group": self.group,
                "roll_sha256": self.roll_sha256,
                "credentials": [list(entry) for entry in self.entries],
            }
        )


def fingerprint_roll(weights: Iterable[tuple[int, int]]) -> str:
    """SHA-256 of who may vote and with what weight; names and addresses may be corrected."""
    digest = hashlib.sha256()
    for elector, weight in sorted(weights):
        digest.update(f"{elector},{weight}\n".encode())
    return digest.hexdigest()


def parse_task(raw: bytes) -> IssueTask:
    """Read the file of an issue. Raise Malformed, and UnknownParameter for another group."""
    fields = _read_fields(raw, TASK, "a file for the issuer of codes")
    texts = ("uuid", "group", "poll", "constituency", "roll_sha256")
    numbers = ("electors", "total_weight")
    for name in (*texts, *numbers):
        if type(fields.get(name)) is not (str if name in texts else int):
            raise Malformed(f"the file for the issuer lacks {name}")
    get_group(fields["group"])
    page = get_text(fields.get("page", ""))
    if page and (not page.startswith(("https://", "http://")) or "#" in page):
        raise Malformed("the page for codes is not an address")
    return IssueTask(**{name: fields[name] for name in (*texts, *numbers)}, page=page)


def parse_public_list(raw: bytes) -> PublicList:
    """Read a list of public credentials; nothing is checked but its form. Raise Malformed."""
    fields = _read_fields(raw, LIST, "a list of public credentials")
    entries = fields.get("credentials")
    if not isinstance(entries, list):
        raise Malformed("the list of public credentials has no credentials")
    read = tuple(_read_entry(number, entry) for number, entry in enumerate(entries, 1))
    uuid, group, roll = (str(fields.get(name, "")) for name in ("uuid", "group", "roll_sha256"))
    return PublicList(uuid, group, roll, read)


def make_codes(
    batch: tuple[str, str, list[int]], random: Random = secrets.token_bytes
) -> list[Codes]:
    """A fresh code and its public half for each elector of (group name, uuid, electors)."""
    group_name, uuid, electors = batch
    group = get_group(group_name)
    codes = [(elector, make_credential(random)) for elector in electors]
    return [(elector, code, public_credential(group, uuid, code)) for elector, code in codes]


def make_public_list(task: IssueTask, codes: Iterable[Codes], roll: Mapping[int, int]) -> bytes:
    """The list to hand back: each public credential with its elector and weight."""
    entries = sorted((elector, public, roll[elector]) for elector, _code, public in codes)
    return PublicList(task.uuid, task.group, task.roll_sha256, tuple(entries)).to_json()


def check_coverage(
    issued: PublicList, *, uuid: str, group: str, roll: Mapping[int, int]
) -> list[tuple[str, int, int]]:
    """Raise Malformed unless every elector of *roll* has exactly one credential that is valid.

    Also: the list is of this election and this roll, weights are those of the roll, no credential
    is there twice and each is in the group. Returns (public credential, weight, elector).
    """
    if (issued.uuid, issued.group) != (uuid, group):
        raise Malformed("this list was made for another vote or another constituency")
    if issued.roll_sha256 != fingerprint_roll(roll.items()):
        raise Malformed("this list was made for another state of the roll")
    _check_electors([elector for elector, _public, _weight in issued.entries], roll)
    for elector, _public, weight in issued.entries:
        if weight != roll[elector]:
            raise Malformed(
                f"elector {elector} has the weight {weight} in the list and {roll[elector]} on the "
                "roll"
            )
    texts = [public for _elector, public, _weight in issued.entries]
    check_entries(get_group(group), texts)
    read_weights(get_group(group), [f"{text},{w}" for _e, text, w in issued.entries])
    return [(public, weight, elector) for elector, public, weight in issued.entries]


def _check_electors(listed: list[int], roll: Mapping[int, int]) -> None:
    seen: set[int] = set()
    for elector in listed:
        if elector not in roll:
            raise Malformed(f"elector {elector} is in the list and not on the roll")
        if elector in seen:
            raise Malformed(f"elector {elector} has two credentials")
        seen.add(elector)
    missing = sorted(roll.keys() - seen)
    if missing:
        noun = "1 elector has" if len(missing) == 1 else f"{len(missing):,} electors have"
        raise Malformed(f"{noun} no credential; the first is elector {missing[0]}")


def _read_fields(raw: bytes, form: str, what: str) -> dict[str, Any]:
    fields = decode_json(raw)
    if not isinstance(fields, dict) or fields.get("format") != form:
        raise Malformed(f"this is not {what}")
    return fields


def _read_entry(number: int, entry: Any) -> tuple[int, str, int]:
    right = isinstance(entry, list) and [type(part) for part in entry] == [int, str, int]
    if not right or entry[2] < 1:
        raise Malformed(f"credential {number} is not an elector, a credential and a weight")
    return entry[0], entry[1], entry[2]
