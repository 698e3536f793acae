"""A response while it is being written: answers and what was said about oneself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from voting.domain.asking import AnswerFault, Asked, Given, check_value, parse_given
from voting.domain.showing import list_shown
from voting.domain.wording import check_text, clean_line


@dataclass(frozen=True, slots=True)
class Draft:
    """Answers by question id; who answers and whether it may be published. None: not said yet."""

    answers: Mapping[int, Given] = field(default_factory=dict)
    is_organisation: bool | None = None
    organisation: str = ""
    may_publish: bool | None = None

    @property
    def has_about(self) -> bool:
        """Whether it was said who answers and what may be published."""
        return self.is_organisation is not None and self.may_publish is not None

    def with_answers(self, answers: Mapping[int, Given]) -> Draft:
        """The draft with these answers in place of earlier ones; empty ones are left out."""
        merged = {**self.answers, **answers}
        return replace(
            self, answers={k: given for k, given in merged.items() if not given.is_empty}
        )

    def to_text(self) -> str:
        """As it is kept; :func:`parse_draft` reads it."""
        answers = {str(number): given.to_json() for number, given in self.answers.items()}
        about = [self.is_organisation, self.organisation, self.may_publish]
        return json.dumps({"answers": answers, "about": about}, ensure_ascii=False)


def parse_draft(text: str) -> Draft:
    """What :meth:`Draft.to_text` wrote; raises ValueError for anything else."""
    kept: Any = json.loads(text)
    if kept == {}:
        return Draft()
    try:
        answers = {int(number): parse_given(given) for number, given in kept["answers"].items()}
        is_organisation, organisation, may_publish = kept["about"]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a draft") from error
    for answer in (is_organisation, may_publish):
        if answer is not None and not isinstance(answer, bool):
            raise ValueError("not a draft")
    return Draft(answers, is_organisation, clean_line(str(organisation)), may_publish)


def find_fault(asked: Asked, given: Given) -> AnswerFault | None:
    """What is wrong with an answer, or None."""
    try:
        check_value(asked, given)
    except AnswerFault as fault:
        return fault
    return None


def list_answer_faults(questions: Sequence[Asked], draft: Draft) -> list[tuple[Asked, AnswerFault]]:
    """Every question that is shown and not answered as it must be."""
    faults = []
    for asked in list_shown(questions, draft.answers):
        fault = find_fault(asked, draft.answers.get(asked.id, Given()))
        if fault is not None:
            faults.append((asked, fault))
    return faults


def keep_shown(questions: Sequence[Asked], draft: Draft) -> Draft:
    """The draft without answers to questions that are not shown."""
    shown = {asked.id for asked in list_shown(questions, draft.answers)}
    return replace(draft, answers={k: v for k, v in draft.answers.items() if k in shown})


def is_about_faulty(draft: Draft) -> bool:
    """Whether what was said about oneself cannot be taken."""
    if not draft.has_about:
        return True
    faults = check_text("organisation", "the organisation", draft.organisation, limit=200)
    return bool(draft.is_organisation and faults)
