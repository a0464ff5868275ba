"""Look-ups: tables that are there, columns that they have, and rows that the engine can read."""

import re
from collections.abc import Iterator

from config.flow import LookUpNode
from config.problem import Problem, meant
from config.site import Service, Site

from .numbers import no_number
from .place import at, nodes, unknown

LEVELS = ("public", "number", "verified")
BORN = re.compile(r"[0-9]{4}")
CHANCES = re.compile(r"[0-9]{1,3}")
WISHES = ("", "person", "self_service")


def tables(site: Site) -> Iterator[Problem]:
    known = {*site.tables, *site.places.names_lost("tables")}
    for name, service in site.services.items():
        here = ("services", name)
        yield from unknown(site, (*here, "csv"), "file", service.csv, known)
        if not has_key(site, service):
            columns = site.tables[service.csv][0]
            text = f"{service.csv} has no column '{service.key}'{meant(service.key, columns)}"
            yield at(site, (*here, "key"), text)


def has_key(site: Site, service: Service) -> bool:
    """Whether the table has the column that it is searched by; a table without rows has not shown its columns."""
    rows = site.tables.get(service.csv, ())
    return not rows or service.key in rows[0]


def levels(site: Site) -> Iterator[Problem]:
    for name, service in site.services.items():
        if service.level == "verified":
            text = "a verified caller needs 'verify', which is not available in this version"
            yield at(site, ("services", name, "level"), text)
        else:
            yield from unknown(site, ("services", name, "level"), "level", service.level, LEVELS)


def requests(site: Site) -> Iterator[Problem]:
    """A look-up is asked with its key, and with nothing else."""
    for path, _, _, node in nodes(site):
        service = site.services.get(node.look_up) if isinstance(node, LookUpNode) else None
        if service is None or not isinstance(node, LookUpNode) or not has_key(site, service):
            continue
        if set(node.with_) != {service.key}:
            text = f"'{node.look_up}' is looked up by '{service.key}': with: {{{service.key}: ...}}"
            yield at(site, (*path, "with"), text)


def columns_by_language(site: Site) -> Iterator[Problem]:
    """A column written `status.en` needs its sister in every language of the site."""
    for table, rows in site.tables.items():
        columns = set(rows[0]) if rows else set()
        for room in sorted({name.rpartition(".")[0] for name in columns if "." in name}):
            for language in site.facts.languages:
                if f"{room}.{language}" not in columns:
                    yield at(site, ("tables", table), f"the column '{room}.{language}' is missing")


def keys_twice(site: Site) -> Iterator[Problem]:
    """Of two rows with one key the second is never found; of two with one number nobody knows who is calling."""
    callers = site.services.get(site.segments.identify or "")
    for table, service in used_tables(site):
        who = callers is not None and (table, service.key) == (callers.csv, callers.key)
        seen: set[str] = set()
        for number, row in enumerate(site.tables.get(table, ()) if has_key(site, service) else ()):
            value = row[service.key]
            if value in seen:
                text = f"{service.key} '{value}' stands here twice; only the first row is ever found"
                yield at(site, ("tables", table, number), text, "error" if who else "warning")
            seen.add(value)


def used_tables(site: Site) -> Iterator[tuple[str, Service]]:
    """Each table with a service that reads it: one problem is enough where several read the same column."""
    seen = {(service.csv, service.key): service for service in site.services.values()}
    for (table, _), service in seen.items():
        yield table, service


def callers(site: Site) -> Iterator[Problem]:
    """The table that tells who is calling: numbers, years of birth, wishes and languages as the engine reads them."""
    service = site.services.get(site.segments.identify or "")
    if service is None or not has_key(site, service):
        return
    for number, row in enumerate(site.tables.get(service.csv, ())):
        here = ("tables", service.csv, number)
        if (reason := no_number(row[service.key])) is not None:
            yield at(site, here, reason)
        born = row.get("born", "")
        if born and not BORN.match(born):
            yield at(site, here, f"'{born}' is no year of birth, like 1952")
        chances = row.get("chances", "")
        if chances and not CHANCES.fullmatch(chances):
            yield at(site, here, f"chances '{chances}' is no count, like 0 or 3")
        for column, allowed in (("wish", WISHES), ("language", ("", *site.facts.languages))):
            value = row.get(column, "")
            if value not in allowed:
                yield at(site, here, f"{column} '{value}' means nothing{meant(value, allowed)}")


RULES = (tables, levels, requests, columns_by_language, keys_twice, callers)
