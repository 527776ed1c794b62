"""What the servers of the production plane do by themselves: publishes that RabbitMQ confirms, commits of PostgreSQL."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import aio_pika
import asyncpg  # type: ignore[import-untyped]

SECONDS = 3.0
"""Of each measurement."""
IN_FLIGHT = 64
GROUP = 16
CONNECTIONS = 16


async def confirms(url: str, *, together: int = IN_FLIGHT) -> float:
    """Publish persistent notes to a quorum queue, so many at once; give confirmed publishes a second."""
    connection = await aio_pika.connect(url)
    async with connection, connection.channel() as channel:
        await channel.declare_queue("bench", durable=True, arguments={"x-queue-type": "quorum"})
        message = aio_pika.Message(b"0" * 32, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)

        async def publish() -> int:
            await asyncio.gather(*(channel.default_exchange.publish(message, "bench") for _ in range(together)))
            return together

        rate = await _rate(publish, 1)
        await channel.queue_delete("bench")
    return rate


async def commits(url: str, *, group: int) -> float:
    """Insert rows of 300 bytes, `group` to a transaction, over several connections; give rows a second."""
    pool = await asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS)
    async with pool:
        await pool.execute("CREATE TABLE IF NOT EXISTS bench (id bigserial PRIMARY KEY, filling text NOT NULL)")
        rows = [("x" * 300,)] * group

        async def commit() -> int:
            async with pool.acquire() as connection, connection.transaction():
                await connection.executemany("INSERT INTO bench (filling) VALUES ($1)", rows)
            return group

        rate = await _rate(commit, CONNECTIONS)
        await pool.execute("DROP TABLE bench")
    return rate


async def _rate(work: Callable[[], Awaitable[int]], side_by_side: int) -> float:
    """Repeat work for a time, so many side by side; give units a second."""
    await work()
    started = time.perf_counter()
    done = 0

    async def repeat() -> None:
        nonlocal done
        while time.perf_counter() - started < SECONDS:
            done += await work()

    await asyncio.gather(*(repeat() for _ in range(side_by_side)))
    return done / (time.perf_counter() - started)
