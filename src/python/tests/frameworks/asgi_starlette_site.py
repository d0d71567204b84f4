"""A small site of Starlette, as somebody would write it: no word of Portway."""

import asyncio
import contextlib
import os

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

log = []
"""What has happened, for `/log`."""


class Endless(StreamingResponse):
    """Says when it is over: its generator may be collected much later."""

    async def __call__(self, scope, receive, send):
        try:
            await super().__call__(scope, receive, send)
        finally:
            log.append("left")


@contextlib.asynccontextmanager
async def lifespan(app):
    log.append("started")
    yield {"pool": "a pool"}
    log.append("stopped")


async def home(request):
    return JSONResponse(
        {
            "method": request.method,
            "url": str(request.url),
            "path": request.scope["path"],
            "query": dict(request.query_params),
            "client": request.client.host if request.client else None,
            "cookies": request.cookies,
            "pool": request.state.pool,
        }
    )


async def stream(request):
    async def numbers():
        for number in range(int(request.query_params.get("count", 5))):
            yield f"{number}\n"
            await asyncio.sleep(0)

    return StreamingResponse(numbers(), media_type="text/plain")


async def forever(request):
    async def ticks():
        while True:
            yield b"tick\n" * 1000
            await asyncio.sleep(0)

    return Endless(ticks())


async def upload(request):
    form = await request.form()
    content = await form["file"].read()
    return JSONResponse({"name": form["file"].filename, "size": len(content), "sum": sum(content)})


async def echo_body(request):
    pieces = [piece async for piece in request.stream()]
    return StreamingResponse(iter(pieces))


async def background(request):
    async def work(word):
        log.append(word)

    return PlainTextResponse("soon", background=BackgroundTask(work, "worked"))


async def fails(request):
    raise ValueError("broken by purpose")


async def tells(request):
    return JSONResponse(log)


async def source(request):
    return FileResponse(__file__)


async def sets(request):
    response = PlainTextResponse("ok")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2", httponly=True)
    return response


async def disconnected(request):
    body = (await request.body()).decode()
    return JSONResponse([await request.is_disconnected(), body])


async def echo(websocket):
    await websocket.accept(subprotocol=(websocket.scope["subprotocols"] or [None])[0])
    async for message in websocket.iter_text():
        if message == "close":
            await websocket.close(4001, "as you wish")
            return
        await websocket.send_text(f"{websocket.path_params['room']}: {message}")
    log.append("websocket left")


async def denies(websocket):
    await websocket.close(1008)


class Times(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        response = await call_next(request)
        response.headers["X-Through"] = "middleware"
        return response


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route("/", home, methods=["GET", "POST"]),
        Route("/stream", stream),
        Route("/forever", forever),
        Route("/upload", upload, methods=["POST"]),
        Route("/echo", echo_body, methods=["POST"]),
        Route("/background", background),
        Route("/fails", fails),
        Route("/log", tells),
        Route("/source", source),
        Route("/sets", sets),
        Route("/disconnected", disconnected, methods=["GET", "POST"]),
        Mount("/static", StaticFiles(directory=os.path.dirname(os.path.abspath(__file__)))),
        WebSocketRoute("/ws/{room}", echo),
        WebSocketRoute("/denies", denies),
    ],
)
wrapped = Starlette(
    lifespan=lifespan,
    routes=app.routes,
    middleware=[Middleware(Times), Middleware(GZipMiddleware, minimum_size=100)],
)
"""The same site behind middleware that has its own ways with `receive` and `send`."""
