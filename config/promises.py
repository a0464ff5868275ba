"""The rules under which we promise to call somebody back."""

from pydantic import Field

from .words import Span, Written


class CallbackRules(Written):
    """Windows, capacity and attempts. Clock hours are in the callee's zone."""

    caller_id: str
    window: Span = 1800.0
    first_after: Span = 600.0
    per_window: int = Field(default=2, ge=1)  # promises one window of one queue can hold
    days_ahead: int = Field(default=5, ge=1, le=30)
    hold: Span = 180.0  # how long an offered window is held for the caller
    quiet_before: str = "08:00"
    quiet_after: str = "21:00"
    attempts: int = Field(default=3, ge=1, le=6)
    spacing: Span = 600.0
    ring: Span = 30.0
    countries: list[str] = Field(default_factory=lambda: ["US", "KR"])
    per_number_and_day: int = Field(default=3, ge=1)
