"""Conferences and their participants: list, announce, end; dial in, mute, hold, coach, remove."""

from xml.sax.saxutils import escape, quoteattr

from starlette.routing import Route

from exchange.announcing import announce
from exchange.call import Call, rfc2822
from exchange.conference import Conference, Participant, conference_named, end, open_conference, refresh, tell
from exchange.originate import Order, originate
from exchange.rest.api import Asked, Form, RestError, Shape, missing, page, route
from exchange.rest.calls import handlers, ringing
from exchange.stage import Source, Table
from exchange.world import World

COACH_UNKNOWN = 13240


def routes(world: World, table: Table) -> list[Route]:
    people = "/Conferences/{conference}/Participants"
    return [
        route(world, table, "/Conferences.json", {"GET": listing}),
        route(world, table, "/Conferences/{conference}.json", {"GET": fetch, "POST": update}),
        route(world, table, f"{people}.json", {"GET": participants, "POST": dial_in}),
        route(
            world,
            table,
            people + "/{call}.json",
            {"GET": participant, "POST": change, "DELETE": remove},
        ),
    ]


def listing(asked: Asked) -> tuple[int, Shape]:
    wanted = {"FriendlyName": "name", "Status": "status"}
    found = [
        conference
        for conference in reversed(asked.world.conferences.values())
        if all(getattr(conference, field) == asked.query[key] for key, field in wanted.items() if key in asked.query)
    ]
    return 200, page(asked, "conferences", [shape(asked.world, conference) for conference in found])


def fetch(asked: Asked) -> tuple[int, Shape]:
    return 200, shape(asked.world, find(asked))


def update(asked: Asked) -> tuple[int, Shape]:
    conference, form, world = find(asked), asked.form, asked.world
    if url := form.get("AnnounceUrl"):
        source = Source(url, form.one_of("AnnounceMethod", ("POST", "GET"), "POST"))
        announce(world, asked.table, conference, tuple(conference.participants), source)
    if form.one_of("Status", ("", "completed"), "") and conference.status != "completed":
        end(world, conference, "conference-ended-via-api")
    return 200, shape(world, conference)


def participants(asked: Asked) -> tuple[int, Shape]:
    conference = find(asked)
    flags = {"Muted": "muted", "Hold": "hold"}
    found = [
        one
        for one in conference.participants
        if all(str(getattr(one, f)).lower() == asked.query[k].lower() for k, f in flags.items() if k in asked.query)
    ]
    return 200, page(asked, "participants", [participant_shape(asked.world, conference, one) for one in found])


def participant(asked: Asked) -> tuple[int, Shape]:
    conference = find(asked)
    return 200, participant_shape(asked.world, conference, find_participant(asked, conference))


def dial_in(asked: Asked) -> tuple[int, Shape]:
    """Ring somebody, and let them in when they answer. A name that no conference bears opens one."""
    form, world, name = asked.form, asked.world, asked.path["conference"]
    to, caller = form.need("To"), form.need("From", 21603)
    conference = world.conferences.get(name) or conference_named(world, name) or open_conference(world, name)
    if conference.status == "completed":
        raise missing(asked)
    source = Source(twiml=_invitation(conference, form))
    call = originate(world, asked.table, Order(to, caller, source, handlers(form), ringing(form)))
    invited = Participant(
        call,
        world.clock.now,
        label=form.get("Label"),
        muted=form.flag("Muted", False),
        starts=form.flag("StartConferenceOnEnter", True),
        ends=form.flag("EndConferenceOnExit", False),
        coach=form.get("CallSidToCoach") or None,
    )
    return 201, participant_shape(world, conference, invited)


ATTRIBUTES = {
    "Label": "participantLabel",
    "Muted": "muted",
    "Beep": "beep",
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "WaitUrl": "waitUrl",
    "WaitMethod": "waitMethod",
    "MaxParticipants": "maxParticipants",
    "ConferenceStatusCallback": "statusCallback",
    "ConferenceStatusCallbackMethod": "statusCallbackMethod",
    "ConferenceStatusCallbackEvent": "statusCallbackEvent",
    "CallSidToCoach": "coach",
}


def _invitation(conference: Conference, form: Form) -> str:
    """The document that an invited participant's call plays: what the carrier does behind this operation."""
    given = {name: " ".join(form.all(key)) for key, name in ATTRIBUTES.items() if key in form}
    if "statusCallback" in given:
        given.setdefault("statusCallbackEvent", "start end join leave mute hold")
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in given.items())
    return f"<Response><Dial><Conference{attributes}>{escape(conference.name)}</Conference></Dial></Response>"


