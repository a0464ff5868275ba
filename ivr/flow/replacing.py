"""`replace` as `dataclasses` has it, for records of many fields that are replaced several times in every step.

The standard one asks for each field of the record by name; this one takes all fields at once.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the type checker knows which fields a record has only for the standard one
    from dataclasses import replace
else:
    from dataclasses import fields
    from functools import cache
    from operator import attrgetter

    @cache
    def taken_apart(cls):  # noqa: ANN001, ANN202
        """How to get every field of a record at once, and the place of each."""
        names = [field.name for field in fields(cls)]
        one_by_one = lambda record: [getattr(record, name) for name in names]  # noqa: E731
        return attrgetter(*names) if len(names) > 1 else one_by_one, {name: place for place, name in enumerate(names)}

    def replace(record, /, **changes):  # noqa: ANN001, ANN003, ANN201
        """The record with these fields changed. Raises KeyError for a name that is no field."""
        values_of, places = taken_apart(type(record))
        values = list(values_of(record))
        for name, value in changes.items():
            values[places[name]] = value
        return type(record)(*values)


__all__ = ["replace"]
