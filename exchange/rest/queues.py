"""Queues and their members. Updating a member takes the caller out and plays the given document."""

from starlette.routing import Route

from exchange.call import rfc2822
from exchange.queueing import Member, Queue, open_queue, queue_named
from exchange.rest.api import Asked, RestError, Shape, missing, page, route
from exchange.stage import Redirected, Source, Table
from exchange.world import World

TAKEN, TOO_LONG, LARGEST, LONGEST_NAME = 22003, 22002, 5000, 64


def routes(world: World, table: Table) -> list[Route]:
    return [
        route(world, table, "/Queues.json", {"POST": create, "GET": listing}),
        route(world, table, "/Queues/{queue}.json", {"GET": fetch, "POST": update, "DELETE": delete}),
        route(world, table, "/Queues/{queue}/Members.json", {"GET": members}),
        route(world, table, "/Queues/{queue}/Members/{call}.json", {"GET": member, "POST": dequeue}),
    ]


def create(asked: Asked) -> tuple[int, Shape]:
    name, size = asked.form.need("FriendlyName", 22001), asked.form.number("MaxSize", 1000)
    _check(asked, name, size)
    return 201, shape(asked.world, open_queue(asked.world, name, size))


def _check(asked: Asked, name: str, size: int) -> None:
    if len(name) > LONGEST_NAME:
        raise RestError(400, TOO_LONG, f"FriendlyName has at most {LONGEST_NAME} characters.")
    if not 1 <= size <= LARGEST:
        raise RestError(400, 22004, f"MaxSize must be from 1 to {LARGEST}.")
    known = queue_named(asked.world, name)
    if known is not None and known.sid != asked.path.get("queue"):
        raise RestError(400, TAKEN, f"There is a queue named {name!r} already.")


def listing(asked: Asked) -> tuple[int, Shape]:
    return 200, page(asked, "queues", [shape(asked.world, queue) for queue in asked.world.queues.values()])


def fetch(asked: Asked) -> tuple[int, Shape]:
    return 200, shape(asked.world, find(asked))


def update(asked: Asked) -> tuple[int, Shape]:
    queue = find(asked)
    name, size = asked.form.get("FriendlyName", queue.name), asked.form.number("MaxSize", queue.max_size)
    _check(asked, name, size)
    queue.name, queue.max_size = name, size
    return 200, shape(asked.world, queue)


def delete(asked: Asked) -> tuple[int, None]:
    queue = find(asked)
    if queue.members:
        raise RestError(400, 22007, "The queue is not empty.")
    del asked.world.queues[queue.sid]
    return 204, None


def members(asked: Asked) -> tuple[int, Shape]:
    queue = find(asked)
    return 200, page(asked, "queue_members", [member_shape(asked.world, queue, one) for one in queue.members])


def member(asked: Asked) -> tuple[int, Shape]:
    queue = find(asked)
    return 200, member_shape(asked.world, queue, find_member(asked, queue))


def dequeue(asked: Asked) -> tuple[int, Shape]:
    queue, url = find(asked), asked.form.need("Url", 21205)
    chosen = find_member(asked, queue)
    before = member_shape(asked.world, queue, chosen)
    chosen.call.process.interrupt(Redirected(Source(url, asked.form.one_of("Method", ("POST", "GET"), "POST"))))
    return 200, before


def find(asked: Asked) -> Queue:
    queue = asked.world.queues.get(asked.path["queue"])
    if queue is None:
        raise missing(asked)
    return queue


def find_member(asked: Asked, queue: Queue) -> Member:
    """By the call's sid, or Front for the one who waits longest."""
    wanted = asked.path["call"]
    found = [one for one in queue.members if wanted in ("Front", one.call.sid)]
    if not found:
        raise missing(asked)
    return found[0]


def shape(world: World, queue: Queue) -> Shape:
    return {
        "account_sid": world.settings.account,
        "average_wait_time": queue.average,
        "current_size": len(queue.members),
        "date_created": rfc2822(queue.created),
        "date_updated": rfc2822(queue.created),
        "friendly_name": queue.name,
        "max_size": queue.max_size,
        "sid": queue.sid,
        "uri": f"/2010-04-01/Accounts/{world.settings.account}/Queues/{queue.sid}.json",
    }


def member_shape(world: World, queue: Queue, one: Member) -> Shape:
    base = f"/2010-04-01/Accounts/{world.settings.account}/Queues/{queue.sid}"
    return {
        "call_sid": one.call.sid,
        "date_enqueued": rfc2822(one.since),
        "position": queue.position(one),
        "queue_sid": queue.sid,
        "uri": f"{base}/Members/{one.call.sid}.json",
        "wait_time": round((world.clock.now - one.since).total_seconds()),
    }
