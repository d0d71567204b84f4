"""`httpx`, synchronous and asynchronous, over HTTP/1.1 and, with TLS, over HTTP/2."""

import asyncio

import httpx

from trial import main


def options(url, authority):
    return {"base_url": url, "verify": authority, "http2": url.startswith("https"), "timeout": 20}


def requests(url, authority):
    with httpx.Client(**options(url, authority)) as client:
        hello = client.get("/hello")
        form = client.post("/form", data={"name": "Ada Lovelace", "born": "1815"})
        head = client.head("/hello")
        missing = client.get("/nowhere")
        return [
            [hello.http_version, hello.status_code, hello.text],
            form.json(),
            [head.status_code, head.headers["content-length"], head.text],
            missing.status_code,
        ]


def streams(url, authority):
    """An upload from a generator, and a response as it comes."""
    def pieces():
        for _ in range(100):
            yield b"y" * 10_000

    with httpx.Client(**options(url, authority)) as client:
        up = client.post("/digest", content=pieces()).json()
        with client.stream("GET", "/stream?pieces=200&octets=5000") as response:
            down = sum(len(piece) for piece in response.iter_raw())
        return [up["octets"], down]


def left(url, authority):
    """A response that is left in its middle, and the client goes on."""
    scheme, _, _ = url.partition(":")
    with httpx.Client(**options(url, authority)) as client:
        with client.stream("GET", f"/endless?key=httpx-{scheme}") as response:
            for piece in response.iter_raw():
                break
        return [piece[:1].decode(), client.get("/hello").status_code]


async def at_once(url, authority):
    async with httpx.AsyncClient(**options(url, authority)) as client:
        answers = await asyncio.gather(*(
            client.post("/echo", content=str(number) * 1000) for number in range(50)
        ))
        return sum(answer.text == str(number) * 1000 for number, answer in enumerate(answers))


async def events(url, authority):
    """Server-Sent Events arrive one by one, while the response goes on."""
    async with httpx.AsyncClient(**options(url, authority)) as client:
        async with client.stream("GET", "/events") as response:
            lines = []
            async for line in response.aiter_lines():
                lines.append(line.strip())
                if line.startswith("data: event 3"):
                    return lines


def broken(url, authority):
    with httpx.Client(**options(url, authority)) as client:
        try:
            return client.get("/abort").status_code
        except httpx.RemoteProtocolError:
            return "broken"


if __name__ == "__main__":
    main([requests, streams, left, at_once, events, broken])
