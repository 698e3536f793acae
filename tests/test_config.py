"""Settings: read from the environment, secret in every print, and stopped by a bad value."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.conftest import SEALING_KEY, SECRET_KEY, make_environment
from voting.config import ConfigError, load_settings
from voting.keyring import make_missing_keys


def test_the_defaults_keep_everything_in_the_data_folder(tmp_path: Path) -> None:
    settings = load_settings(make_environment(tmp_path))
    assert settings.database_url == f"sqlite:///{tmp_path}/voting.db"
    assert settings.queue_url == f"{tmp_path}/queue.db"
    assert settings.listen == "127.0.0.1:8000"
    assert (settings.mail.security, settings.mail.port) == ("none", 25)
    assert settings.minimum_counted == 10
    assert not settings.demo


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "vote.example.org"),
        ("BASE_URL", "https://vote.example.org/votes"),
        ("BASE_URL", "https://[bad"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "postgresql://db:port/voting"),
        ("DATABASE_URL", "postgresql://[db/voting"),
        ("QUEUE_URL", "amqp://localhost"),
        ("QUEUE_URL", "redis://localhost:port/0"),
        ("SECRET_KEYS", "short"),
        ("SECRET_KEYS", "a" * 40),
        ("SECRET_KEYS", f"{SECRET_KEY},short"),
        ("SEALING_KEYS", "not a key"),
        ("SEALING_KEYS", f"{SEALING_KEY},{'x' * 44}"),
        ("MAIL_SECURITY", "ssl"),
        ("MAIL_PORT", "0"),
        ("MAIL_PORT", "smtp"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_REPLY_TO", "a@@b.example"),
        ("MAIL_USERNAME", "only-a-name"),
        ("MAIL_CA_FILE", "/nowhere/ca.pem"),
        ("MAIL_PER_MINUTE", "-1"),
        ("LISTEN", "8000"),
        ("LISTEN", "127.0.0.1:99999"),
        ("LISTEN", "127.0.0.1:" + "9" * 5000),
        ("WORKERS", "0"),
        ("WORKERS", "9" * 5000),
        ("THREADS", "many"),
        ("TRUSTED_PROXIES", "1.5"),
        ("MINIMUM_COUNTED", "4"),
        ("MINIMUM_COUNTED", "ten"),
        ("DEMO", "yes"),
        ("LOG_LEVEL", "loud"),
        ("ORGANISATION", "Two\nlines"),
        ("SECRET_KEYS_FILE", "/nowhere"),
    ],
)
def test_a_bad_value_is_refused_by_a_sentence_that_names_it(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(ConfigError, match=f"VOTING_{name}") as refused:
        load_settings({**make_environment(tmp_path), f"VOTING_{name}": value})
    assert str(refused.value).endswith((".", ".)"))


def test_a_refused_secret_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load_settings({**make_environment(tmp_path), "VOTING_SECRET_KEYS": "tiny-secret"})
    assert "tiny-secret" not in str(refused.value)


@pytest.mark.parametrize("name", ["SECRET_KEYS", "SEALING_KEYS"])
def test_without_keys_nothing_starts(tmp_path: Path, name: str) -> None:
    environment = make_environment(tmp_path)
    del environment[f"VOTING_{name}"]
    with pytest.raises(ConfigError, match=f"VOTING_{name} is not set"):
        load_settings(environment)


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    environment = make_environment(tmp_path)
    del environment["VOTING_SECRET_KEYS"]
    (tmp_path / "keys.txt").write_text(f"{SECRET_KEY}\nolder-{SECRET_KEY}\n")
    environment["VOTING_SECRET_KEYS_FILE"] = str(tmp_path / "keys.txt")
    assert load_settings(environment).secret_keys == (SECRET_KEY, f"older-{SECRET_KEY}")


def test_no_secret_stands_in_the_print_of_the_settings(tmp_path: Path) -> None:
    secrets = {
        "VOTING_MAIL_USERNAME": "post",
        "VOTING_MAIL_PASSWORD": "mail-password",
        "VOTING_DATABASE_URL": "postgresql://u:db-password@localhost/x",
        "VOTING_QUEUE_URL": "redis://:queue-password@localhost",
    }
    told = repr(load_settings(make_environment(tmp_path, **secrets)))
    for secret in (SECRET_KEY, SEALING_KEY, "mail-password", "db-password", "queue-password"):
        assert secret not in told


def test_missing_keys_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    environment = {"VOTING_DATA_DIR": str(tmp_path)}
    made = make_missing_keys(environment)
    assert [path.stat().st_mode & 0o777 for path in made] == [0o600, 0o600]
    first = load_settings(environment)
    assert make_missing_keys(environment) == []
    assert load_settings(environment).secret_keys == first.secret_keys
    Fernet(first.sealing_keys[0])


def test_keys_that_are_named_are_not_made(tmp_path: Path) -> None:
    assert make_missing_keys(make_environment(tmp_path)) == []
    assert not (tmp_path / "keys").exists()
