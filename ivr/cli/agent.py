"""`holdless agent`: an agent's desk in a terminal. Who calls, why, and what was tried; one key takes the call.

The desk dials in: once the server took the accept, the exchange connects a browser telephone to the offer's conference.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from config.phrases import LANGUAGE_NAMES
from ivr.cli.control import Exchange
from ivr.cli.desk import Desk, View
from ivr.cli.keys import END, Typed
from ivr.cli.outcome import Trouble
from ivr.cli.screen import OUT
from ivr.cli.stage import API_TOKEN, EXCHANGE_PORT, SERVER_PORT

POLL = 0.5
ENDED = ("completed", "failed", "busy", "no-answer", "canceled")
BUSY = ("talking", "ringing")
AWAY = {
    "no_answer": "a call rang here and was not answered", "missed": "a call rang here and was not answered",
    "not_answered": "a call rang here and was not answered", "signed out": "signed out", "a break": "a break",
}  # fmt: skip
"""Reasons for being away that are one word in the line's state."""
KEYS = "a accept   r refuse   h hang up   f free / away   q quit"


def agent(
    name: Annotated[str, typer.Argument(help="The agent's id in the site's agents.yaml.", show_default=False)],
    server: Annotated[str, typer.Option(help="Where the server listens.")] = f"http://127.0.0.1:{SERVER_PORT}",
    exchange: Annotated[str, typer.Option(help="Where the exchange listens.")] = f"http://127.0.0.1:{EXCHANGE_PORT}",
    token: Annotated[str, typer.Option(envvar="HOLDLESS_API_TOKEN", help="The server's API token.")] = API_TOKEN,
) -> None:
    """Sign in as an agent in this terminal, see each call that is offered, and take it with one key.

    Meant for a second terminal beside `holdless call`, which prints the command to type here.
    """
    with closing(Desk(server, token)) as desk, Exchange(exchange) as line:
        seat = Seat(name, desk, line)
        desk.free(name)
        try:
            with Typed(single=True) as typed:
                work(seat, typed)
        finally:
            seat.leave()


@dataclass(slots=True)
class Seat:
    """One agent at work: `leg` is the browser telephone's call while one is up."""

    name: str
    desk: Desk
    line: Exchange
    leg: str = ""
    told: str = ""
    """What became of the last key, in a sentence."""

    def press(self, key: str, view: View) -> None:
        """What a key does at this moment; a key that means nothing now does nothing, and says so."""
        offer = view["offer"]
        match key.lower():
            case "a" if offer and not offer["accepted"]:
                self.told = ""
                self.accept(offer)
            case "r" if offer and not offer["accepted"]:
                self.desk.refuse(self.name, offer["number"])
                who = offer["brief"].get("name") or offer["brief"].get("number") or "the caller"
                self.told = f"You passed. {who} waits on, and may ring here again when nobody else is free."
            case "h" if self.leg:
                self.hang_up()
                self.told = "You hung up."
            case "f" if view["presence"] in BUSY:
                self.told = "You are with a caller: press h to hang up first."
            case "f" if view["presence"] == "away":
                self.desk.free(self.name)
                self.told = "You are free: the next call rings here."
            case "f":
                self.desk.away(self.name, "a break")
                self.told = "You are away: nothing rings here until you press f."
            case "a" | "r" | "h":
                self.told = "There is no call for that key now."
            case _:
                pass

    def accept(self, offer: Mapping[str, Any]) -> None:
        """Take the call, then dial into its conference. Somebody faster is no fault: the next look shows it."""
        number = offer["number"]
        after = self.desk.accept(self.name, number)["offer"]
        if after and after["number"] == number and after["accepted"]:
            url = f"{self.desk.url}/twilio/agent/{number}"
            self.leg = self.line.dial_in(f"client:{self.name}", url, {"offer": str(number)})

    def hang_up(self) -> None:
        self.line.add(self.leg, [{"hang_up": True}])
        self.leg = ""

    def look(self) -> View:
        """The server's view; a leg that ended meanwhile is forgotten."""
        if self.leg and self.line.call(self.leg)["status"] in ENDED:
            self.leg = ""
        return self.desk.look(self.name)

    def leave(self) -> None:
        """Away, and off the telephone; a server that is gone needs to be told nothing."""
        try:
            if self.leg:
                self.hang_up()
            self.desk.away(self.name, "signed out")
        except Trouble:
            return


def work(seat: Seat, typed: Typed) -> None:
    """Show the desk and take keys until `q` or the end of input."""
    with Live(console=OUT, auto_refresh=False) as screen:
        while True:
            try:
                view = seat.look()
                screen.update(desk_of(view, seat.line.now(), on_air=bool(seat.leg), told=seat.told), refresh=True)
            except Trouble:
                screen.update(Text("The server is gone, and you are signed out.", style="dim"), refresh=True)
                return
            key = typed.next(POLL)
            if key in ("q", "Q", END):
                return
            if key:
                seat.press(key, view)


def away_because(view: View) -> str:
    """Why somebody is away, and the way back; empty for everybody else."""
    if view["presence"] != "away":
        return ""
    reason = str(view["detail"].get("reason") or "")
    why = AWAY.get(reason, reason.replace("_", " "))
    return f"You are away{': ' + why if why else ''}. Press f to be free."


def desk_of(view: View, now: datetime, *, on_air: bool, told: str = "") -> RenderableType:
    """The agent's screen: presence, and the offer or talk with everything that is known."""
    presence = str(view["presence"]).replace("_", " ")
    head = Text.assemble((f" {view['name']} ", "bold reverse"), "  ", presence, "   on the telephone" if on_air else "")
    offer = view["offer"]
    idle = away_because(view) or "Nobody is waiting for you."
    body: RenderableType = Text(idle, style="dim") if offer is None else offered(offer, now)
    return Group(head, Panel(body, width=min(OUT.width, 80)), Text(told, style="italic"), Text(KEYS, style="dim"))


def offered(offer: Mapping[str, Any], now: datetime) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in facts(offer, now):
        grid.add_row(label, Text(text))
    return grid


def facts(offer: Mapping[str, Any], now: datetime) -> Iterator[tuple[str, str]]:
    """What an agent reads before and while talking, most important first; what is not known takes no line."""
    brief = offer["brief"]
    kind = "a callback, we ring when you accept" if offer["kind"] == "callback" else "a caller on the line"
    left = round((datetime.fromisoformat(offer["until"]) - now).total_seconds())
    yield "state", "taken" if offer["accepted"] else f"ringing, {max(left, 0)} s left: press a"
    yield "who", " ".join(filter(None, (brief.get("name"), brief.get("number"), f"({kind})")))
    yield "language", LANGUAGE_NAMES.get(str(offer["language"]), {}).get("en", str(offer["language"]))
    yield "about", str(brief.get("reason") or "not said yet").replace("_", " ")
    waited = (now - datetime.fromisoformat(offer["waiting_since"])).total_seconds()
    yield "waited", f"{max(0, round(waited / 60))} min, queue {offer['queue']}"
    rows = {
        "route": brief.get("route"),
        "known": ", ".join(f"{key} {value}" for key, value in (brief.get("slots") or {}).items()),
        "tried": "; ".join(brief.get("tried") or ()),
        "said": " / ".join(brief.get("transcript") or ()),
    }
    for label, text in rows.items():
        if text:
            yield label, str(text)
