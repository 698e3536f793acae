"""The story's votes in Welsh: what stands beside each English text of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from voting.domain.rules import BACKGROUND, OptionInput

WELSH: Mapping[str, str] = MappingProxyType(
    {
        "Staff": "Staff",
        "Users": "Defnyddwyr",
        "Community": "Y gymuned",
        "Users and community": "Defnyddwyr a’r gymuned",
        "Staff, users and community": "Staff, defnyddwyr a’r gymuned",
        "Riverside branch of the Leisure Workers' Union (fictional), 01632 960 220. They can tell "
        "you whether a letter is real.": (
            "Cangen Glan yr Afon o Undeb y Gweithwyr Hamdden (ffuglennol), 01632 960 220. Gallant "
            "ddweud wrthych a yw llythyr yn un go iawn."
        ),
        "Ballot 1: shall we form a mutual?": "Pleidlais 1: a ddylem ffurfio cwmni cydfuddiannol?",
        "Ballot 2: which governance model?": "Pleidlais 2: pa fodel llywodraethu?",
        # the ranked vote
        "Ranked vote: which work comes first?": "Pleidlais mewn trefn: pa waith ddaw'n gyntaf?",
        "Which three pieces of work should be paid for first? Rank them.": (
            "Pa dri darn o waith y dylid talu amdanynt yn gyntaf? Rhowch nhw mewn trefn."
        ),
        "A sports hall for Eastfield": "Neuadd chwaraeon i Eastfield",
        "Please read the background before you vote. Your vote is secret.": (
            "Darllenwch y cefndir cyn i chi bleidleisio. Mae eich pleidlais yn gyfrinachol."
        ),
        # shall we form a mutual?
        "Shall Riverside Leisure leave the council and form a mutual?": (
            "A ddylai Hamdden Glan yr Afon adael y cyngor a ffurfio cwmni cydfuddiannol?"
        ),
        "Yes, form a mutual": "Dylem, ffurfio cwmni cydfuddiannol",
        "A new organisation takes over staff, contracts and the care of the buildings. The "
        "council keeps owning the buildings and pays for agreed services.": (
            "Mae sefydliad newydd yn cymryd y staff, y contractau a'r gwaith o ofalu am yr "
            "adeiladau. Mae'r cyngor yn parhau i berchen ar yr adeiladau ac yn talu am "
            "wasanaethau y cytunwyd arnynt."
        ),
        "Staff and users choose the board. Surpluses stay in the service. Decisions are taken "
        "nearer to the centres.": (
            "Staff a defnyddwyr sy'n dewis y bwrdd. Mae unrhyw warged yn aros yn y gwasanaeth. "
            "Gwneir penderfyniadau yn nes at y canolfannau."
        ),
        "The contract can be lost when it ends. Set-up costs come first. Pensions of new staff "
        "may differ.": (
            "Gellir colli'r contract pan ddaw i ben. Daw costau sefydlu yn gyntaf. Gall pensiynau "
            "staff newydd fod yn wahanol."
        ),
        "Business case, version 3, pages 12 to 31": "Achos busnes, fersiwn 3, tudalennau 12 i 31",
        "No, stay with the council": "Na, aros gyda'r cyngor",
        "The council goes on running the service with its own staff, and plans improvements "
        "within its budget.": (
            "Mae'r cyngor yn parhau i redeg y gwasanaeth gyda'i staff ei hun, ac yn cynllunio "
            "gwelliannau o fewn ei gyllideb."
        ),
        "Nobody is transferred. Councillors answer for the service. Pensions and pay scales "
        "stay as they are.": (
            "Nid oes neb yn cael ei drosglwyddo. Mae cynghorwyr yn atebol am y gwasanaeth. Mae "
            "pensiynau a graddfeydd cyflog yn aros fel y maent."
        ),
        "The council's budget is expected to shrink. Opening hours may be cut. Staff and users "
        "have no vote on the board.": (
            "Disgwylir i gyllideb y cyngor grebachu. Gellir cwtogi oriau agor. Nid oes gan staff "
            "na defnyddwyr bleidlais ar y bwrdd."
        ),
        "Council budget paper 2026/41": "Papur cyllideb y cyngor 2026/41",
        # which model?
        "Which governance model should the mutual adopt?": (
            "Pa fodel llywodraethu y dylai'r cwmni cydfuddiannol ei fabwysiadu?"
        ),
        "Multi-stakeholder co-operative": "Cydweithfa aml-randdeiliad",
        "Members belong to classes (staff, users, community) with fixed shares of control.": (
            "Mae aelodau'n perthyn i ddosbarthiadau (staff, defnyddwyr, cymuned) â chyfrannau "
            "sefydlog o reolaeth."
        ),
        "No group can dominate. Users have a real vote. Everyone sits at one table.": (
            "Ni all yr un grŵp dra-arglwyddiaethu. Mae gan ddefnyddwyr bleidlais go iawn. Mae "
            "pawb yn eistedd wrth yr un bwrdd."
        ),
        "The rules are complex. Decisions can take longer. More meetings need staff time.": (
            "Mae'r rheolau'n gymhleth. Gall penderfyniadau gymryd mwy o amser. Mae mwy o "
            "gyfarfodydd yn galw am amser staff."
        ),
        "Options paper, section 4": "Papur opsiynau, adran 4",
        "Community benefit society": "Cymdeithas budd cymunedol",
        "A registered society for the benefit of the wider community; one member, one vote.": (
            "Cymdeithas gofrestredig er budd y gymuned ehangach; un aelod, un bleidlais."
        ),
        "The assets can be locked for good. Community shares can raise money.": (
            "Gellir cloi'r asedau am byth. Gall cyfranddaliadau cymunedol godi arian."
        ),
        "Staff may be a minority. Members who live far away may be hard to reach.": (
            "Gall staff fod yn lleiafrif. Gall fod yn anodd cyrraedd aelodau sy'n byw ymhell."
        ),
        "Options paper, section 5": "Papur opsiynau, adran 5",
        "Employee ownership trust": "Ymddiriedolaeth perchnogaeth gweithwyr",
        "A trust holds more than half of the organisation for all who work in it.": (
            "Mae ymddiriedolaeth yn dal mwy na hanner y sefydliad ar ran pawb sy'n gweithio ynddo."
        ),
        "Stable ownership. Clear duty towards all staff. Simple to run.": (
            "Perchnogaeth sefydlog. Dyletswydd glir tuag at yr holl staff. Syml i'w redeg."
        ),
        "Ownership is indirect. Users have no vote. Less known to funders.": (
            "Mae'r berchnogaeth yn anuniongyrchol. Nid oes gan ddefnyddwyr bleidlais. Llai "
            "adnabyddus i gyllidwyr."
        ),
        "Options paper, section 6": "Papur opsiynau, adran 6",
        "Stay as we are": "Aros fel yr ydym",
        "The council keeps running the service and no mutual is formed.": (
            "Mae'r cyngor yn parhau i redeg y gwasanaeth ac ni ffurfir cwmni cydfuddiannol."
        ),
        "No transfer, no set-up costs. Councillors answer for the service.": (
            "Dim trosglwyddo, dim costau sefydlu. Mae cynghorwyr yn atebol am y gwasanaeth."
        ),
        "The council's budget shrinks. No say for staff or users on a board.": (
            "Mae cyllideb y cyngor yn crebachu. Dim llais i staff na defnyddwyr ar fwrdd."
        ),
        "None of these": "Dim un o'r rhain",
        "You want another model to be looked into before anything is decided.": (
            "Rydych am i fodel arall gael ei ystyried cyn i ddim gael ei benderfynu."
        ),
        "Time to look further. Nothing is fixed in haste.": (
            "Amser i edrych ymhellach. Nid oes dim yn cael ei bennu ar frys."
        ),
        "Delay costs money. The council may decide without a preference.": (
            "Mae oedi'n costio arian. Gall y cyngor benderfynu heb ddewis gan neb."
        ),
        "Options paper, section 9": "Papur opsiynau, adran 9",
        # what should come first?
        "What should the mutual do first?": "Beth ddylai'r cwmni cydfuddiannol ei wneud gyntaf?",
        "Longer opening hours": "Oriau agor hirach",
        "Repair the Northgate pool": "Trwsio pwll Northgate",
        "Lower prices for under-18s": "Prisiau is i rai dan 18",
        "A training plan for staff": "Cynllun hyfforddi i staff",
        # names and spending
        "How good would each of these names be?": "Pa mor dda fyddai pob un o'r enwau hyn?",
        "Riverside Together": "Glan yr Afon Gyda'n Gilydd",
        "Active Riverside": "Glan yr Afon Egnïol",
        "Keep the present name": "Cadw'r enw presennol",
        "How much does each of these matter to you?": "Faint mae pob un o'r rhain o bwys i chi?",
        "Lower prices": "Prisiau is",
        "Warmer pools": "Pyllau cynhesach",
    }
)


def in_welsh(text: str) -> str:
    """The Welsh of one of the story's texts; nothing where it was not told."""
    return WELSH.get(text, "")


def write_option(text: str, *background: str) -> OptionInput:
    """An option with its *background* (description, benefits, drawbacks, source) in both."""
    english = dict(zip(("text", *BACKGROUND), (text, *background), strict=False))
    welsh = {f"{name}_cy": in_welsh(told) for name, told in english.items()}
    return OptionInput(**english, **welsh)
