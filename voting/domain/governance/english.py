"""The sixteen models in English."""

from __future__ import annotations

from voting.domain.governance.model import ModelText

ENGLISH: dict[str, ModelText] = {
    "in-house": ModelText(
        name="Stay as we are, with improvements",
        description=(
            "The authority goes on running the service with its own staff. It looks for better "
            "ways of working inside its present structure."
        ),
        owners="The authority",
        assets="Stay with the authority",
        benefits=(
            "Nobody changes employer, and no contract has to be drawn up. Elected members or the "
            "board of the authority answer directly for the service."
        ),
        drawbacks=(
            "The service stays within the authority's chain of decisions and its budget. Staff and "
            "users get no vote on who runs it, and savings must be found elsewhere."
        ),
        cost="No cost of transfer. The cost of each improvement is decided in the yearly budget.",
        source="The authority's own budget and service plan",
    ),
    "authority-company": ModelText(
        name="Company owned by the authority",
        description=(
            "The authority sets up a company, owns all of it and hands the service over to it."
        ),
        owners="The authority, as only shareholder",
        assets="Belong to the company, and through it to the authority",
        benefits=(
            "The authority keeps control and may award work to its company directly. The company "
            "has its own board and can trade with others within limits."
        ),
        drawbacks=(
            "Staff and users do not control it. Outside trade is limited while it is given work "
            "without competition, and a return may take years to come."
        ),
        cost="Set-up, a board, audit and tax of its own. The authority usually lends the start.",
        source="Localism Act 2011, sections 1 to 4; Procurement Act 2023, schedule 2",
    ),
    "joint-venture": ModelText(
        name="Joint venture",
        description=(
            "The authority and one or more partners own a new organisation together and share what "
            "it earns and risks."
        ),
        owners="The authority and its partners, by share",
        assets="As the agreement between the owners says",
        benefits=(
            "Partners bring money, skills and systems that the service lacks. Risks are shared, "
            "and the authority keeps a seat at the table."
        ),
        drawbacks=(
            "Control is shared, so the owners may want different things. The agreements are "
            "complex, and choosing a partner takes a competition."
        ),
        cost="High legal costs at the start, and costs of managing the contract throughout.",
        source="Companies Act 2006; the authority's procurement rules",
    ),
    "guarantee-company": ModelText(
        name="Company limited by guarantee",
        description=(
            "A company with members in place of shareholders. Each member promises a small sum, "
            "often one pound, if it closes with debts."
        ),
        owners="Its members, as its articles say",
        assets="No lock unless the articles add one",
        benefits=(
            "Well known to lawyers, banks and funders. Its articles can be written to suit many "
            "kinds of membership, and it is quick to set up."
        ),
        drawbacks=(
            "It cannot raise money by selling shares. Nothing in the form itself keeps the assets "
            "for the community, so members could change its purpose."
        ),
        cost="Low cost to register. Yearly accounts and a yearly statement to Companies House.",
        source="Companies Act 2006, sections 3 and 11",
    ),
    "charitable-company": ModelText(
        name="Charitable company",
        description="A company limited by guarantee that is registered as a charity as well.",
        owners="Its members; trustees run it for its charitable purpose",
        assets="Must be used for its charitable purpose",
        benefits=(
            "It can have tax reliefs and relief on business rates, and can ask for grants that "
            "only charities get. The public knows and trusts the form."
        ),
        drawbacks=(
            "It answers to two regulators. Trustees are normally unpaid, so staff on the board are "
            "few, and it may act only for charitable purposes."
        ),
        cost="Two sets of filing each year. Reliefs on rates and tax may outweigh that.",
        source="Charities Act 2011; Companies Act 2006",
    ),
    "charitable-incorporated": ModelText(
        name="Charitable incorporated organisation",
        description="A form made for charities: a body of its own, without being a company.",
        owners="Its members, or its trustees alone",
        assets="Must be used for its charitable purpose",
        benefits=(
            "One regulator and one yearly return. Members have limited liability, and the reliefs "
            "of a charity apply from registration."
        ),
        drawbacks=(
            "It may act only for charitable purposes, and trustees are normally unpaid. Lenders "
            "know the form less well than a company."
        ),
        cost="No fee to register, but registration can take months. Simple yearly filing.",
        source="Charities Act 2011, part 11",
    ),
    "community-interest": ModelText(
        name="Community interest company",
        description=(
            "A company whose articles bind it to a purpose that benefits the community. A "
            "regulator checks that purpose."
        ),
        owners="Its members or shareholders",
        assets="Locked by law for the community",
        benefits=(
            "The law locks its assets for good. Directors, staff among them, may be paid, and it "
            "can be set up in a matter of weeks."
        ),
        drawbacks=(
            "It gets no tax relief as a charity. Where it has shares, dividends are capped at 35% "
            "of what could be paid out, which limits investors."
        ),
        cost="Low cost to register. A public report on the community's benefit every year.",
        source="Companies (Audit, Investigations and Community Enterprise) Act 2004, part 2",
    ),
    "employee-shares": ModelText(
        name="Company owned by employees through shares",
        description="A company limited by shares, all or most of which its employees hold.",
        owners="Employees, each with shares of their own",
        assets="No lock; they belong to the company",
        benefits=(
            "Each employee has a direct stake, and it can be an equal one. Staff choose the board "
            "and share in what the company earns."
        ),
        drawbacks=(
            "Users stand outside. Guarantees and loans can be hard to raise, and shares must be "
            "bought back when people leave."
        ),
        cost="Legal costs for the share scheme, and money set aside to buy shares back.",
        source="Companies Act 2006; Procurement Act 2023, section 33",
    ),
    "employee-trust": ModelText(
        name="Employee ownership trust",
        description="A trust holds more than half of a company for all who work in it.",
        owners="A trust for all employees, run by trustees",
        assets="No lock; the trust's share is held for employees",
        benefits=(
            "Ownership is stable and does not depend on staff buying shares. All employees benefit "
            "on the same terms, and bonuses can be free of income tax up to a limit."
        ),
        drawbacks=(
            "Ownership is indirect: trustees hold the control. Users and the community have no "
            "part in it, and the trust deed is costly to change."
        ),
        cost="Legal and tax advice to set up the trust; a trustee board to keep running.",
        source="Finance Act 2014, schedule 37, as amended",
    ),
    "worker-cooperative": ModelText(
        name="Worker co-operative",
        description=(
            "The people who work in it own and run it. Most workers are members, and each member "
            "has one vote."
        ),
        owners="Its workers, one vote each",
        assets="As its rules say; a lock can be chosen",
        benefits=(
            "Staff control is clear and equal. Decisions are taken close to the work, and what is "
            "earned can be shared or put back."
        ),
        drawbacks=(
            "Users and the community have no vote. Members need time for meetings, and money from "
            "outside is harder to raise."
        ),
        cost="Low cost to register with model rules. Time for members to learn and to meet.",
        source="Co-operative and Community Benefit Societies Act 2014",
    ),
    "cooperative-society": ModelText(
        name="Co-operative society",
        description=(
            "A registered society that works for the benefit of its members, on the principles of "
            "co-operatives the world over."
        ),
        owners="Its members, one vote each",
        assets="As its rules say; not locked by law",
        benefits=(
            "One member has one vote, however much they invest. It can raise money from members by "
            "shares that can be withdrawn, without a costly prospectus."
        ),
        drawbacks=(
            "It must serve its members first, which can sit badly with a service for everyone. It "
            "cannot be a charity, and fewer advisers know the form."
        ),
        cost="A moderate fee to register with model rules, and a yearly return to its regulator.",
        source="Co-operative and Community Benefit Societies Act 2014, section 2",
    ),
    "benefit-society": ModelText(
        name="Community benefit society",
        description="A registered society that works for the benefit of the wider community.",
        owners="Its members, one vote each",
        assets="Can be locked for good by its rules",
        benefits=(
            "Its assets can be locked for the community. It can raise money by community shares, "
            "and there is a charitable variant with tax reliefs."
        ),
        drawbacks=(
            "Staff may be a minority among its members. Surplus cannot be shared out to members, "
            "and a wide membership is work to keep alive."
        ),
        cost="A moderate fee to register with model rules. Keeping up a large membership.",
        source="Co-operative and Community Benefit Societies Act 2014, sections 2 and 29",
    ),
    "multi-stakeholder": ModelText(
        name="Multi-stakeholder co-operative",
        description=(
            "Members belong to classes, such as staff, users and community. Each class has a fixed "
            "share of the control."
        ),
        owners="Staff, users and community, in fixed shares",
        assets="As its rules say; a lock can be chosen",
        benefits=(
            "No group can dominate the others. Those who give the service and those who use it "
            "decide together, and each has a real vote."
        ),
        drawbacks=(
            "The rules are complex, and decisions can take longer. Classes may disagree, and "
            "keeping each one active takes time and money."
        ),
        cost="Legal advice on the rules, and elections and meetings for each class.",
        source="Co-operative and Community Benefit Societies Act 2014; options paper",
    ),
    "consortium": ModelText(
        name="Consortium co-operative",
        description=(
            "Organisations, such as practices or small providers, together own a body that bids, "
            "buys or provides services for all of them."
        ),
        owners="Member organisations",
        assets="As its rules say",
        benefits=(
            "Small organisations can bid and buy together. Each keeps its own name and staff, and "
            "shared services cost less for each."
        ),
        drawbacks=(
            "The members are organisations, so a person has no direct vote. Members may compete "
            "with each other, and one may carry others' risks."
        ),
        cost="Shared by the members, often as a yearly fee or a part of what is earned.",
        source="Co-operative and Community Benefit Societies Act 2014; Companies Act 2006",
    ),
    "partnership": ModelText(
        name="Limited liability partnership",
        description=(
            "A body of its own whose members are taxed as partners, each on their own share of "
            "what it earns."
        ),
        owners="Its partners, as they agree",
        assets="No lock; they belong to the partnership",
        benefits=(
            "The partners can agree almost any way of sharing work and control. Liability is "
            "limited, and tax is paid once, by the partners."
        ),
        drawbacks=(
            "Nothing keeps assets for the public. Partners are taxed as self-employed people, and "
            "most staff would not be partners."
        ),
        cost="Low cost to register. A partnership agreement, and each partner's tax return.",
        source="Limited Liability Partnerships Act 2000",
    ),
    "existing-charity": ModelText(
        name="Existing charity or trust",
        description="The service moves to a charity or trust that is there already.",
        owners="The charity's own trustees",
        assets="Must be used for that charity's purpose",
        benefits=(
            "It is fast, because nothing new has to be set up. The charity brings scale, systems "
            "and experience, and its reliefs apply."
        ),
        drawbacks=(
            "Staff and users gain little control, if any. The service must fit the charity's "
            "purpose, and its name and habits may be lost."
        ),
        cost="Costs of transfer, and a competition for the contract unless an exception applies.",
        source="Charities Act 2011; the charity's accounts at the Charity Commission",
    ),
}
