"""Polls: the draft, what it still lacks, freezing it, and what may be done to it afterwards."""

from voting.domain.rules import OptionInput
from voting.services.polls.bilingual import Untold, list_untold
from voting.services.polls.conduct import (
    cancel,
    close_early_for_demo,
    extend,
    find_hindrance,
    open_due,
    open_poll,
)
from voting.services.polls.draft import (
    Changes,
    add_question,
    create_poll,
    default_rules,
    remove_question,
    set_method,
    set_rule,
    update_poll,
    update_question,
)
from voting.services.polls.freezing import PrepareElection, freeze
from voting.services.polls.readiness import Task, list_tasks

__all__ = [
    "Changes",
    "OptionInput",
    "PrepareElection",
    "Task",
    "Untold",
    "add_question",
    "cancel",
    "close_early_for_demo",
    "create_poll",
    "default_rules",
    "extend",
    "find_hindrance",
    "freeze",
    "list_tasks",
    "list_untold",
    "open_due",
    "open_poll",
    "remove_question",
    "set_method",
    "set_rule",
    "update_poll",
    "update_question",
]
