"""The front door sends everybody where they belong."""

import pytest
from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from ivr.web.front import Front


async def carrier(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"carrier {request.path_params['turn']}")


async def socket(connection: WebSocket) -> None:
    await connection.accept()
    await connection.send_text("a socket")
    await connection.close()


@pytest.fixture
def client() -> TestClient:
    router, app = APIRouter(), FastAPI()
    router.add_route("/twilio/answer/{turn:int}", carrier, methods=["POST"])
    app.add_api_route("/health", lambda: "well")
    app.add_api_websocket_route("/twilio/media", socket)
    return TestClient(Front(router, app))


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("POST", "/twilio/answer/7", 200, "carrier 7"),
        ("GET", "/twilio/answer/7", 405, "Method Not Allowed"),
        ("POST", "/twilio/nowhere", 404, "Not Found"),
        ("GET", "/health", 200, '"well"'),
        ("GET", "/twilio", 404, '{"detail":"Not Found"}'),
    ],
)
def test_requests(client: TestClient, method: str, path: str, status: int, text: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.text) == (status, text)


def test_a_socket_below_the_carriers_path_is_the_applications(client: TestClient) -> None:
    with client.websocket_connect("/twilio/media") as connection:
        assert connection.receive_text() == "a socket"
