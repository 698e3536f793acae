"""The sixteen models in Welsh."""

from __future__ import annotations

from voting.domain.governance.model import ModelText

WELSH: dict[str, ModelText] = {
    "in-house": ModelText(
        name="Aros fel yr ydym, gyda gwelliannau",
        description=(
            "Mae'r awdurdod yn dal i redeg y gwasanaeth gyda'i staff ei hun. Mae'n chwilio am "
            "ffyrdd gwell o weithio o fewn ei strwythur presennol."
        ),
        owners="Yr awdurdod",
        assets="Aros gyda'r awdurdod",
        benefits=(
            "Nid oes neb yn newid cyflogwr, ac nid oes angen llunio contract. Mae aelodau "
            "etholedig neu fwrdd yr awdurdod yn atebol yn uniongyrchol am y gwasanaeth."
        ),
        drawbacks=(
            "Mae'r gwasanaeth yn aros o fewn cadwyn benderfynu'r awdurdod a'i gyllideb. Nid yw "
            "staff na defnyddwyr yn cael pleidlais ar bwy sy'n ei redeg."
        ),
        cost="Dim cost trosglwyddo. Penderfynir ar gost pob gwelliant yn y gyllideb flynyddol.",
        source="Cyllideb a chynllun gwasanaeth yr awdurdod ei hun",
    ),
    "authority-company": ModelText(
        name="Cwmni sy'n eiddo i'r awdurdod",
        description=(
            "Mae'r awdurdod yn sefydlu cwmni, yn berchen ar y cyfan ohono ac yn trosglwyddo'r "
            "gwasanaeth iddo."
        ),
        owners="Yr awdurdod, fel unig gyfranddaliwr",
        assets="Yn eiddo i'r cwmni, a thrwyddo i'r awdurdod",
        benefits=(
            "Mae'r awdurdod yn cadw rheolaeth ac yn gallu rhoi gwaith i'w gwmni'n uniongyrchol. "
            "Mae gan y cwmni ei fwrdd ei hun a gall fasnachu ag eraill o fewn terfynau."
        ),
        drawbacks=(
            "Nid yw staff na defnyddwyr yn ei reoli. Cyfyngir ar fasnach allanol tra bydd yn cael "
            "gwaith heb gystadleuaeth, a gall gymryd blynyddoedd cyn gweld elw."
        ),
        cost=(
            "Sefydlu, bwrdd, archwilio a threth ei hun. Fel arfer mae'r awdurdod yn benthyg arian."
        ),
        source="Deddf Lleoliaeth 2011, adrannau 1 i 4; Deddf Caffael 2023, atodlen 2",
    ),
    "joint-venture": ModelText(
        name="Menter ar y cyd",
        description=(
            "Mae'r awdurdod ac un neu ragor o bartneriaid yn berchen ar sefydliad newydd gyda'i "
            "gilydd ac yn rhannu ei enillion a'i risgiau."
        ),
        owners="Yr awdurdod a'i bartneriaid, yn ôl cyfran",
        assets="Fel y dywed y cytundeb rhwng y perchnogion",
        benefits=(
            "Mae partneriaid yn dod ag arian, sgiliau a systemau sydd ar goll. Rhennir y risgiau, "
            "ac mae'r awdurdod yn cadw sedd wrth y bwrdd."
        ),
        drawbacks=(
            "Rhennir y rheolaeth, felly gall y perchnogion fod eisiau pethau gwahanol. Mae'r "
            "cytundebau'n gymhleth, ac mae angen cystadleuaeth i ddewis partner."
        ),
        cost="Costau cyfreithiol uchel ar y dechrau, a chostau rheoli'r contract drwyddi draw.",
        source="Deddf Cwmnïau 2006; rheolau caffael yr awdurdod",
    ),
    "guarantee-company": ModelText(
        name="Cwmni cyfyngedig trwy warant",
        description=(
            "Cwmni gydag aelodau yn lle cyfranddalwyr. Mae pob aelod yn addo swm bach, punt yn "
            "aml, os bydd yn cau gyda dyledion."
        ),
        owners="Ei aelodau, fel y dywed ei erthyglau",
        assets="Dim clo oni bai bod yr erthyglau'n ychwanegu un",
        benefits=(
            "Mae'n gyfarwydd i gyfreithwyr, banciau a chyllidwyr. Gellir ysgrifennu ei erthyglau "
            "ar gyfer sawl math o aelodaeth, ac mae'n gyflym i'w sefydlu."
        ),
        drawbacks=(
            "Ni all godi arian drwy werthu cyfranddaliadau. Nid oes dim yn y ffurf ei hun yn "
            "cadw'r asedau i'r gymuned, felly gallai aelodau newid ei ddiben."
        ),
        cost="Cost isel i'w gofrestru. Cyfrifon a datganiad blynyddol i Dŷ'r Cwmnïau.",
        source="Deddf Cwmnïau 2006, adrannau 3 ac 11",
    ),
    "charitable-company": ModelText(
        name="Cwmni elusennol",
        description="Cwmni cyfyngedig trwy warant sydd hefyd wedi'i gofrestru fel elusen.",
        owners="Ei aelodau; ymddiriedolwyr sy'n ei redeg at ei ddiben elusennol",
        assets="Rhaid eu defnyddio at ei ddiben elusennol",
        benefits=(
            "Gall gael rhyddhad treth a rhyddhad ardrethi busnes, a gall ofyn am grantiau i "
            "elusennau'n unig. Mae'r cyhoedd yn adnabod y ffurf ac yn ymddiried ynddi."
        ),
        drawbacks=(
            "Mae'n atebol i ddau reoleiddiwr. Fel arfer nid yw ymddiriedolwyr yn cael eu talu, "
            "felly ychydig o staff sydd ar y bwrdd, a dibenion elusennol yn unig sydd ganddo."
        ),
        cost="Dwy set o ffeilio bob blwyddyn. Gall rhyddhad ardrethi a threth fod yn fwy na hynny.",
        source="Deddf Elusennau 2011; Deddf Cwmnïau 2006",
    ),
    "charitable-incorporated": ModelText(
        name="Sefydliad corfforedig elusennol",
        description="Ffurf a wnaed ar gyfer elusennau: corff ar ei ben ei hun, heb fod yn gwmni.",
        owners="Ei aelodau, neu ei ymddiriedolwyr yn unig",
        assets="Rhaid eu defnyddio at ei ddiben elusennol",
        benefits=(
            "Un rheoleiddiwr ac un ffurflen flynyddol. Mae gan aelodau atebolrwydd cyfyngedig, ac "
            "mae rhyddhad elusen yn gymwys o'r dyddiad cofrestru."
        ),
        drawbacks=(
            "Dim ond at ddibenion elusennol y caiff weithredu, ac nid yw ymddiriedolwyr yn cael eu "
            "talu fel arfer. Mae benthycwyr yn llai cyfarwydd â'r ffurf."
        ),
        cost="Dim ffi gofrestru, ond gall gymryd misoedd. Ffeilio blynyddol syml.",
        source="Deddf Elusennau 2011, rhan 11",
    ),
    "community-interest": ModelText(
        name="Cwmni buddiannau cymunedol",
        description=(
            "Cwmni y mae ei erthyglau'n ei rwymo i ddiben sydd o fudd i'r gymuned. Mae "
            "rheoleiddiwr yn gwirio'r diben hwnnw."
        ),
        owners="Ei aelodau neu ei gyfranddalwyr",
        assets="Wedi'u cloi gan y gyfraith i'r gymuned",
        benefits=(
            "Mae'r gyfraith yn cloi ei asedau am byth. Gellir talu cyfarwyddwyr, staff yn eu "
            "plith, a gellir ei sefydlu mewn ychydig wythnosau."
        ),
        drawbacks=(
            "Nid yw'n cael rhyddhad treth fel elusen. Os oes ganddo gyfranddaliadau, cyfyngir "
            "difidendau i 35% o'r hyn y gellid ei dalu, sy'n cyfyngu ar fuddsoddwyr."
        ),
        cost="Cost isel i'w gofrestru. Adroddiad cyhoeddus blynyddol ar y budd i'r gymuned.",
        source="Deddf Cwmnïau (Archwilio, Ymchwiliadau a Menter Gymunedol) 2004, rhan 2",
    ),
    "employee-shares": ModelText(
        name="Cwmni sy'n eiddo i weithwyr drwy gyfranddaliadau",
        description=(
            "Cwmni cyfyngedig trwy gyfranddaliadau, a'i weithwyr yn dal y rhan fwyaf ohonynt."
        ),
        owners="Gweithwyr, pob un â'i gyfranddaliadau ei hun",
        assets="Dim clo; yn eiddo i'r cwmni",
        benefits=(
            "Mae gan bob gweithiwr gyfran uniongyrchol, a gall fod yn gyfartal. Staff sy'n dewis y "
            "bwrdd ac yn rhannu'r hyn y mae'r cwmni'n ei ennill."
        ),
        drawbacks=(
            "Mae defnyddwyr y tu allan. Gall fod yn anodd cael gwarantau a benthyciadau, a rhaid "
            "prynu cyfranddaliadau'n ôl pan fydd pobl yn gadael."
        ),
        cost="Costau cyfreithiol y cynllun, ac arian wrth gefn i brynu cyfranddaliadau'n ôl.",
        source="Deddf Cwmnïau 2006; Deddf Caffael 2023, adran 33",
    ),
    "employee-trust": ModelText(
        name="Ymddiriedolaeth perchnogaeth gweithwyr",
        description=(
            "Mae ymddiriedolaeth yn dal mwy na hanner cwmni ar ran pawb sy'n gweithio ynddo."
        ),
        owners="Ymddiriedolaeth ar gyfer pob gweithiwr, dan ymddiriedolwyr",
        assets="Dim clo; delir cyfran yr ymddiriedolaeth ar ran gweithwyr",
        benefits=(
            "Mae'r berchnogaeth yn sefydlog ac nid yw'n dibynnu ar staff yn prynu cyfranddaliadau. "
            "Mae pob gweithiwr yn elwa ar yr un telerau, a gall taliadau bonws fod yn rhydd o "
            "dreth incwm hyd at derfyn."
        ),
        drawbacks=(
            "Perchnogaeth anuniongyrchol yw hi: ymddiriedolwyr sydd â'r rheolaeth. Nid oes gan "
            "ddefnyddwyr na'r gymuned ran ynddi, ac mae'n ddrud newid y weithred."
        ),
        cost="Cyngor cyfreithiol a threth i'w sefydlu; bwrdd o ymddiriedolwyr i'w gynnal.",
        source="Deddf Cyllid 2014, atodlen 37, fel y'i diwygiwyd",
    ),
    "worker-cooperative": ModelText(
        name="Cwmni cydweithredol gweithwyr",
        description=(
            "Y bobl sy'n gweithio ynddo sy'n berchen arno ac yn ei redeg. Mae'r rhan fwyaf o "
            "weithwyr yn aelodau, ac mae gan bob aelod un bleidlais."
        ),
        owners="Ei weithwyr, un bleidlais yr un",
        assets="Fel y dywed ei reolau; gellir dewis clo",
        benefits=(
            "Mae rheolaeth staff yn glir ac yn gyfartal. Gwneir penderfyniadau'n agos at y gwaith, "
            "a gellir rhannu'r enillion neu eu hailfuddsoddi."
        ),
        drawbacks=(
            "Nid oes gan ddefnyddwyr na'r gymuned bleidlais. Mae angen amser ar aelodau ar gyfer "
            "cyfarfodydd, ac mae'n anoddach codi arian o'r tu allan."
        ),
        cost="Cost isel i'w gofrestru gyda rheolau enghreifftiol. Amser i aelodau ddysgu a chwrdd.",
        source="Deddf Cymdeithasau Cydweithredol a Budd Cymunedol 2014",
    ),
    "cooperative-society": ModelText(
        name="Cymdeithas gydweithredol",
        description=(
            "Cymdeithas gofrestredig sy'n gweithio er budd ei haelodau, ar egwyddorion "
            "cydweithredol ledled y byd."
        ),
        owners="Ei haelodau, un bleidlais yr un",
        assets="Fel y dywed ei rheolau; heb eu cloi gan y gyfraith",
        benefits=(
            "Mae gan bob aelod un bleidlais, faint bynnag y mae'n ei fuddsoddi. Gall godi arian "
            "gan aelodau drwy gyfranddaliadau y gellir eu tynnu'n ôl, heb brosbectws drud."
        ),
        drawbacks=(
            "Rhaid iddi wasanaethu ei haelodau yn gyntaf, sy'n gallu bod yn lletchwith i wasanaeth "
            "i bawb. Ni all fod yn elusen, ac mae llai o gynghorwyr yn adnabod y ffurf."
        ),
        cost="Ffi gymedrol i'w chofrestru gyda rheolau enghreifftiol, a ffurflen flynyddol.",
        source="Deddf Cymdeithasau Cydweithredol a Budd Cymunedol 2014, adran 2",
    ),
    "benefit-society": ModelText(
        name="Cymdeithas budd cymunedol",
        description="Cymdeithas gofrestredig sy'n gweithio er budd y gymuned ehangach.",
        owners="Ei haelodau, un bleidlais yr un",
        assets="Gall ei rheolau eu cloi am byth",
        benefits=(
            "Gellir cloi ei hasedau i'r gymuned. Gall godi arian drwy gyfranddaliadau cymunedol, "
            "ac mae amrywiad elusennol gyda rhyddhad treth."
        ),
        drawbacks=(
            "Gall staff fod yn lleiafrif ymhlith ei haelodau. Ni ellir rhannu gwarged rhwng "
            "aelodau, ac mae cynnal aelodaeth eang yn waith."
        ),
        cost="Ffi gymedrol i'w chofrestru gyda rheolau enghreifftiol. Cynnal aelodaeth fawr.",
        source="Deddf Cymdeithasau Cydweithredol a Budd Cymunedol 2014, adrannau 2 a 29",
    ),
    "multi-stakeholder": ModelText(
        name="Cwmni cydweithredol aml-randdeiliad",
        description=(
            "Mae aelodau'n perthyn i ddosbarthiadau, fel staff, defnyddwyr a'r gymuned. Mae gan "
            "bob dosbarth gyfran sefydlog o'r rheolaeth."
        ),
        owners="Staff, defnyddwyr a'r gymuned, mewn cyfrannau sefydlog",
        assets="Fel y dywed ei reolau; gellir dewis clo",
        benefits=(
            "Ni all unrhyw grŵp reoli'r lleill. Mae'r rhai sy'n rhoi'r gwasanaeth a'r rhai sy'n ei "
            "ddefnyddio'n penderfynu gyda'i gilydd, a phleidlais go iawn gan bob un."
        ),
        drawbacks=(
            "Mae'r rheolau'n gymhleth, a gall penderfyniadau gymryd mwy o amser. Gall "
            "dosbarthiadau anghytuno, ac mae cadw pob un yn fyw yn cymryd amser ac arian."
        ),
        cost="Cyngor cyfreithiol ar y rheolau, ac etholiadau a chyfarfodydd i bob dosbarth.",
        source="Deddf Cymdeithasau Cydweithredol a Budd Cymunedol 2014; papur opsiynau",
    ),
    "consortium": ModelText(
        name="Consortiwm cydweithredol",
        description=(
            "Mae sefydliadau, fel practisau neu ddarparwyr bach, gyda'i gilydd yn berchen ar gorff "
            "sy'n gwneud ceisiadau, yn prynu neu'n darparu ar ran pob un."
        ),
        owners="Y sefydliadau sy'n aelodau",
        assets="Fel y dywed ei reolau",
        benefits=(
            "Gall sefydliadau bach wneud ceisiadau a phrynu gyda'i gilydd. Mae pob un yn cadw ei "
            "enw a'i staff, ac mae gwasanaethau a rennir yn costio llai."
        ),
        drawbacks=(
            "Sefydliadau yw'r aelodau, felly nid oes gan unigolyn bleidlais uniongyrchol. Gall "
            "aelodau gystadlu â'i gilydd, a gall un ysgwyddo risg eraill."
        ),
        cost="Rhennir rhwng yr aelodau, yn aml fel ffi flynyddol neu ran o'r enillion.",
        source="Deddf Cymdeithasau Cydweithredol a Budd Cymunedol 2014; Deddf Cwmnïau 2006",
    ),
    "partnership": ModelText(
        name="Partneriaeth atebolrwydd cyfyngedig",
        description=(
            "Corff ar ei ben ei hun y mae ei aelodau'n cael eu trethu fel partneriaid, pob un ar "
            "ei gyfran ei hun o'r enillion."
        ),
        owners="Ei phartneriaid, fel y cytunant",
        assets="Dim clo; yn eiddo i'r bartneriaeth",
        benefits=(
            "Gall y partneriaid gytuno ar bron unrhyw ffordd o rannu gwaith a rheolaeth. Mae'r "
            "atebolrwydd yn gyfyngedig, a thelir treth unwaith, gan y partneriaid."
        ),
        drawbacks=(
            "Nid oes dim yn cadw asedau i'r cyhoedd. Trethir partneriaid fel pobl hunangyflogedig, "
            "ac ni fyddai'r rhan fwyaf o staff yn bartneriaid."
        ),
        cost="Cost isel i'w chofrestru. Cytundeb partneriaeth, a ffurflen dreth pob partner.",
        source="Deddf Partneriaethau Atebolrwydd Cyfyngedig 2000",
    ),
    "existing-charity": ModelText(
        name="Elusen neu ymddiriedolaeth sy'n bod eisoes",
        description="Mae'r gwasanaeth yn symud i elusen neu ymddiriedolaeth sy'n bod eisoes.",
        owners="Ymddiriedolwyr yr elusen ei hun",
        assets="Rhaid eu defnyddio at ddiben yr elusen honno",
        benefits=(
            "Mae'n gyflym, gan nad oes angen sefydlu dim byd newydd. Mae'r elusen yn dod â maint, "
            "systemau a phrofiad, ac mae ei rhyddhad treth yn gymwys."
        ),
        drawbacks=(
            "Ychydig o reolaeth, os o gwbl, y mae staff a defnyddwyr yn ei hennill. Rhaid i'r "
            "gwasanaeth gyd-fynd â diben yr elusen, a gall golli ei enw a'i arferion."
        ),
        cost="Costau trosglwyddo, a chystadleuaeth am y contract oni bai bod eithriad.",
        source="Deddf Elusennau 2011; cyfrifon yr elusen gyda'r Comisiwn Elusennau",
    ),
}
