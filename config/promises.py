"""The rules under which we promise to call somebody back."""

from typing import Annotated

from pydantic import Field

from .words import Written, span


class CallbackRules(Written):
    """Windows, capacity and attempts. Clock hours are in the callee's zone."""

    caller_id: str
    window: Annotated[float, span("5 min", "4 h")] = 1800.0
    first_after: Annotated[float, span("0 s", "1 d")] = 600.0
    per_window: int = Field(default=2, ge=1)  # promises one window of one queue can hold
    days_ahead: int = Field(default=5, ge=1, le=30)
    hold: Annotated[float, span("30 s", "1 h")] = 180.0  # how long an offered window is held for the caller
    quiet_before: str = "08:00"
    quiet_after: str = "21:00"
    attempts: int = Field(default=3, ge=1, le=6)
    spacing: Annotated[float, span("1 min", "1 d")] = 600.0
    ring: Annotated[float, span("5 s", "10 min")] = 30.0
    countries: list[str] = Field(default_factory=lambda: ["US", "KR"], min_length=1)
    per_number_and_day: int = Field(default=3, ge=1)
