"""The desk where the answers to a consultation are read, tagged, counted and answered."""

from __future__ import annotations

from flask import Blueprint

from voting.web.access import guard

blueprint = Blueprint(
    "analysis",
    __name__,
    url_prefix="/organiser/proposals/<slug>/consultations/<consultation_slug>/analysis",
)
guard(blueprint, "organiser")

from voting.web.organiser.analysis import (  # noqa: E402  # the views attach themselves
    answering,
    coding,
    custody,
    moderation,
    tables,
    themes,
)

__all__ = ["answering", "blueprint", "coding", "custody", "moderation", "tables", "themes"]
