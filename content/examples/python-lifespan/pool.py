import asyncio
from contextlib import asynccontextmanager


class Pool:
    """Stands for a pool of connections to a database."""

    def __init__(self):
        self.queries = 0

    async def query(self):
        await asyncio.sleep(0)
        self.queries += 1
        return f"query {self.queries}\n".encode()


@asynccontextmanager
async def open_pool():
    print("the pool is opened")
    try:
        yield Pool()
    finally:
        print("the pool is closed")
