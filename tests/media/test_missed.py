"""Whom a broken stream has cut off is promised a call; who hung up, or talks on, is not."""

import asyncio
from pathlib import Path
from xml.etree import ElementTree

import pytest

from callbacks.model import Booked
from ivr.media.leg import Ending
from tests.media.carrier import CALL, Carrier
from tests.media.golden import Server, Talk, server, stream
from tests.media.virtual import run

NUMBER = "+15550107777"
TALK = Talk("a call", [])


def connected(here: Server, number: str = NUMBER) -> ElementTree.Element:
    connect = here.begin(Talk("a call", [], number=number)).find("Connect")
    assert connect is not None
    return connect


def broken(here: Server, connect: ElementTree.Element) -> None:
    """The stream opens, and its socket breaks."""
    parameters = {one.attrib["name"]: one.attrib["value"] for one in connect[0]}
    reception = here.application.reception
    assert reception is not None

    async def caller(phone: Carrier) -> None:
        await phone.speaking(1.0)
        phone.drop()

    async def scene() -> Ending:
        phone = Carrier(caller, parameters=parameters)
        async with asyncio.TaskGroup() as tasks:
            carrier = tasks.create_task(phone.run())
            ending = await reception.serve(phone)
            carrier.cancel()
        return ending

    assert run(scene()) == Ending("lost")


def over(here: Server) -> None:
    here.post("/twilio/status", CallStatus="completed")
    here.settle()


def promised(here: Server) -> bool:
    return here.application.promises.open_for(NUMBER) is not None


def test_a_call_that_ends_with_its_stream_is_called_back(tmp_path: Path) -> None:
    with server(tmp_path, TALK, streamed=True) as here:
        broken(here, connected(here))
        over(here)
        kept = here.application.promises.open_for(NUMBER)
        assert kept is not None
        assert isinstance(kept.stage, Booked)
        assert (kept.id, kept.queue, kept.language) == (f"{CALL}-missed", "care", "en")
        over(here)
        here.settle(60)
        assert here.application.promises.open_for(NUMBER) == kept


def test_a_stream_whose_process_died_is_believed_to_be_open_for_a_while(tmp_path: Path) -> None:
    with server(tmp_path, TALK, streamed=True) as here:
        stream_id = connected(here).attrib["action"].rpartition("/")[2]
        here.application.store.streams.open(stream_id, CALL, here.clock.now)
        over(here)
        assert not promised(here)
        here.settle(4)
        assert not promised(here)
        here.settle(4)
        assert promised(here)


def test_who_hangs_up_is_not_called_back(tmp_path: Path) -> None:
    with server(tmp_path, Talk("a call", ["hang up"]), streamed=True) as here:
        stream(here, connected(here), ["hang up"])
        over(here)
        here.settle(60)
        assert not promised(here)


def test_who_goes_on_without_the_stream_is_not_called_back(tmp_path: Path) -> None:
    with server(tmp_path, TALK, streamed=True) as here:
        connect = connected(here)
        broken(here, connect)
        assert here.post(connect.attrib["action"]).find("Gather") is not None
        over(here)
        here.settle(60)
        assert not promised(here)


@pytest.mark.parametrize("number", ["anonymous", "+19005550100"])
def test_a_number_that_may_not_be_called_is_not(number: str, tmp_path: Path) -> None:
    with server(tmp_path, TALK, streamed=True) as here:
        broken(here, connected(here, number))
        over(here)
        here.settle(60)
        assert here.application.store.journal.of("callback", f"{CALL}-missed") == []


def test_the_carriers_own_ear_has_nothing_to_follow_up(tmp_path: Path) -> None:
    with server(tmp_path, TALK, streamed=False) as here:
        here.begin(TALK)
        over(here)
        here.settle(60)
        assert not promised(here)
