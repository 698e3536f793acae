"""The printable sheet: a tagged PDF (PDF/UA-1) that typst makes of the same figures as the page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst
from flask import current_app
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from voting.web.sheets.pictures import BAR_WIDTH, Bars
from voting.web.sheets.view import Cell, PairRow, Row, Sheet, TieLine

WIDE = 4  # from so many stages on the paper lies on its side
ACROSS = {False: 4, True: 8}  # stages that stand side by side
TEMPLATE = Path("sheets") / "count.typ"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the printed sheet says beside the count. ``check`` is a command that counts again."""

    title: str
    organisation: str
    check: str = ""


def make_pdf(sheet: Sheet, facts: Facts) -> bytes:
    """The sheet as PDF/UA-1, in the reader's language.

    Everything in it is handed over as data, so that no name can become a command.
    """
    template = Path(str(current_app.jinja_loader.searchpath[0])) / TEMPLATE  # type: ignore[union-attr]
    data = json.dumps(_describe(sheet, facts), ensure_ascii=False)
    return typst.compile(template.read_bytes(), sys_inputs={"sheet": data}, pdf_standards=["ua-1"])


def _describe(sheet: Sheet, facts: Facts) -> dict[str, Any]:
    count = sheet.count
    wide = len(count["stages"]) >= WIDE
    language = str(get_locale() or "en")
    return {
        "title": facts.title,
        "organisation": facts.organisation,
        "language": language,
        "wide": wide,
        "words": _words(),
        "lead": _lead(sheet),
        "facts": _facts(sheet),
        "sentences": [
            {"text": said.words, "language": said.language or language} for said in sheet.sentences
        ],
        "tables": [*_stage_tables(sheet, ACROSS[wide]), *_other_tables(sheet)],
        "bars": [_bars(picture) for picture in sheet.bars],
        "ties": [_tie(tie) for tie in sheet.ties],
        "seed": sheet.seed,
        "check": facts.check,
    }


def _words() -> dict[str, str]:
    return {
        "facts": _("The count"),
        "what": _("What"),
        "value": _("Value"),
        "stages": _("Stage by stage"),
        "bars": _("Votes as bars"),
        "ties": _("Ties"),
        "no_ties": _("No tie had to be settled."),
        "seed": _("Lots are drawn with this seed:"),
        "check": _("Count again with:"),
    }


def _lead(sheet: Sheet) -> list[str]:
    if not sheet.winners:
        return [_("Nobody is elected."), *_empty(sheet)]
    told = _("Elected") if sheet.count["seats"] > 1 else _("Winner")
    names = [
        ", ".join(group) + (f" ({_('Tied')})" if len(group) > 1 else "") for group in sheet.winners
    ]
    return [f"{told}: {'; '.join(names)}", *_empty(sheet)]


def _empty(sheet: Sheet) -> list[str]:
    if not sheet.vacant:
        return []
    told = ngettext("%(num)d place stays empty.", "%(num)d places stay empty.", sheet.vacant)
    return [str(told)]


def _facts(sheet: Sheet) -> list[tuple[str, str]]:
    count = sheet.count
    facts = [
        (_("Counting rule"), f"{sheet.rule} ({sheet.version})"),
        (_("Places"), str(count["seats"])),
        *([] if count["valid"] is None else [(_("Valid papers"), str(count["valid"]))]),
        (_("Blank"), str(count["blank"])),
        (_("Spoiled"), str(count["spoiled"])),
    ]
    if count["quota"]:
        facts.append((_("Quota"), count["quota"]))
    if sheet.quota_formula:
        facts.append((_("How the quota is found"), sheet.quota_formula))
    return [*facts, *sheet.options]


# Tables


def _stage_tables(sheet: Sheet, across: int) -> list[dict[str, Any]]:
    stages = sheet.count["stages"]
    if not sheet.rows:
        return []
    tables = []
    for start in range(0, len(stages), across):
        part = slice(start, start + across)
        head = [_("Candidate"), *(_("Stage %(number)s", number=s["stage"]) for s in stages[part])]
        rows = [[_row_name(row), *map(_cell, row.cells[part])] for row in sheet.rows]
        tables.append(_table(_("Votes of each candidate after each stage"), head, rows))
    return tables


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    size = 9 if len(head) <= max(ACROSS.values()) + 1 else 6
    return {"title": title, "head": list(head), "rows": [list(row) for row in rows], "size": size}


def _row_name(row: Row) -> str:
    kinds = {"none": _("With no candidate"), "loss": _("Of which lost in rounding")}
    return row.name or kinds.get(row.kind, _("Quota"))


def _cell(cell: Cell) -> str:
    marks = {"elected": _("elected"), "excluded": _("excluded")}
    return "\n".join(part for part in (cell.change, cell.votes, marks.get(cell.mark, "")) if part)


def _other_tables(sheet: Sheet) -> list[dict[str, Any]]:
    tables = []
    for title, rows in (
        (_("Who was put above whom"), sheet.pairs),
        (_("Strongest chains of defeats"), sheet.paths),
    ):
        if rows:
            tables.append(_table(title, ["", *(row.name for row in rows)], _pair_rows(rows)))
    if sheet.profiles:
        head = [_("Candidate"), *(word for word, _shade in sheet.profiles.grades)]
        rows_of_grades = [
            [profile.name, *_grades(sheet, profile.name), profile.middle]
            for profile in sheet.profiles.profiles
        ]
        tables.append(_table(_("Grades"), [*head, _("Middle grade")], rows_of_grades))
    return tables


def _pair_rows(rows: Sequence[PairRow]) -> list[list[str]]:
    return [[row.name, *(_pair(cell) for cell in row.cells)] for row in rows]


def _pair(cell: tuple[str, bool] | None) -> str:
    if cell is None:
        return "\N{EN DASH}"
    return f"{cell[0]} >" if cell[1] else cell[0]


def _grades(sheet: Sheet, name: str) -> list[str]:
    return [str(papers) for papers in sheet.count["details"]["profiles"][name]["grades"][::-1]]


# Pictures and ties


def _bars(picture: Bars) -> dict[str, Any]:
    title = _("Stage %(number)s", number=picture.stage)
    told = ". ".join(f"{bar.name}: {bar.votes}" for bar in picture.bars)
    return {
        "title": title,
        "alt": f"{title}. {told}.",
        "quota": None if picture.quota_at is None else picture.quota_at / BAR_WIDTH,
        "bars": [
            {
                "name": bar.name,
                "votes": bar.votes,
                "share": bar.length / BAR_WIDTH,
                "mark": bar.mark,
            }
            for bar in picture.bars
        ],
    }


def _tie(tie: TieLine) -> str:
    told = _(
        "Stage %(number)s, %(purpose)s: %(names)s.",
        number=tie.stage,
        purpose=tie.purpose,
        names=tie.between,
    )
    chosen = " " + _("Chosen: %(name)s.", name=tie.chosen) if tie.chosen else ""
    return f"{told}{chosen} {_('How:')} {tie.how.words}."
