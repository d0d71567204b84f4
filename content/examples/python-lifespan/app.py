from portway import application
from pool import open_pool


async def lifespan(scope, receive, send):
    await receive()  # lifespan.startup is always the first.
    async with open_pool() as pool:
        await send({"type": "lifespan.ready", "state": {"pool": pool}})
        while (await receive())["type"] != "lifespan.shutdown":
            pass  # A drain comes before it.
    await send({"type": "lifespan.stopped"})


async def http(scope, receive, send):
    pool = scope["local"]["state"]["pool"]
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "data": await pool.query()})
    await send({"type": "http.response.end"})


app = application(lifespan=lifespan, http=http)
