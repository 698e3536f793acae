"""Scrutineers: who they are, the making of their keys, their approval, their part of the count."""

from voting.services.trustees.arrangement import (
    add_scrutineer,
    begin_ceremony,
    end_ceremony,
    get_scrutineer,
    remove_scrutineer,
    set_arrangement,
    update_scrutineer,
)
from voting.services.trustees.awaited import Awaited, Progress, find_awaited, find_progress
from voting.services.trustees.consent import approve, report_found, report_lost
from voting.services.trustees.turns import (
    find_step,
    list_standings,
    owe_invitations,
    owe_turns,
    preview_invitation,
    remind,
)

__all__ = [
    "Awaited",
    "Progress",
    "add_scrutineer",
    "approve",
    "begin_ceremony",
    "end_ceremony",
    "find_awaited",
    "find_progress",
    "find_step",
    "get_scrutineer",
    "list_standings",
    "owe_invitations",
    "owe_turns",
    "preview_invitation",
    "remind",
    "remove_scrutineer",
    "report_found",
    "report_lost",
    "set_arrangement",
    "update_scrutineer",
]
