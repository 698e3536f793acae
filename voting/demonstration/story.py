"""The story that the demonstration tells. Every name, number and figure in it is invented."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from voting.domain.methods import Kind, Method, default_method


@dataclass(frozen=True, slots=True)
class Group:
    """One constituency of the story: its name, code and how many people are on its roll."""

    name: str
    code: str
    electors: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a question, with the background shown beside it."""

    text: str
    description: str
    benefits: str
    drawbacks: str
    source: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: how many options may be chosen, and which; or how they are marked."""

    text: str
    maximum: int
    choices: tuple[Choice, ...]
    method: Method = field(default_factory=Method)


GROUPS = (
    Group("Staff", "staff", 120),
    Group("Users", "users", 200),
    Group("Community", "community", 30),
)

TITLE = "Should Riverside Leisure become a mutual?"
ORGANISATION = "Riverside Leisure (a fictional service)"
DECIDING = (
    "Whether the eleven leisure centres, pools and pitches now run by the council should move to "
    "an organisation owned by the people who work in them and use them, and if so, in which form."
)
STILL_OPEN = (
    "The governance model, who sits on the first board, and the length of the contract with the "
    "council. Staying as we are remains possible until the council decides."
)
CONTACT = ("Morgan Ellis", "consultation@riverside.example", "01632 960 110")
SCRUTINEER = (
    "Riverside branch of the Leisure Workers' Union (fictional), 01632 960 220. They can tell you "
    "whether a letter is real."
)

FORM = Ask(
    "Shall Riverside Leisure leave the council and form a mutual?",
    1,
    (
        Choice(
            "Yes, form a mutual",
            "A new organisation takes over staff, contracts and the care of the buildings. The "
            "council keeps owning the buildings and pays for agreed services.",
            "Staff and users choose the board. Surpluses stay in the service. Decisions are taken "
            "nearer to the centres.",
            "The contract can be lost when it ends. Set-up costs come first. Pensions of new staff "
            "may differ.",
            "Business case, version 3, pages 12 to 31",
        ),
        Choice(
            "No, stay with the council",
            "The council goes on running the service with its own staff, and plans improvements "
            "within its budget.",
            "Nobody is transferred. Councillors answer for the service. Pensions and pay scales "
            "stay as they are.",
            "The council's budget is expected to shrink. Opening hours may be cut. Staff and users "
            "have no vote on the board.",
            "Council budget paper 2026/41",
        ),
    ),
)

MODEL = Ask(
    "Which governance model should the mutual adopt?",
    1,
    (
        Choice(
            "Multi-stakeholder co-operative",
            "Members belong to classes (staff, users, community) with fixed shares of control.",
            "No group can dominate. Users have a real vote. Everyone sits at one table.",
            "The rules are complex. Decisions can take longer. More meetings need staff time.",
            "Options paper, section 4",
        ),
        Choice(
            "Community benefit society",
            "A registered society for the benefit of the wider community; one member, one vote.",
            "The assets can be locked for good. Community shares can raise money.",
            "Staff may be a minority. Members who live far away may be hard to reach.",
            "Options paper, section 5",
        ),
        Choice(
            "Employee ownership trust",
            "A trust holds more than half of the organisation for all who work in it.",
            "Stable ownership. Clear duty towards all staff. Simple to run.",
            "Ownership is indirect. Users have no vote. Less known to funders.",
            "Options paper, section 6",
        ),
        Choice(
            "Stay as we are",
            "The council keeps running the service and no mutual is formed.",
            "No transfer, no set-up costs. Councillors answer for the service.",
            "The council's budget shrinks. No say for staff or users on a board.",
            "Council budget paper 2026/41",
        ),
        Choice(
            "None of these",
            "You want another model to be looked into before anything is decided.",
            "Time to look further. Nothing is fixed in haste.",
            "Delay costs money. The council may decide without a preference.",
            "Options paper, section 9",
        ),
    ),
    Method(Kind.RANK, "schulze", options={"strength": "winning"}, papers=True),
)

NAMES = Ask(
    "How good would each of these names be?",
    1,
    tuple(
        Choice(name, "", "", "", "")
        for name in ("Riverside Together", "Active Riverside", "Keep the present name")
    ),
    replace(default_method(Kind.GRADE), papers=True),
)

SPENDING = Ask(
    "How much does each of these matter to you?",
    1,
    tuple(
        Choice(name, "", "", "", "")
        for name in ("Longer opening hours", "Lower prices", "Warmer pools")
    ),
    replace(default_method(Kind.SCORE), papers=True),
)

PRIORITIES = Ask(
    "What should the mutual do first?",
    2,
    (
        Choice("Longer opening hours", "", "", "", ""),
        Choice("Repair the Northgate pool", "", "", "", ""),
        Choice("Lower prices for under-18s", "", "", "", ""),
        Choice("A training plan for staff", "", "", "", ""),
    ),
)

COMMISSIONER = "commissioner@riverside.example"

PAGE = {
    "summary": (
        "The council asks whether the leisure centres should be run by a new organisation that "
        "belongs to staff, users and the community."
    ),
    "summary_cy": (
        "Mae'r cyngor yn gofyn a ddylai'r canolfannau hamdden gael eu rhedeg gan sefydliad newydd "
        "sy'n eiddo i staff, defnyddwyr a'r gymuned."
    ),
    "who_decides": (
        "The council's cabinet decides: first whether there may be a mutual, then in which form. "
        "It weighs the business case, what people say, and each vote. A change needs the vote of "
        "the staff."
    ),
    "who_decides_cy": (
        "Cabinet y cyngor sy'n penderfynu: yn gyntaf a gaiff cwmni cydfuddiannol fod, yna ar ba "
        "ffurf. Mae'n pwyso'r achos busnes, yr hyn y mae pobl yn ei ddweud, a phob pleidlais. Mae "
        "angen pleidlais y staff ar gyfer newid."
    ),
    "title_cy": "A ddylai Hamdden Glan yr Afon ddod yn gwmni cydfuddiannol?",
    "deciding_cy": (
        "A ddylai'r un ganolfan hamdden ar ddeg, y pyllau a'r caeau sydd bellach dan y cyngor "
        "symud i sefydliad sy'n eiddo i'r bobl sy'n gweithio ynddynt ac yn eu defnyddio, ac os "
        "felly, ar ba ffurf."
    ),
    "still_open_cy": (
        "Y model llywodraethu, pwy sydd ar y bwrdd cyntaf, a hyd y contract gyda'r cyngor. Mae "
        "aros fel yr ydym yn dal yn bosibl nes i'r cyngor benderfynu."
    ),
}

GLOSSARY = (
    (
        "Mutual",
        "An organisation that belongs to its members: staff, users, the community, or a mix.",
        "Cwmni cydfuddiannol",
        "Sefydliad sy'n eiddo i'w aelodau: staff, defnyddwyr, y gymuned, neu gymysgedd.",
    ),
    (
        "Asset lock",
        "A rule that keeps what the organisation owns for the community, also if it closes.",
        "Clo asedau",
        "Rheol sy'n cadw'r hyn y mae'r sefydliad yn berchen arno i'r gymuned, hyd yn oed os yw'n "
        "cau.",
    ),
)

DATES = (
    (14, "Open meeting at Northgate Centre, 7pm", "Cyfarfod agored yng Nghanolfan Northgate, 7pm"),
    (
        123,
        "Open meeting on the governance models, Hilltop gym, 7pm",
        "Cyfarfod agored ar y modelau llywodraethu, campfa Hilltop, 7pm",
    ),
    (
        155,
        "The council's cabinet meets on the governance model",
        "Cabinet y cyngor yn cyfarfod ar y model llywodraethu",
    ),
)

CHANGES = (  # of each version of the business case after the first, in English and in Welsh
    (
        "The cost of keeping the buildings in repair is added, on page 22.",
        "Ychwanegwyd cost cadw'r adeiladau mewn cyflwr da, ar dudalen 22.",
    ),
    (
        "The cost of pensions is worked out anew, on pages 14 and 15.",
        "Cyfrifwyd cost pensiynau o'r newydd, ar dudalennau 14 a 15.",
    ),
)

QUESTIONS = (
    (
        "What happens to our pensions if we are transferred?",
        "Everyone who is transferred stays in the same pension scheme. The business case has the "
        "cost on pages 14 and 15.",
        "Mae pawb sy'n cael eu trosglwyddo yn aros yn yr un cynllun pensiwn. Mae'r gost ar "
        "dudalennau 14 a 15 yr achos busnes.",
    ),
    (
        "Can the council take the centres back later?",
        "Yes. The buildings stay the council's, and the contract ends after ten years.",
        "Gall. Mae'r adeiladau'n aros yn eiddo i'r cyngor, a daw'r contract i ben ar ôl deng "
        "mlynedd.",
    ),
    ("Will prices for under-18s change?", "", ""),
)

WITHDRAWN = (
    "Is it true that the manager at Northgate is leaving because of this?",
    "It asks about one person, who is not to be talked about here.",
    "Mae'n holi am un person, ac nid dyma'r lle i sôn amdano.",
)

UPDATE = (
    "The business case has a third version",
    "The cost of pensions is worked out anew. Nothing else has changed.",
    "Mae trydedd fersiwn o'r achos busnes",
    "Cyfrifwyd cost pensiynau o'r newydd. Nid oes dim arall wedi newid.",
)

DECISION = {
    "outcome": "with-conditions",
    "reasons": (
        "Staff voted for a mutual, and the turnout that was set beforehand was reached; users and "
        "the community advised the same. In the consultation people asked above all for longer "
        "opening and for a say, and the response takes up four of its five themes. The business "
        "case, version 3, holds with a contract of ten years. Staying with the council was "
        "weighed: it would spare the cost of a transfer, but not the cuts that the budget paper "
        "expects."
    ),
    "conditions": (
        "A governance model must find support in ballot 2, in which staying as we are is still one "
        "of the answers. The buildings stay the council's. Everyone who is transferred keeps their "
        "pension scheme."
    ),
    "dissent": "Two members of the cabinet would have waited for another year of figures.",
    "next_steps": (
        "Ballot 2 asks which governance model the mutual should have, and a second consultation "
        "what its first year should look like. The cabinet meets again when both are published."
    ),
    "decided_by": "Cai Commissioner, Cabinet Member for Leisure",
    "reasons_cy": (
        "Pleidleisiodd y staff dros gwmni cydfuddiannol, a chyrhaeddwyd y nifer a osodwyd ymlaen "
        "llaw; yr un oedd cyngor y defnyddwyr a'r gymuned. Yn yr ymgynghoriad gofynnodd pobl yn "
        "bennaf am oriau hirach ac am lais, ac mae'r ymateb yn derbyn pedair o'i bum thema. Mae'r "
        "achos busnes, fersiwn 3, yn dal gyda chontract o ddeng mlynedd. Pwyswyd aros gyda'r "
        "cyngor: byddai'n arbed cost trosglwyddo, ond nid y toriadau y mae papur y gyllideb yn eu "
        "disgwyl."
    ),
    "conditions_cy": (
        "Rhaid i fodel llywodraethu gael cefnogaeth ym mhleidlais 2, lle mae aros fel yr ydym yn "
        "dal yn un o'r atebion. Mae'r adeiladau'n aros yn eiddo i'r cyngor. Mae pawb a "
        "drosglwyddir yn cadw eu cynllun pensiwn."
    ),
    "dissent_cy": "Byddai dau aelod o'r cabinet wedi aros am flwyddyn arall o ffigurau.",
    "next_steps_cy": (
        "Mae pleidlais 2 yn gofyn pa fodel llywodraethu ddylai fod gan y cwmni cydfuddiannol, ac "
        "ail ymgynghoriad sut y dylai ei flwyddyn gyntaf edrych. Bydd y cabinet yn cyfarfod eto "
        "pan gyhoeddir y ddau."
    ),
}

STEPS = (  # what, days until it is due, how it stands, a note; what and the note in Welsh
    (
        "Prepare ballot 2 on the governance model", -3, "done", "Texts and rolls are fixed.",
        "Paratoi pleidlais 2 ar y model llywodraethu", "Mae'r testunau a'r rhestrau wedi'u pennu.",
    ),
    (
        "Survey the roofs of all eleven centres", 40, "under-way", "Seven are done.",
        "Arolygu toeau'r un ganolfan ar ddeg", "Mae saith wedi'u gwneud.",
    ),
    ("Draw up the contract", 120, "planned", "", "Llunio'r contract", ""),
)  # fmt: skip
