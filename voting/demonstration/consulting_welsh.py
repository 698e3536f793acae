"""The finished consultation in Welsh: what stands beside each English text of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

BEFORE: Mapping[str, str] = MappingProxyType(
    {
        "How should our leisure centres be run?": "Sut dylid rhedeg ein canolfannau hamdden?",
        "Whether the centres stay with the council or move to a mutual is open. We ask what "
        "matters to you before anything is put to a vote.": (
            "Mae'n agored a fydd y canolfannau'n aros gyda'r cyngor neu'n symud i gwmni "
            "cydfuddiannol. Rydym yn gofyn beth sy'n bwysig i chi cyn i ddim fynd i bleidlais."
        ),
        # questions
        "Which centre do you use most?": "Pa ganolfan rydych chi'n ei defnyddio fwyaf?",
        "Riverside pool\nHilltop gym\nMarket Street hall\nAnother centre": (
            "Pwll Glan yr Afon\nCampfa Pen y Bryn\nNeuadd Stryd y Farchnad\nCanolfan arall"
        ),
        "What matters most to you?": "Beth sydd bwysicaf i chi?",
        "Prices\nOpening hours\nStaff\nRepairs\nA say in decisions": (
            "Prisiau\nOriau agor\nStaff\nAtgyweiriadau\nLlais mewn penderfyniadau"
        ),
        "How good is the service today?": "Pa mor dda yw'r gwasanaeth heddiw?",
        "Poor\nExcellent": "Gwael\nRhagorol",
        "In which order should money be spent?": "Ym mha drefn y dylid gwario arian?",
        "Longer hours\nLower prices\nRepairs": "Oriau hirach\nPrisiau is\nAtgyweiriadau",
        "What else should we think of?": "Am beth arall y dylem feddwl?",
        # themes: what people said, and the answers
        "Opening hours": "Oriau agor",
        "Many ask for early mornings and Sundays, some for quiet hours.": (
            "Mae llawer yn gofyn am foreau cynnar a dyddiau Sul, a rhai am oriau tawel."
        ),
        "Whoever runs the centres, the pool stays open on Sundays, and two centres try six "
        "o'clock openings for half a year.": (
            "Pwy bynnag sy'n rhedeg y canolfannau, bydd y pwll yn aros ar agor ar ddyddiau Sul, a "
            "bydd dwy ganolfan yn rhoi cynnig ar agor am chwech o'r gloch am hanner blwyddyn."
        ),
        "Who decides": "Pwy sy'n penderfynu",
        "Some want seats for staff and users; others prefer that councillors decide.": (
            "Mae rhai am gael seddi i staff a defnyddwyr; byddai'n well gan eraill i gynghorwyr "
            "benderfynu."
        ),
        "Both ballots put the choice to staff, users and the community, with staying as we are "
        "among the answers.": (
            "Mae'r ddwy bleidlais yn rhoi'r dewis i staff, defnyddwyr a'r gymuned, ac mae aros "
            "fel yr ydym ymhlith yr atebion."
        ),
        "Pensions and jobs": "Pensiynau a swyddi",
        "Staff ask what happens to pensions of those who start after a transfer.": (
            "Mae staff yn gofyn beth fydd yn digwydd i bensiynau'r rhai sy'n dechrau ar ôl "
            "trosglwyddo."
        ),
        "Version 3 of the business case works out the cost of pensions anew.": (
            "Mae fersiwn 3 o'r achos busnes yn cyfrifo cost pensiynau o'r newydd."
        ),
        "Prices": "Prisiau",
        "Families ask that prices do not rise again.": (
            "Mae teuluoedd yn gofyn i brisiau beidio â chodi eto."
        ),
        "A promise to hold all prices cannot be kept under either option while energy prices are "
        "not known. The family ticket stays as it is for a year.": (
            "Ni ellir cadw addewid i ddal pob pris o dan y naill opsiwn na'r llall tra nad yw "
            "prisiau ynni'n hysbys. Bydd y tocyn teulu'n aros fel y mae am flwyddyn."
        ),
        "Repairs": "Atgyweiriadau",
        "People name roofs, showers and changing rooms that wait for repair, in every centre.": (
            "Mae pobl yn enwi toeau, cawodydd ac ystafelloedd newid sy'n aros i gael eu "
            "trwsio, ym mhob canolfan."
        ),
        "The buildings stay the council's. A survey of all eleven centres has begun, and a "
        "second consultation asks what should be repaired first.": (
            "Bydd yr adeiladau'n aros yn eiddo i'r cyngor. Mae arolwg o bob un o'r un ar ddeg "
            "o ganolfannau wedi dechrau, ac mae ail ymgynghoriad yn gofyn beth y dylid ei "
            "drwsio'n gyntaf."
        ),
    }
)

THOUGHTS = (
    ("Cadwch y pwll ar agor ar ddyddiau Sul, pwy bynnag sy'n ei redeg.", 0),
    ("Hoffwn i staff a defnyddwyr gael seddi ar y bwrdd.", 1),
    ("Beth sy'n digwydd i bensiynau pobl sy'n dechrau'n hwyrach?", 2),
    ("Mae'r prisiau wedi codi ddwywaith. Daliwch nhw i deuluoedd.", 3),
    ("Dylid trwsio to'r neuadd cyn dim byd arall.", 4),
    ("Mae angen gwersi nofio yn Gymraeg i'r plant.", 0),
)
"""What people wrote in Welsh, and the theme it belongs to, by its place among the themes."""


def in_welsh(text: str) -> str:
    """The Welsh of a text of the finished consultation; nothing where it was not told."""
    return BEFORE.get(text, "")
