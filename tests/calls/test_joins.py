"""One lost message of the carrier parts nobody who talks and signs out nobody who works."""

from collections.abc import Iterator

import pytest

from ivr.errors import CarrierError, CarrierUnsure
from ivr.flow.model import InLine, WithAgent
from routing.model import AgentEntered, Away, Free, OfferAccepted, Presence, PresenceSet, Ringing, Talking

from .test_service import CALL, in_line
from .world import World, world

LEG = "CA" + "9" * 32


@pytest.fixture
def here() -> Iterator[World]:
    with world() as made:
        in_line(made)
        yield made


def presence(here: World, agent: str = "jun") -> Presence:
    return here.application.floor.look().agents[agent].presence


def free(here: World, agent: str = "jun") -> None:
    here.board.line(PresenceSet(agent, True), f"api:{agent}")


def accepted(here: World, *, heard: bool) -> int:
    """Jun took the offer and stands in its conference, whether the line heard of it or not; the offer."""
    free(here)
    here.settle(1)
    (offer,) = here.application.floor.look().offers
    here.board.line(OfferAccepted(offer, "jun"), f"accept:{offer}:jun")
    here.carrier.inside[f"offer-{offer}"] = {"agent": LEG}
    if heard:
        here.board.line(AgentEntered(offer, LEG), f"conference:{offer}:1")
    here.settle()
    return offer


def legs(here: World) -> list[str]:
    return [what[2] for what in here.carrier.asked if what[0] == "call"]


def parted(here: World) -> bool:
    return any(what[0] in ("say", "hang up") for what in here.carrier.asked)


def test_a_talk_goes_on_when_the_news_of_the_caller_is_lost(here: World) -> None:
    offer = accepted(here, heard=True)
    here.board.resume(CALL, "")
    here.carrier.inside[f"offer-{offer}"]["caller"] = CALL
    here.settle(120)
    assert here.application.floor.look().offers[offer].caller_in
    assert isinstance(presence(here), Talking)
    assert not parted(here)
    state = here.application.store.calls.read(CALL)
    assert state is not None
    assert isinstance(state.place, WithAgent)


def test_the_caller_is_brought_when_the_news_of_the_agent_is_lost(here: World) -> None:
    offer = accepted(here, heard=False)
    here.settle(16)
    made = here.application.floor.look().offers[offer]
    assert (made.agent_in, made.leg) == (True, LEG)
    assert [what for what in here.carrier.asked if what[0] == "redirect"]
    assert isinstance(presence(here), Talking)


def test_who_is_really_not_there_is_parted_as_soon_as_the_carrier_says_so(here: World) -> None:
    offer = accepted(here, heard=True)
    here.settle(5)
    assert offer not in here.application.floor.look().offers
    assert parted(here)
    state = here.application.store.calls.read(CALL)
    assert state is not None
    assert isinstance(state.place, InLine)


def test_a_carrier_that_does_not_answer_at_once_is_asked_again(here: World) -> None:
    offer = accepted(here, heard=True)
    here.carrier.inside[f"offer-{offer}"]["caller"] = CALL
    here.carrier.mute = True
    here.settle(15)
    assert not parted(here)
    here.carrier.mute = False
    here.settle(60)
    assert here.application.floor.look().offers[offer].caller_in
    assert not parted(here)


def test_a_carrier_that_never_answers_keeps_nobody(here: World) -> None:
    offer = accepted(here, heard=True)
    here.carrier.mute = True
    here.settle(60)
    assert offer not in here.application.floor.look().offers
    assert not here.application.store.outbox.pending(10, here.now)


def unsure() -> CarrierUnsure:
    return CarrierUnsure("placing a call: the carrier answered 500, which says nothing of what it did")


def test_one_server_error_to_a_ring_signs_nobody_out(here: World) -> None:
    here.carrier.refuse = [unsure()]
    free(here)
    here.settle(9)
    assert legs(here) == []
    assert isinstance(presence(here), Ringing)
    here.settle(2)
    assert isinstance(presence(here), Free), "the carrier's list does not show it: nobody waits for it any longer"
    here.settle(5)
    assert isinstance(presence(here), Ringing)
    assert len(legs(here)) == 1


def test_somebody_else_is_rung_when_the_first_could_not_be(here: World) -> None:
    here.carrier.refuse = [unsure()]
    free(here)
    free(here, "mina")
    here.settle(12)
    assert isinstance(presence(here), Free)
    assert isinstance(presence(here, "mina"), Ringing)


def test_a_ring_that_was_placed_without_an_answer_is_found_and_may_be_missed(here: World) -> None:
    here.carrier.lost = True
    free(here)
    here.settle(19)
    assert isinstance(presence(here), Ringing)
    here.settle(2)
    assert presence(here) == Away("did not answer")
    assert ("hang up", next(iter(here.carrier.legs))) in here.carrier.asked


@pytest.mark.parametrize("trouble", [unsure(), CarrierError("placing a call", status=429)])
def test_a_carrier_that_rings_nobody_signs_nobody_out(here: World, trouble: Exception) -> None:
    here.carrier.refuse = [trouble] * 40
    free(here)
    here.settle(60)
    assert isinstance(presence(here), Free | Ringing)
    assert CALL in here.application.floor.look().entries
    here.carrier.refuse.clear()
    here.settle(60)
    assert len(legs(here)) == 1, "what was never answered is not rung late"


def test_an_outage_of_ours_over_a_whole_offer_signs_nobody_out(here: World) -> None:
    """The ring and the end of the offer are found in the same moment, when we stand again."""
    free(here)
    here.clock[0] = here.application.floor.look().offers[1].until
    here.settle(1)
    assert isinstance(presence(here), Free)
    assert legs(here) == []
    here.settle(5)
    assert isinstance(presence(here), Ringing)