def change(asked: Asked) -> tuple[int, Shape]:
    """Mute, hold, coach, announce. What may not be changed while on hold silently stays, as at the carrier."""
    form, world, conference = asked.form, asked.world, find(asked)
    one = find_participant(asked, conference)
    _set_hold(world, conference, one, form)
    if "Muted" in form and form.flag("Muted", False) != one.muted:
        one.muted = not one.muted
        tell(world, conference, "participant-mute" if one.muted else "participant-unmute", one)
    modified = False
    if "EndConferenceOnExit" in form and not one.hold:
        one.ends, modified = form.flag("EndConferenceOnExit", False), True
    if "Coaching" in form or "CallSidToCoach" in form:
        _coach(conference, one, form)
        modified = True
    if "BeepOnExit" in form:
        one.beep_on_exit = form.flag("BeepOnExit", True)
    if "WaitUrl" in form:
        one.wait_url = form.get("WaitUrl")
    if modified:
        tell(world, conference, "participant-modify", one)
    if url := form.get("AnnounceUrl"):
        source = Source(url, form.one_of("AnnounceMethod", ("POST", "GET"), "POST"))
        announce(world, asked.table, conference, (one,), source)
    refresh(world, conference)
    return 200, participant_shape(world, conference, one)


def _set_hold(world: World, conference: Conference, one: Participant, form: Form) -> None:
    if "HoldUrl" in form:
        one.hold_url = form.get("HoldUrl")
        one.hold_method = form.one_of("HoldMethod", ("GET", "POST"), "GET")
    if "Hold" in form and form.flag("Hold", False) != one.hold:
        one.hold = not one.hold
        world.log(one.call, "held" if one.hold else "unheld", conference.name)
        tell(world, conference, "participant-hold" if one.hold else "participant-unhold", one)


def _coach(conference: Conference, one: Participant, form: Form) -> None:
    wanted = form.get("CallSidToCoach", one.coach or "")
    if not form.flag("Coaching", bool(wanted)):
        one.coach = None
        return
    if conference.of(wanted) is None:
        raise RestError(400, COACH_UNKNOWN, f"CallSidToCoach {wanted!r} is not in this conference.")
    one.coach = wanted


def remove(asked: Asked) -> tuple[int, None]:
    conference = find(asked)
    one = find_participant(asked, conference)
    one.reason, one.removed, one.kicked = "participant_updated_via_api", True, True
    refresh(asked.world, conference)
    return 204, None


def find(asked: Asked) -> Conference:
    conference = asked.world.conferences.get(asked.path["conference"])
    if conference is None:
        raise missing(asked)
    return conference


def find_participant(asked: Asked, conference: Conference) -> Participant:
    one = conference.of(asked.path["call"])
    if one is None:
        raise missing(asked)
    return one


def shape(world: World, conference: Conference) -> Shape:
    base = f"/2010-04-01/Accounts/{world.settings.account}/Conferences/{conference.sid}"
    return {
        "account_sid": world.settings.account,
        "api_version": "2010-04-01",
        "call_sid_ending_conference": conference.ended_by,
        "date_created": rfc2822(conference.created),
        "date_updated": rfc2822(conference.updated),
        "friendly_name": conference.name,
        "reason_conference_ended": conference.reason_ended,
        "region": "us1",
        "sid": conference.sid,
        "status": conference.status,
        "subresource_uris": {
            "participants": f"{base}/Participants.json",
            "recordings": f"{base}/Recordings.json",
        },
        "uri": f"{base}.json",
    }


STATUS = {"queued": "queued", "initiated": "connecting", "ringing": "ringing", "in-progress": "connected"}


def _status(call: Call) -> str:
    return STATUS.get(call.status, "complete" if call.status == "completed" else "failed")


def participant_shape(world: World, conference: Conference, one: Participant) -> Shape:
    base = f"/2010-04-01/Accounts/{world.settings.account}/Conferences/{conference.sid}"
    return {
        "account_sid": world.settings.account,
        "call_sid": one.call.sid,
        "call_sid_to_coach": one.coach,
        "coaching": one.coach is not None,
        "conference_sid": conference.sid,
        "date_created": rfc2822(one.joined),
        "date_updated": rfc2822(world.clock.now),
        "end_conference_on_exit": one.ends,
        "hold": one.hold,
        "label": one.label or None,
        "muted": one.muted,
        "queue_time": "0",
        "start_conference_on_enter": one.starts,
        "status": _status(one.call),
        "uri": f"{base}/Participants/{one.call.sid}.json",
    }
