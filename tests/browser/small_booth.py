"""The booth's pages reduced to what booth.js relies on, with a ballot box that only listens."""

import json
from html import escape
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).parents[2]
CODE = "QgGQN-JuHmEr-7dpgr-2Qw1ay"
OTHER_CODE = "nkJmp-iBnpfw-W2Gwj-hmHXo1"
LINK = "/v/token-of-sam"
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-abc'; worker-src 'self'; connect-src 'self'"
    "; form-action 'self'"
)
QUESTIONS = [
    {"text": "Should it become a mutual?", "answers": ["Yes <b>now</b>", "No"], "blank": True}
    | {"min": 1, "max": 1},
    {"text": "Who should sit on the board?", "answers": ["Ann", "Bob", "Cyd"], "blank": True}
    | {"min": 1, "max": 2},
]


def election_text() -> str:
    """The definition of the small booth's election, with the key of a published example."""
    examples = json.loads((ROOT / "tests/vectors/belenios/examples.json").read_text())
    [example] = [e for e in examples if e["name"] == "ed/election"]
    election = json.loads(example["body"])
    election["questions"] = [
        {"answers": q["answers"], "blank": True, "min": q["min"], "max": q["max"]}
        | {"question": q["text"]}
        for q in QUESTIONS
    ]
    return json.dumps(election, separators=(",", ":"))


def owner() -> dict[str, str]:
    """Whose code the pages expect: that of the published example."""
    examples = json.loads((ROOT / "tests/vectors/belenios/examples.json").read_text())
    [example] = [e for e in examples if e["name"] == "ed/credential"]
    return {"credential": example["public"], "group": "Ed25519", "uuid": example["uuid"]}


def data_block(identifier: str, value: object) -> str:
    """JSON in the page, safe inside a script element."""
    text = json.dumps(value).replace("<", "\\u003c")
    return f'<script type="application/json" id="{identifier}">{text}</script>'


def page(kind: str, attributes: dict[str, str], inside: str) -> str:
    """One page of the booth."""
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in attributes.items())
    return (
        f'<!doctype html><html lang="en"><title>The booth</title>'
        f'<main id="main" data-booth="{kind}" data-poll="7"{data}>{inside}</main>'
        '<template id="error-template"><div class="v-error-summary"><h2>There is a problem</h2>'
        '<ul><li><a href="#"></a></li></ul></div></template>'
        '<script type="module" src="/booth.js"></script></html>'
    )


def question_page(number: int) -> str:
    question: dict[str, Any] = QUESTIONS[number]
    kind = "radio" if question["max"] == 1 else "checkbox"
    values = [*map(str, range(len(question["answers"]))), "blank"]
    inputs = "".join(
        f'<p><input type="{kind}" name="choice" id="choice-{v}" value="{v}">'
        f'<label for="choice-{v}">{v}</label></p>'
        for v in values
    )
    last = number + 1 == len(QUESTIONS)
    attributes = {
        "question": str(number),
        "min": "1",
        "max": str(question["max"]),
        "next": "/check" if last else f"/question/{number + 1}",
        "check": "/check",
        "error-none": "Select an answer",
        "error-many": "Select up to 2 answers",
        "error-blank": "Select answers or a blank vote, not both",
    }
    form = (
        '<form id="choices"><div class="v-form-group"><fieldset>'
        f"<legend><h1>{question['text']}</h1></legend>{inputs}</fieldset></div></form>"
        '<form id="go" method="post"><button>Continue</button></form>'
    )
    return page("question", attributes, form)


def check_page() -> str:
    attributes = {
        **owner(),
        "cast": "/cast",
        "questions": str(len(QUESTIONS)),
        "change-0": "/question/0?change=1",
        "change-1": "/question/1?change=1",
        "code": "/code",
        "plain": "/plain",
        "text-sealing": "Sealing your vote: {done} of {total}",
        "text-sending": "Sending your vote",
        "text-failed": "Your vote was not sent. Try again",
        "text-slow": "This takes longer than usual",
        "text-nojs": "Your browser cannot seal your vote",
    }
    inside = (
        '<h1>Check your vote</h1><dl id="summary"></dl>'
        '<form id="cast-form" method="post"><input type="hidden" name="csrf_token" value="tok">'
        '<button id="cast">Cast your vote</button></form>'
        '<p id="status" role="status" aria-live="polite"></p>'
    )
    blocks = data_block("questions", QUESTIONS) + data_block("election", election_text())
    return page("check", attributes, inside + blocks)


START = page(
    "start",
    {"first": "/question/0", "code": "/code"},
    '<h1>Start</h1><form id="start-plain" method="post" action="/plain">'
    "<button>Start</button></form>",
)
CODE_PAGE = page(
    "code",
    {
        **owner(),
        "first": "/question/0",
        "error-code": "Check your code",
        "error-other": "Not yours",
    },
    '<h1>Your code</h1><form id="code-form"><div class="v-form-group">'
    '<label for="code">Code</label><input id="code"></div><button>Continue</button></form>',
)
LANDING = page("landing", {}, '<h1>Welcome</h1><a href="/start">Continue</a>')
RECEIPT = (
    '<!doctype html><html lang="en"><title>Receipt</title><main id="main"><h1>Thank you</h1>'
    '<p id="digits"> 48213 70952 </p><button hidden data-copy="digits" data-copied="Copied">Copy'
    '</button></main><script type="module" src="/booth.js"></script></html>'
)


class SmallBooth(SimpleHTTPRequestHandler):
    """Static files, the booth's pages, and a box that keeps what it is sent."""

    box: list[dict[str, str]]
    seen: list[str]
    answers: list[tuple[int, object]]

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.seen.append(self.path)
        pages = {
            "/start": START,
            "/code": CODE_PAGE,
            "/question/0": question_page(0),
            "/question/1": question_page(1),
            "/check": check_page(),
            "/receipt": RECEIPT,
            "/plain": page("plain", {}, "<h1>Plain</h1>"),
        }
        if path.startswith("/v/"):
            self.reply(200, LANDING.encode(), "text/html")
        elif path in pages:
            self.reply(200, pages[path].encode(), "text/html")
        else:
            super().do_GET()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.seen.append(self.path)
        self.box.append({name: values[0] for name, values in parse_qs(body).items()})
        status, answer = self.answers.pop(0)
        self.reply(status, json.dumps(answer).encode(), "application/json")

    def reply(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        """Every answer, scripts included, carries the policy."""
        self.send_header("Content-Security-Policy", CONTENT_POLICY)
        super().end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""
