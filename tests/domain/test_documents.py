"""Files are known by their bytes; what they are called is made harmless."""

from __future__ import annotations

import pytest

from tests.documents_ground import DISGUISED, GOOD, PDF, make_office
from voting.domain import documents
from voting.domain.documents import check_document, clean_filename
from voting.domain.errors import BadInput


@pytest.mark.parametrize("name", GOOD)
def test_every_allowed_kind_is_taken(name):
    ending = name.rpartition(".")[2].lower().replace("jpeg", "jpg")

    assert check_document(name, GOOD[name]) == documents.TYPES[ending]


@pytest.mark.parametrize("name", DISGUISED)
def test_a_disguised_file_is_refused(name):
    with pytest.raises(BadInput, match="something else inside"):
        check_document(name, DISGUISED[name])


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.exe", "a.pdf.js", "a", "pdf", "a.docm"])
def test_other_kinds_are_refused(name):
    with pytest.raises(BadInput, match="The file must be PDF"):
        check_document(name, PDF)


def test_empty_large_and_bomb_are_refused(monkeypatch):
    with pytest.raises(BadInput, match="empty"):
        check_document("a.pdf", b"")
    with pytest.raises(BadInput, match="larger than 20 MB"):
        check_document("a.pdf", PDF + bytes(documents.MOST_BYTES))
    bomb = make_office("word__document_dot_xml", word__big=bytes(2_000_000))
    assert len(bomb) < 5_000
    monkeypatch.setattr(documents, "MOST_UNPACKED", 1_000_000)
    with pytest.raises(BadInput, match="something else inside"):
        check_document("a.docx", bomb)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("C:\\fake\\path\\Report 1.pdf", "Report 1.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ('<img src=x onerror="alert(1)">.pdf', "img src=x onerror= alert(1) .pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("", "document"),
        ("...", "document"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_made_harmless(name, kept):
    assert clean_filename(name) == kept
