"""Statements of a turn, compiled once: what SQLAlchemy decides anew at each execution is decided at the first one.

SQLAlchemy's own `execute` builds a context, a cursor and a result for every statement, which costs several times what
the database takes for a small one. Here a Core statement is compiled once for each dialect, with the converters of its
types, and then handed to the driver in the connection's running transaction.

Law: the same values in and the same rows out as `Connection.execute`, and the same errors; the tests run both. For
statements with one set of values, whose parameters are all named and whose text does not depend on them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement in one dialect. `order` names the parameters where the driver takes them by position."""

    text: str
    order: tuple[str, ...] | None
    given: Mapping[str, Any]
    """Values that the statement itself holds, converted already."""
    into: tuple[tuple[str, Convert], ...]
    back: tuple[tuple[int, Convert], ...]


class Prepared:
    """A Core statement that is run often. `columns` names the values of an INSERT."""

    def __init__(self, statement: Select[Any] | UpdateBase, columns: Sequence[str] = ()) -> None:
        self.statement = statement
        self._columns = list(columns) or None
        self._compiled: dict[str, Compiled] = {}

    def one(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row, None where there is none."""
        compiled, cursor = self._execute(connection, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
        cursor.close()
        if row is None or not compiled.back:
            return row
        cells = list(row)
        for place, convert in compiled.back:
            cells[place] = convert(cells[place])
        return tuple(cells)

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        _, cursor = self._execute(connection, values)
        count: int = cursor.rowcount
        cursor.close()
        return count

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Compiled, Any]:
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = self._compile(dialect)
        sent = {**compiled.given, **values}
        for name, convert in compiled.into:
            sent[name] = convert(sent[name])
        driver: Any = connection.connection.dbapi_connection
        cursor = driver.cursor()
        try:
            cursor.execute(compiled.text, sent if compiled.order is None else [sent[name] for name in compiled.order])
        except dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(
                compiled.text, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
            ) from error
        return compiled, cursor

    def _compile(self, dialect: Dialect) -> Compiled:
        compiled = self.statement.compile(dialect=dialect, column_keys=self._columns)
        bound = {name: parameter for parameter, name in compiled.bind_names.items()}
        types = {name: parameter.type.dialect_impl(dialect) for name, parameter in bound.items()}
        into = {name: convert for name, type_ in types.items() if (convert := type_.bind_processor(dialect))}
        held = {name: parameter.value for name, parameter in bound.items() if not parameter.required}
        given = {name: into.pop(name)(value) if name in into else value for name, value in held.items()}
        return Compiled(
            text=str(compiled),
            order=tuple(compiled.positiontup or ()) if compiled.positional else None,
            given=given,
            into=tuple(into.items()),
            back=tuple(converters(self.statement, dialect)),
        )


def converters(statement: Select[Any] | UpdateBase, dialect: Dialect) -> list[tuple[int, Convert]]:
    """For each column of a SELECT whose type needs one: its place, and what makes the driver's value ours."""
    if not isinstance(statement, Select):
        return []
    types = [column.type.dialect_impl(dialect) for column in statement.exported_columns]
    found = [(place, type_.result_processor(dialect, None)) for place, type_ in enumerate(types)]
    return [(place, convert) for place, convert in found if convert is not None]
