"""The process's own settings, from HOLDLESS_... environment variables.

Law: a secret is a SecretStr, so that no log and no error page ever shows one.
"""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEMO = Path(__file__).parent / "demo"


def web_address(written: str) -> str:
    """'https://phone.example.com/' -> 'https://phone.example.com'. Raises ValueError with a sentence."""
    try:
        parts = urlsplit(written)
        plausible = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        plausible = False
    if not plausible or parts.query or parts.fragment:
        raise ValueError(f"{written!r} is no web address; write it like https://phone.example.com")
    return written.rstrip("/")


class Settings(BaseSettings):
    """Where this process finds its site, its database and its carrier; every field is HOLDLESS_ and its name."""

    model_config = SettingsConfigDict(env_prefix="HOLDLESS_", frozen=True, extra="ignore")

    site: Path = DEMO
    database_url: str = "sqlite:///var/holdless.db"
    public_url: str = "http://127.0.0.1:8080"
    """The address under which the carrier reaches us: scheme, host and port; signatures are computed over it."""
    account_sid: str = ""
    auth_token: SecretStr = SecretStr("")
    auth_token_secondary: SecretStr | None = None
    """The token that is being rotated in: requests signed with either are accepted."""
    shared_keys: dict[str, SecretStr] = Field(default_factory=dict)
    """Key id -> key of the SHA-256 signatures; in the environment a JSON object."""
    carrier_api: str | None = None
    """Base URL of a stand-in for the carrier's REST API; None is the carrier itself."""
    clock: str | None = None
    """Base URL of an exchange whose clock we follow; None is the wall clock."""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    api_token: SecretStr = SecretStr("")
    """What an agent's client sends as `Authorization: Bearer ...`; empty refuses every client."""
    listening: Literal["gather", "stream"] = "gather"
    """Who hears and speaks: the carrier (<Gather>), or we, by a media stream, in the languages that we can."""
    sounds: Path = Path("var/sounds")
    """Where spoken sentences of a site are kept, so that each is spoken once."""
    calls_per_second: float = Field(default=1.0, gt=0)
    """How many calls a second the carrier lets us place."""

    @field_validator("public_url", "carrier_api", "clock")
    @classmethod
    def without_slash(cls, value: str | None) -> str | None:
        """Paths are joined to these with a slash of their own. Raises ValueError for what is no web address."""
        return value and web_address(value)

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens with which a request may be signed, the primary first; an empty one would sign for everybody."""
        both = (self.auth_token, self.auth_token_secondary)
        return tuple(token.get_secret_value() for token in both if token is not None and token.get_secret_value())
