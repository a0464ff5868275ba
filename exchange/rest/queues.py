"""To be told."""

from starlette.routing import Route

from exchange.stage import Table
from exchange.world import World


def routes(world: World, table: Table) -> list[Route]:
    return []
