"""The people of the story: who stands on its rolls, and how they vote. All of it is invented."""

from __future__ import annotations

import random
from collections.abc import Sequence

from voting.demonstration.story import Ask, Group
from voting.domain.marks import BLANK, from_order
from voting.domain.methods import Kind

_FIRST = (
    "Aisha",
    "Bethan",
    "Callum",
    "Dafydd",
    "Elin",
    "Farah",
    "George",
    "Hannah",
    "Imran",
    "Jessica",
    "Kofi",
    "Lowri",
    "Megan",
    "Nia",
    "Owen",
    "Priya",
    "Rhys",
    "Sam",
    "Tomos",
    "Uma",
    "Victor",
    "Wendy",
    "Yusuf",
    "Zoe",
)
_LAST = (
    "Adams",
    "Bevan",
    "Clarke",
    "Davies",
    "Evans",
    "Fraser",
    "Griffiths",
    "Hughes",
    "Iqbal",
    "Jones",
    "Khan",
    "Lewis",
    "Morgan",
    "Novak",
    "Osei",
    "Parry",
    "Quinn",
    "Roberts",
    "Singh",
    "Thomas",
    "Usher",
    "Vaughan",
    "Williams",
    "Young",
)


def make_roll_csv(group: Group, electors: int, chance: random.Random) -> bytes:
    """A roll of *electors* invented people as the CSV file that an organiser would upload."""
    lines = ["name,email,reference,language"]
    for number in range(1, electors + 1):
        name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
        address = f"{name.lower().replace(' ', '.')}.{number}@{group.code}.example"
        language = "cy" if chance.random() < 0.1 else "en"
        lines.append(f"{name},{address},{group.code[0].upper()}{number:05},{language}")
    return ("\r\n".join(lines) + "\r\n").encode()


def make_choice(ask: Ask, weights: Sequence[int], chance: random.Random) -> list[str]:
    """What one invented voter selects or marks: ``["blank"]`` now and then."""
    if chance.random() < 0.04:
        return [BLANK]
    if ask.method.kind != Kind.CHOOSE:
        return _make_marks(ask, weights, chance)
    wanted = chance.randint(1, ask.maximum)
    chosen: list[str] = []
    while len(chosen) < wanted:
        (pick,) = chance.choices(range(len(ask.choices)), weights=weights[: len(ask.choices)])
        if str(pick) not in chosen:
            chosen.append(str(pick))
    return sorted(chosen, key=int)


def _make_marks(ask: Ask, weights: Sequence[int], chance: random.Random) -> list[str]:
    """Ranks, grades or points that follow the leanings, each voter in their own way."""
    size, method = len(ask.choices), ask.method
    liking = [weight * chance.random() for weight in weights[:size]]
    order = sorted(range(size), key=lambda place: -liking[place])
    if method.kind == Kind.RANK:
        return from_order(size, order[: chance.randint(1, method.ranks_for(size))])
    top = max(liking)
    if method.kind == Kind.GRADE:
        worst = len(method.grades)
        return [str(worst - int((worst - 1) * one / top)) for one in liking]
    return [str(round(method.highest * one / top)) for one in liking]
