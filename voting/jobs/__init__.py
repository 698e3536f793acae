"""Door 2: the queue. Each task opens transactions, calls one service, commits.

The tables are the truth (a poll's times, a letter's state and lease). A task only says "look now",
carries nothing but an id, and a sweep every minute repairs whatever a killed worker left behind.
"""

from voting.jobs.conduct import count_poll, list_wanted_counts, open_and_close, run_sweep
from voting.jobs.letters import LetterPost, post_letters
from voting.jobs.queue import Queue, QueueUnreachable, install, reach_queue, run_worker

__all__ = [
    "LetterPost",
    "Queue",
    "QueueUnreachable",
    "count_poll",
    "install",
    "list_wanted_counts",
    "open_and_close",
    "post_letters",
    "reach_queue",
    "run_sweep",
    "run_worker",
]
