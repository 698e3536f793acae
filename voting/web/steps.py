"""The steps of a proposal in the order of time: the way from the page of each to the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for

from voting.domain.lifecycle import State
from voting.services.hub import get_hub
from voting.store.database import db
from voting.store.decisions import list_decisions
from voting.store.proposals import Proposal
from voting.web.hub import list_public_consultations, list_public_polls


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is, since when, where its page is, and where its end is told, if it is."""

    at: dt.datetime
    kind: str  # page, consultation, poll, decision
    thing: Any
    address: str
    state: str = ""
    end: str = ""


def list_steps(proposal: Proposal) -> list[Step]:
    """Every public step of *proposal*, the oldest first."""
    return sorted(_find_steps(proposal), key=lambda step: step.at)


def _find_steps(proposal: Proposal) -> Iterator[Step]:
    slug, hub = proposal.slug, get_hub(db.session(), proposal)
    began = hub.opened_at or proposal.created_at
    yield Step(began, "page", hub, url_for("public.proposal", slug=slug))
    for held in list_public_consultations(proposal):
        address = url_for("consulting.show", slug=slug, consultation_slug=held.slug)
        answered = held.answered_at is not None
        end = f"{address}/response" if answered else ""
        state = "answered" if answered else str(held.state)
        yield Step(held.opened_at or began, "consultation", held, address, state, end)
    for poll in list_public_polls(proposal):
        address = url_for("public.poll", slug=slug, poll_slug=poll.slug)
        end = f"{address}/outcome" if poll.state == State.PUBLISHED else ""
        yield Step(poll.opens_at or began, "poll", poll, address, str(poll.state), end)
    for decision in list_decisions(db.session(), proposal.id)[-1:]:
        address = url_for("information.decision", slug=slug)
        yield Step(decision.decided_at, "decision", decision, address, decision.outcome)
