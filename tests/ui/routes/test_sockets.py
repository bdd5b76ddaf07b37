"""The socket of a page ends with the session that opened it, whatever the page asks for."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from storage.project import Project
from tests.ui.people import Somebody, somebody
from ui import sign_in
from ui.actions import people as act
from ui.routes.middleware import SocketsEndWithSessions

pytestmark = pytest.mark.argilla


@pytest.fixture
def echo(house: Project) -> Starlette:
    """A socket that says back what it hears, behind the middleware."""

    async def say_back(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                await socket.send_text(await socket.receive_text())
        except WebSocketDisconnect:
            return

    middleware = [Middleware(SocketsEndWithSessions, project=house)]
    return Starlette(routes=[WebSocketRoute("/stream", say_back)], middleware=middleware)


def browser_of(echo: Starlette, who: Somebody) -> TestClient:
    return TestClient(echo, cookies={"understudy_session": who.cookie})


def test_a_socket_speaks_while_the_session_stands_and_ends_with_it(house: Project, echo: Starlette) -> None:
    ann = somebody(house, "annotator", "ann")
    with browser_of(echo, ann).websocket_connect("/stream") as socket:
        socket.send_text("one")
        assert socket.receive_text() == "one"
        sign_in.leave(house, ann.cookie)
        socket.send_text("two")
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_text()
        assert ended.value.code == 4401


def test_a_deactivated_person_hears_nothing_more(house: Project, echo: Starlette) -> None:
    boss, ann = somebody(house, "owner", "boss"), somebody(house, "annotator", "ann")
    with browser_of(echo, ann).websocket_connect("/stream") as socket:
        act.deactivate(house, boss.person(house), ann.username)
        socket.send_text("one")
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()


def test_a_signed_out_page_may_still_say_that_it_is(echo: Starlette) -> None:
    with TestClient(echo).websocket_connect("/stream") as socket:
        socket.send_text("one")
        assert socket.receive_text() == "one"
