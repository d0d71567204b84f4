"""A small site of FastAPI, as somebody would write it: no word of Portway."""

import asyncio

from fastapi import BackgroundTasks, Depends, FastAPI, Header, HTTPException, UploadFile, WebSocket
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

app = FastAPI()
log = []


class Item(BaseModel):
    name: str
    price: float


@app.on_event("startup")
async def start():
    log.append("started")


@app.on_event("shutdown")
async def stop():
    print("stopped", flush=True)


async def session():
    log.append("opened")
    try:
        yield "session"
    finally:
        log.append("closed")


@app.post("/items/{number}", status_code=201)
async def create(number: int, item: Item, x_token: str = Header(), held: str = Depends(session)):
    if x_token != "secret":
        raise HTTPException(403, "no")
    return {"number": number, "item": item, "session": held}


@app.get("/plain")
def plain(background: BackgroundTasks):
    background.add_task(log.append, "worked")
    return {"thread": True}


@app.post("/upload")
async def upload(file: UploadFile):
    size = 0
    while piece := await file.read(65536):
        size += len(piece)
    return {"name": file.filename, "size": size}


@app.get("/events")
async def events():
    async def lines():
        for number in range(3):
            yield f"data: {number}\n\n"
            await asyncio.sleep(0)

    return StreamingResponse(lines(), media_type="text/event-stream")


@app.get("/log")
async def tells():
    return log


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    async for message in websocket.iter_bytes():
        await websocket.send_bytes(message[::-1])
