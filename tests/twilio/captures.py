"""Real and documented webhooks of the carrier, read from the folder that HOLDLESS_DATA names."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("HOLDLESS_DATA", Path(__file__).parents[3] / "shared" / "data")) / "twilio"
BODIES = sorted((DATA / "webhooks").glob("*.form"))


def body(name: str) -> bytes:
    """The raw body of one captured webhook; skips the test where the captures are not at hand."""
    path = DATA / "webhooks" / f"{name}.form"
    if not path.exists():
        pytest.skip("the captures are not beside the project (HOLDLESS_DATA)")
    return path.read_bytes().strip()
