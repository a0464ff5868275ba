"""What the question at hand expects to hear: a prior for understanding, never a wall."""

from config.flow import AskNode, CollectNode
from config.site import Site
from ivr.flow.model import AskedToConfirm, Asking, CallState, Choosing, InLine
from speech.understand.model import Expects


def expects(site: Site, state: CallState) -> Expects:
    """The intents, yes or no, or digits that the caller is being asked for right now."""
    node = site.flows[state.flow].nodes.get(state.node)
    match state.place:
        case Asking(confirming=str()) | AskedToConfirm() | InLine() | Choosing():
            return Expects(intents=(), yes_no=True, digits=None)
        case Asking() if isinstance(node, AskNode):
            intents = tuple(choice.intent for choice in node.choices if choice.intent)
            return Expects(intents=intents, yes_no=False, digits=None)
        case Asking() if isinstance(node, CollectNode):
            return Expects(intents=(), yes_no=node.as_.yes_no, digits=span(node.as_.digits))
        case _:
            return Expects(intents=(), yes_no=False, digits=None)


def span(written: str | None) -> tuple[int, int] | None:
    """'5-8' -> (5, 8); '6' -> (6, 6)."""
    if written is None:
        return None
    least, _, most = written.partition("-")
    return int(least), int(most or least)
