"""Informing: what a proposal tells the public, opened once it is fair, and kept in versions."""

from voting.services.hub.fairness import Gap, list_gaps, list_untold, list_warnings, offers_staying
from voting.services.hub.page import (
    HUB_TEXTS,
    HUB_WELSH,
    OPTION_TEXTS,
    describe,
    get_hub,
    keep_version,
)
from voting.services.hub.writing import (
    MOST_MILESTONES,
    MOST_OPTIONS,
    MOST_TERMS,
    choose_models,
    move_option,
    open_hub,
    remove,
    remove_option,
    save_milestone,
    save_option,
    save_term,
    update_hub,
)

__all__ = [
    "HUB_TEXTS",
    "HUB_WELSH",
    "MOST_MILESTONES",
    "MOST_OPTIONS",
    "MOST_TERMS",
    "OPTION_TEXTS",
    "Gap",
    "choose_models",
    "describe",
    "get_hub",
    "keep_version",
    "list_gaps",
    "list_untold",
    "list_warnings",
    "move_option",
    "offers_staying",
    "open_hub",
    "remove",
    "remove_option",
    "save_milestone",
    "save_option",
    "save_term",
    "update_hub",
]
