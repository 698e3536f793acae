"""The forms of a page with their controls, as a browser without scripts would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = ("text", "search", "")


@dataclass(slots=True)
class Field:
    """One control of a form."""

    kind: str
    value: str = ""
    is_text: bool = False
    choices: list[str] = field(default_factory=list)


class FormReader(HTMLParser):
    """The controls of the last form on a page that has an anti-forgery token."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, Field]]] = []
        self.inside = ""
        self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((told.get("action", ""), {}))
        if not self.forms:
            return
        fields, name = self.forms[-1][1], told.get("name", "")
        if tag == "input" and name:
            self.add_input(fields, name, told)
        elif tag == "textarea":
            self.area = name
            fields[name] = Field("textarea", is_text=True)
        elif tag == "select":
            self.inside = name
            fields[name] = Field("select")
        elif tag == "option" and self.inside:
            chosen = fields[self.inside]
            chosen.choices.append(told.get("value", ""))
            if "selected" in told or not chosen.value:
                chosen.value = told.get("value", "")

    def add_input(self, fields: dict[str, Field], name: str, told: dict[str, str]) -> None:
        kind = told.get("type", "text")
        if kind in ("radio", "checkbox"):
            known = fields.setdefault(name, Field(kind))
            known.choices.append(told.get("value", "y"))
            if "checked" in told or (kind == "radio" and not known.value):
                known.value = told.get("value", "y")
            return
        numeric = "inputmode" in told
        fields[name] = Field(kind, told.get("value", ""), kind in TYPED and not numeric)

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == "select" else self.inside
        self.area = "" if tag == "textarea" else self.area

    def handle_data(self, data: str) -> None:
        if self.area and self.forms:
            self.forms[-1][1][self.area].value += data
