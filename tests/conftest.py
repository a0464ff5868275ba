"""What holds for every test: no network but this machine's own."""

import ipaddress
import sys

LOCAL = frozenset({"", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"})


class NetworkForbidden(AssertionError):
    """A test tried to reach another machine."""


def local(host: object) -> bool:
    """Whether a host is this machine."""
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if name in LOCAL:
        return True
    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def guard(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: Python tells it before a socket connects and before a name is looked up."""
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not local(address[0]):
            raise NetworkForbidden(f"a test connects to {address}")
    elif event == "socket.getaddrinfo" and not local(arguments[0]):
        raise NetworkForbidden(f"a test looks up {arguments[0]!r}")


sys.addaudithook(guard)
