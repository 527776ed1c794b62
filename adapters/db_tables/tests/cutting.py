"""A relay that breaks the connection when the database has just committed."""

import asyncio

from gateway.sdk.conformance.other_side import Mood
from gateway.sdk.conformance.relay import CHUNK, Relay


class CutAtCommit(Relay):
    """In silence: the database commits what was written, and the connection breaks before it can say so."""

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mood is not Mood.SILENT:
            await super()._relay(reader, writer)
            return
        behind, onwards = await asyncio.open_connection(*self._behind)
        wrote = False

        async def there() -> None:
            nonlocal wrote
            while chunk := await reader.read(CHUNK):
                wrote = wrote or b"INSERT INTO" in chunk
                onwards.write(chunk)
                await onwards.drain()

        async def back() -> None:
            while (chunk := await behind.read(CHUNK)) and not (wrote and b"COMMIT\0" in chunk):
                writer.write(chunk)
                await writer.drain()

        both = asyncio.create_task(there()), asyncio.create_task(back())
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            onwards.transport.abort()  # first: this may be cancelled while it waits
            for each in both:
                each.cancel()
            await asyncio.gather(*both, return_exceptions=True)
