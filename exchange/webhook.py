"""One webhook to the application: signed, limited in time, retried and redirected as the carrier documents it.

An answer or a trouble comes back as a value; nothing is raised for what the application did wrong. `seconds` tells how
much of the caller's time the attempt cost (virtual time must be told; real time has passed already).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2

from exchange.faults import CONNECT, FETCH, REDIRECTS, Trouble
from exchange.overrides import Limits, split
from exchange.signature import SigningKey

Params = tuple[tuple[str, str], ...]
MAX_REDIRECTS = 10
KEEPING, CHANGING = (307, 308), (301, 302, 303)
"""Redirects that repeat the request as it was, and those that make it a GET."""
FORM = "application/x-www-form-urlencoded; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Ask:
    """What to request. A redirect by 301, 302 or 303 turns it into a GET of `standing` only, so that what the caller
    entered is lost, as it is at the carrier."""

    url: str
    params: Params
    method: str = "POST"
    standing: Params = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `url` is where it finally came from, `media` the content type without parameters."""

    url: str
    status: int
    media: str
    body: str
    raw: bytes = b""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """No usable answer. `reason` is one of 4xx 5xx ct rt redirects."""

    reason: str
    trouble: Trouble
    status: int | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class Cookies:
    """What the application's servers asked to be told again, by host; the carrier keeps them for one call."""

    by_host: dict[str, dict[str, str]] = field(default_factory=dict)

    def header(self, url: str) -> dict[str, str]:
        kept = self.by_host.get(urlsplit(url).netloc, {})
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in kept.items())} if kept else {}

    def keep(self, url: str, lines: list[str]) -> None:
        for line in lines:
            cookie = SimpleCookie()
            try:
                cookie.load(line)
            except CookieError:
                continue
            for name, morsel in cookie.items():
                self.by_host.setdefault(urlsplit(url).netloc, {})[name] = morsel.value


class Webhooks:
    """Sends webhooks. `wall` is a monotonic clock in seconds; `token` gives the idempotency token of each webhook."""

    def __init__(self, client: httpx2.AsyncClient, key: SigningKey, token: Callable[[], str]) -> None:
        self._client = client
        self._key = key
        self._token = token

    async def send(self, ask: Ask, cookies: Cookies) -> Answer | Refusal:
        """Ask, try again as the URL's overrides say, follow redirects; the whole within the time limit of each try."""
        url, limits = split(ask.url)
        token = self._token()
        lost = 0.0
        for attempt in range(limits.retries + 1):
            outcome = await self._follow(Ask(url, ask.params, ask.method, ask.standing), limits, token, cookies)
            if isinstance(outcome, Answer):
                return replace(outcome, seconds=outcome.seconds + lost)
            lost += outcome.seconds
            if outcome.reason not in limits.retry_on or attempt == limits.retries:
                return Refusal(outcome.reason, outcome.trouble, outcome.status, lost)
        raise AssertionError("the loop always returns")

    def signed(self, url: str) -> dict[str, str]:
        """The headers that sign a WebSocket upgrade: the URL alone."""
        return {**self._key.headers(url, ()), "User-Agent": "TwilioProxy/1.1"}

    async def _follow(self, ask: Ask, limits: Limits, token: str, cookies: Cookies) -> Answer | Refusal:
        """One try, with its redirects."""
        try:
            async with asyncio.timeout(limits.total):
                return await self._walk(ask, limits, token, cookies)
        except TimeoutError:
            wrong = ("rt", f"no answer within {limits.total:g} seconds", limits.total)
        except httpx2.ConnectTimeout:
            wrong = ("ct", f"no connection within {limits.connect:g} seconds", limits.connect)
        except httpx2.ConnectError as refused:
            wrong = ("ct", f"the connection was refused: {refused}", 0.0)
        except httpx2.TimeoutException:
            wrong = ("rt", f"no answer within {limits.read:g} seconds", limits.read)
        except (httpx2.HTTPError, httpx2.InvalidURL) as failed:
            wrong = ("rt", f"the request failed: {type(failed).__name__}: {failed}", 0.0)
        reason, sentence, seconds = wrong
        code = CONNECT if reason == "ct" else FETCH
        return Refusal(reason, Trouble("error", code, sentence, ask.url), None, seconds)

    async def _walk(self, ask: Ask, limits: Limits, token: str, cookies: Cookies) -> Answer | Refusal:
        for _ in range(MAX_REDIRECTS + 1):
            reply = await self._once(ask, limits, token, cookies)
            cookies.keep(ask.url, reply.headers.get_list("set-cookie"))
            location = reply.headers.get("location")
            if location is None or reply.status_code not in (*KEEPING, *CHANGING):
                return _judged(ask.url, reply)
            target = urljoin(ask.url, location)
            if reply.status_code in KEEPING:
                ask = replace(ask, url=target)
            else:
                ask = Ask(target, ask.standing, "GET", ask.standing)
        return Refusal("redirects", Trouble("error", REDIRECTS, "more than 10 redirects", ask.url))

    async def _once(self, ask: Ask, limits: Limits, token: str, cookies: Cookies) -> httpx2.Response:
        method = ask.method.upper()
        body = urlencode(ask.params).encode() if method == "POST" else None
        url = ask.url if method == "POST" else with_query(ask.url, ask.params)
        headers = {
            **({"Content-Type": FORM} if body is not None else {}),
            **self._key.headers(url, ask.params if body is not None else ()),
            "I-Twilio-Idempotency-Token": token,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "Cache-Control": "max-age=259200",
            "Connection": "close",
            **cookies.header(url),
        }
        timeout = httpx2.Timeout(limits.read, connect=limits.connect)
        return await self._client.request(method, url, content=body, headers=headers, timeout=timeout)


def with_query(url: str, params: Params) -> str:
    """The URL with `params` behind whatever query it has, which stays as it was written."""
    if not params:
        return url
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(params)}"


def _judged(url: str, reply: httpx2.Response) -> Answer | Refusal:
    status = reply.status_code
    if status >= httpx2.codes.BAD_REQUEST:
        trouble = Trouble("error", FETCH, f"the application answered {status}", url, reply.text)
        return Refusal("4xx" if status < httpx2.codes.INTERNAL_SERVER_ERROR else "5xx", trouble, status)
    media = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Answer(url, status, media, reply.text, reply.content)
