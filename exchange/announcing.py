"""Announcements into a conference, or to one who is in it: a document played beside the talk."""

from collections.abc import Iterable

from exchange.call import Call
from exchange.clock import Process
from exchange.conference import Conference, Participant, tell
from exchange.stage import MUSIC, CallFinished, DocumentFailed, Goto, Source, Stage, Table, obtain, perform
from exchange.twiml import Document
from exchange.world import World


def announce(
    world: World, table: Table, conference: Conference, hearers: Iterable[Participant], source: Source
) -> None:
    """Fetch the document once and play it to each of `hearers`."""
    heard_by = [participant.call for participant in hearers]
    if heard_by:
        world.clock.spawn(_announce(_stages(world, table, heard_by), conference, source))


def _stages(world: World, table: Table, calls: Iterable[Call]) -> list[Stage]:
    return [Stage(world, call, Process(world.clock), table, MUSIC) for call in calls]


async def _announce(stages: list[Stage], conference: Conference, source: Source) -> None:
    first = stages[0]
    try:
        document = await obtain(first, source)
    except (DocumentFailed, CallFinished) as failed:
        if isinstance(failed, DocumentFailed):
            first.world.fault(failed.trouble, first.call)
        return
    for stage in stages[1:]:
        first.world.clock.spawn(_play(stage, document))
    await _play(first, document)
    tell(first.world, conference, "announcement-end", first.call.participant)


async def _play(stage: Stage, document: Document) -> None:
    """Play to one hearer; the stage's own process waits, so that the hearer's call goes on as it was."""
    while True:
        try:
            await perform(stage, document)
        except Goto as onward:
            document = await obtain(stage, onward.source)
        except DocumentFailed as failed:
            stage.world.fault(failed.trouble, stage.call)
            return
        else:
            return
