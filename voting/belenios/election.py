"""The election: questions, group and key, fixed by the hash of its bytes."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from voting.belenios.credential import make_base58
from voting.belenios.encoding import (
    BASE58,
    Random,
    base64_digest,
    decode_free_json,
    encode_json,
    get_integer,
    get_list,
    get_text,
)
from voting.belenios.errors import Malformed, NotSupported, UnknownParameter, located
from voting.belenios.groups import Element, Group, get_group

UUID_LENGTH = 14
MAX_ELECTION_BYTES = 16 * 2**20
_UUID = re.compile(f"[{BASE58}]{{{UUID_LENGTH},}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """A homomorphic question: choose *minimum* to *maximum* answers, or blank where allowed."""

    text: str
    answers: tuple[str, ...]
    minimum: int
    maximum: int
    blank: bool = False

    @property
    def length(self) -> int:
        """The number of ciphertexts: one per answer, and the blank bit where allowed."""
        return len(self.answers) + self.blank


@dataclass(frozen=True, slots=True)
class NonHomomorphicQuestion:
    """A question answered by one number of 0..255 per answer, opened only after a shuffle."""

    text: str
    answers: tuple[str, ...]


AnyQuestion = Question | NonHomomorphicQuestion


@dataclass(frozen=True, slots=True)
class Election:
    """An election as election.json describes it; *raw* are the bytes that hashes refer to."""

    uuid: str
    name: str
    description: str
    group: Group
    public_key: Element
    questions: tuple[AnyQuestion, ...]
    fingerprint: str
    raw: bytes = field(repr=False)

    @property
    def needs_shuffle(self) -> bool:
        """Whether a question is non-homomorphic."""
        return any(isinstance(question, NonHomomorphicQuestion) for question in self.questions)


def make_uuid(random: Random = secrets.token_bytes) -> str:
    """Return a fresh identifier of 14 base58 characters."""
    return make_base58(UUID_LENGTH, random)


def make_election(
    *,
    uuid: str,
    name: str,
    description: str,
    group: Group,
    public_key: str,
    questions: Sequence[AnyQuestion],
    administrator: str = "",
    credential_authority: str = "",
) -> bytes:
    """Return election.json. Raise Malformed when it would not be a valid election."""
    value: dict[str, object] = {
        "version": 1,
        "description": description,
        "name": name,
        "group": group.name,
        "public_key": public_key,
        "questions": [_encode_question(question) for question in questions],
        "uuid": uuid,
    }
    if administrator:
        value["administrator"] = administrator
    if credential_authority:
        value["credential_authority"] = credential_authority
    try:
        raw = encode_json(value)
    except UnicodeEncodeError as error:
        raise Malformed("a text of the election cannot be written as UTF-8") from error
    parse_election(raw)
    return raw


def fingerprint(raw: bytes) -> str:
    """Return the hash that ballots refer to: SHA-256 in Base64 without padding."""
    return base64_digest(raw)


def parse_election(raw: bytes) -> Election:
    """Read election.json in any layout; unknown fields are passed over.

    Raise NotSupported for a later crypto version and for list questions, UnknownParameter for any
    other version or group, Malformed for everything else that is wrong.
    """
    if len(raw) > MAX_ELECTION_BYTES:
        raise Malformed("election.json is too large")
    value = decode_free_json(raw)
    if type(value) is not dict:
        raise Malformed("election.json is not an object")
    refuse_later_version(value)
    version = _get(value, "version")
    if type(version) is not int or version != 1:
        raise UnknownParameter("the version of the election is not 1: others are not supported")
    group = get_group(get_text(_get(value, "group")))
    with located("public_key"):
        public_key = group.parse_element(_get(value, "public_key"))
    questions = []
    for number, item in enumerate(get_list(_get(value, "questions")), 1):
        with located(f"question {number}"):
            questions.append(_parse_question(group, item))
    for name in ("administrator", "credential_authority"):
        get_text(value.get(name, ""))
    return Election(
        uuid=_parse_uuid(_get(value, "uuid")),
        name=get_text(_get(value, "name")),
        description=get_text(_get(value, "description")),
        group=group,
        public_key=public_key,
        questions=tuple(questions),
        fingerprint=fingerprint(raw),
        raw=raw,
    )


def refuse_later_version(value: object) -> None:
    """Raise NotSupported for an election of crypto version 2 or more, which is another protocol."""
    version = value.get("version") if type(value) is dict else None
    if type(version) is int and version > 1:
        raise NotSupported(f"an election of crypto version {version}; this program knows version 1")


def _get(value: dict[str, object], name: str) -> object:
    if name not in value:
        raise Malformed(f"the field {name} is missing")
    return value[name]


def _parse_uuid(value: object) -> str:
    uuid = get_text(value)
    if _UUID.fullmatch(uuid) is None:
        raise Malformed("uuid: expected at least 14 base58 characters")
    return uuid


def _parse_question(group: Group, item: object) -> AnyQuestion:
    if type(item) is not dict:
        raise Malformed("expected an object")
    if "type" not in item:
        return _parse_homomorphic(item)
    kind = item["type"]
    if kind == "Lists":
        raise NotSupported(f"questions of type {kind}")
    if kind == "NonHomomorphic":
        return _parse_non_homomorphic(group, _get(item, "value"))
    if kind != "Homomorphic":
        raise Malformed("the type of the question is not known")
    return _parse_homomorphic(_get(item, "value"))


def _parse_non_homomorphic(group: Group, item: object) -> NonHomomorphicQuestion:
    if type(item) is not dict:
        raise Malformed("expected an object")
    question = NonHomomorphicQuestion(
        text=get_text(_get(item, "question")),
        answers=tuple(get_text(answer) for answer in get_list(_get(item, "answers"))),
    )
    if not group.max_integers:
        raise Malformed(f"a non-homomorphic question is not possible in {group.name}")
    if len(question.answers) > group.max_integers:
        raise Malformed(f"at most {group.max_integers} answers are possible in {group.name}")
    return question


def _parse_homomorphic(item: object) -> Question:
    if type(item) is not dict:
        raise Malformed("expected an object")
    blank = item.get("blank", False)
    if type(blank) is not bool:
        raise Malformed("blank: expected true or false")
    question = Question(
        text=get_text(_get(item, "question")),
        answers=tuple(get_text(answer) for answer in get_list(_get(item, "answers"))),
        minimum=get_integer(_get(item, "min")),
        maximum=get_integer(_get(item, "max")),
        blank=blank,
    )
    if not question.minimum <= question.maximum <= len(question.answers):
        raise Malformed("expected 0 <= min <= max <= number of answers")
    return question


def _encode_question(question: AnyQuestion) -> dict[str, object]:
    if isinstance(question, NonHomomorphicQuestion):
        text = {"answers": list(question.answers), "question": question.text}
        return {"type": "NonHomomorphic", "value": text}
    value: dict[str, object] = {"answers": list(question.answers)}
    if question.blank:
        value["blank"] = True
    return value | {
        "min": question.minimum,
        "max": question.maximum,
        "question": question.text,
    }
