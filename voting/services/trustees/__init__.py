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
from voting.services.trustees.awaited import (
    Awaited,
    Progress,
    find_awaited,
    find_progress,
    is_waiting,
)
from voting.services.trustees.ceremony import make_task, take_answer
from voting.services.trustees.consent import approve, report_found, report_lost
from voting.services.trustees.opening import (
    Stand,
    find_stand,
    get_election,
    is_asked,
    take_decryption,
    take_shuffle,
)
from voting.services.trustees.turns import (
    find_step,
    list_standings,
    owe_invitations,
    owe_turns,
    remind,
)

__all__ = [
    "Awaited",
    "Progress",
    "Stand",
    "add_scrutineer",
    "approve",
    "begin_ceremony",
    "end_ceremony",
    "find_awaited",
    "find_progress",
    "find_stand",
    "find_step",
    "get_election",
    "get_scrutineer",
    "is_asked",
    "is_waiting",
    "list_standings",
    "make_task",
    "owe_invitations",
    "owe_turns",
    "remind",
    "remove_scrutineer",
    "report_found",
    "report_lost",
    "set_arrangement",
    "take_answer",
    "take_decryption",
    "take_shuffle",
    "update_scrutineer",
]
