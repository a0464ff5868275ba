"""The process's settings, or what is wrong with each, in the words of the environment variable that holds it."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from config.settings import Settings

WHOLE_NUMBERS = ("int_parsing", "int_from_float", "int_type")
NUMBERS = ("float_parsing", "float_type")


def settled(**given: Any) -> Settings | list[str]:  # noqa: ANN401 - any field of the settings
    """The environment's settings with what the command line says on top, or one sentence for each that is wrong."""
    try:
        return Settings(**given)  # pydantic itself says what does not fit
    except ValidationError as fault:
        return [sentence(dict(error)) for error in fault.errors(include_url=False)]
    except SettingsError as fault:
        return [f'{named(fault)} is not JSON; write it like {{"KEY_ID": "KEY"}}.']


def sentence(error: Mapping[str, object]) -> str:
    """One wrong setting: its variable, what stands there, and what is needed."""
    place = error["loc"]
    assert isinstance(place, tuple)
    name = f"HOLDLESS_{str(place[0]).upper()}" if place else "A setting"
    kind, value = error["type"], error["input"]
    if kind in WHOLE_NUMBERS or kind in NUMBERS:
        return f"{name} needs a number, not {value!r}."
    context = error.get("ctx")
    inner = context.get("error") if isinstance(context, dict) else None
    return f"{name} cannot be used: {inner or str(error['msg']).lower()}."


def named(fault: SettingsError) -> str:
    """The variable of a value that is not even JSON; the library names the field in quotes."""
    field = str(fault).partition('"')[2].partition('"')[0]
    return f"HOLDLESS_{field.upper()}" if field else "A HOLDLESS_ variable"
