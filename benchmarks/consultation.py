"""The analysis of 20,000 responses: pages and exports, and the memory that an export takes."""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import time
import tracemalloc
from pathlib import Path

import flask_migrate

from tests.analysis_ground import make_consultation
from tests.conftest import make_environment
from tests.factories import make_account, make_proposal
from voting.app import create_app
from voting.commands.start import settle
from voting.config import load_settings
from voting.services.analysis.exports import iter_responses_csv
from voting.store.consultations import Consultation
from voting.store.database import db, transaction

NUMBER = 20_000
ROUNDS = 5
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def main() -> None:
    """Print a line for each page, and one for the memory of the export."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_settings(make_environment(Path(folder))))
        with app.app_context():
            flask_migrate.upgrade()
            with transaction(db.session()) as session:
                account = make_account(session)
                proposal = make_proposal(session, account, now=NOW)
                made = make_consultation(session, proposal, number=NUMBER)
                ids = [question.id for question in made.questions]
                small = make_consultation_of(session, account)
                identity, slug = str(account.fs_uniquifier), proposal.slug
        settle()  # as voting web does
        client = app.test_client()
        with client.session_transaction() as kept:
            kept["_user_id"], kept["_fresh"] = identity, True
        desk = f"/organiser/proposals/{slug}/consultations/your-views/analysis"
        print(f"{NUMBER:,} responses of {len(ids)} questions, SQLite, medians of {ROUNDS}")
        for name, path in (
            ("answers to read, a page", f"{desk}/questions/{ids[-1]}"),
            ("answers to read, searched", f"{desk}/questions/{ids[-1]}?q=pensions"),
            ("two questions crossed", f"{desk}/tables?across={ids[0]}&down={ids[2]}"),
            ("every table", f"{desk}/tables"),
            *((f"every table as {kind.upper()}", f"{desk}/tables.{kind}")
              for kind in ("csv", "xlsx", "ods", "json")),
            ("every response as CSV", f"{desk}/responses.csv"),
            ("every response as XLSX", f"{desk}/responses.xlsx"),
            ("every response as ODS", f"{desk}/responses.ods"),
            ("every response as JSON lines", f"{desk}/responses.jsonl"),
        ):  # fmt: skip
            times, worked = [], []
            for _ in range(ROUNDS):
                began, ran = time.perf_counter(), time.process_time()
                answer = client.get(path)
                size = len(answer.data)
                times.append(time.perf_counter() - began)
                worked.append(time.process_time() - ran)
                assert answer.status_code == 200, path
            took, cpu = statistics.median(times), statistics.median(worked)
            print(f"    {name:32} {took:6.2f} s ({cpu:.2f} s of processor) {size:>10,} bytes")
        with app.app_context():
            for consultation_id in (small, made_id()):
                print(f"    memory of the export: {measure_export(consultation_id):.1f} MB")


def make_consultation_of(session: object, account: object) -> int:
    """A tenth of the responses, for the memory to be compared with."""
    other = make_proposal(session, account, now=NOW)  # type: ignore[arg-type]
    return make_consultation(session, other, number=NUMBER // 10).id  # type: ignore[arg-type]


def made_id() -> int:
    """The number of the large consultation."""
    found = db.session.query(Consultation).order_by(Consultation.id).first()
    assert found is not None
    return found.id


def measure_export(consultation_id: int) -> float:
    """The most memory that Python held at once while the CSV was read line by line."""
    tracemalloc.start()
    consultation = db.session.get_one(Consultation, consultation_id)
    for _line in iter_responses_csv(db.session(), consultation):
        pass
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


if __name__ == "__main__":
    main()
