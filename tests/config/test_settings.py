"""The process's settings come from the environment, and secrets stay secret."""

from pathlib import Path

import pytest

from config.check import examine
from config.settings import DEMO, Settings


def test_a_process_without_any_setting_serves_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOLDLESS_SITE", raising=False)
    monkeypatch.delenv("HOLDLESS_AUTH_TOKEN", raising=False)
    settings = Settings()
    assert settings.site == DEMO
    assert settings.tokens == ()
    assert settings.clock is None and settings.carrier_api is None
    assert examine(settings.site)[1] == []


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDLESS_SITE", "somewhere")
    monkeypatch.setenv("HOLDLESS_PUBLIC_URL", "https://calls.example.com/")
    monkeypatch.setenv("HOLDLESS_CARRIER_API", "http://127.0.0.1:9/")
    monkeypatch.setenv("HOLDLESS_AUTH_TOKEN", "first")
    monkeypatch.setenv("HOLDLESS_AUTH_TOKEN_SECONDARY", "second")
    monkeypatch.setenv("HOLDLESS_SHARED_KEYS", '{"SK1": "third"}')
    settings = Settings()
    assert settings.site == Path("somewhere")
    assert settings.public_url == "https://calls.example.com"
    assert settings.carrier_api == "http://127.0.0.1:9"
    assert settings.tokens == ("first", "second")
    assert settings.shared_keys["SK1"].get_secret_value() == "third"
    assert "first" not in repr(settings) and "third" not in repr(settings)
