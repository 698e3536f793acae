"""The check page and its saved copy: whole, and able to load and send nothing."""

import base64
import hashlib
import re
import subprocess
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from voting.web.bundle import make_bundle

STATIC = Path(__file__).parents[2] / "voting/static"


def test_the_page_explains_itself_without_scripts(client: FlaskClient) -> None:
    told = client.get("/check").get_data(as_text=True)

    assert "voting verify FILE.bel" in told
    assert "belenios-tool election verify --dir FOLDER" in told
    assert 'href="/check/offline.html"' in told
    assert 'href="/check"' in client.get("/how-it-works").get_data(as_text=True)


def test_the_saved_copy_may_run_its_own_script_and_nothing_else(client: FlaskClient) -> None:
    answer = client.get("/check/offline.html")
    told = answer.get_data(as_text=True)

    assert answer.headers["Content-Disposition"].startswith("attachment")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', told)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    for kind, body in (("script", r"<script>(.*?)</script>"), ("style", r"<style>(.*?)</style>")):
        (found,) = re.findall(body, told, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(found.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not re.findall(r'(?:src|href)="', told)
    assert not re.search(r"^(?:import|export)\b", told, re.MULTILINE)


def test_a_bundle_does_what_its_modules_do(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/sum.js").write_text(
        "export const ONE = 1;\nexport function add(a, b) {\n  return a + b;\n}\n"
    )
    (tmp_path / "inner/all.js").write_text('export { add, ONE } from "./sum.js";\n')
    (tmp_path / "main.js").write_text(
        'import {\n  add as plus,\n} from "./inner/all.js";\n'
        'import * as sum from "./inner/sum.js";\n'
        "console.log(plus(sum.ONE, 2));\n"
    )
    script = tmp_path / "made.js"
    script.write_text(make_bundle(tmp_path, "main.js"))

    assert subprocess.check_output(["node", str(script)], text=True) == "3\n"


@pytest.mark.parametrize(
    "source", ['import "./x.js";\n', "export default 1;\n", 'const x = "</script>";\n']
)
def test_what_cannot_be_bundled_is_an_error_not_a_broken_copy(source: str, tmp_path: Path) -> None:
    (tmp_path / "main.js").write_text(source)

    with pytest.raises(ValueError, match=r"main\.js"):
        make_bundle(tmp_path, "main.js")


def test_the_verifier_has_no_other_source_than_its_modules() -> None:
    bundle = make_bundle(STATIC, "checking.js")

    for path in ("belenios/verify.js", "belenios/groups/ed25519.js", "belenios/sha256.js"):
        assert f'modules["{path}"]' in bundle
