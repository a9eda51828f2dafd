"""Holds a socket to a mediator for a wallet of ACA-Py that nobody reaches, as a wallet on a phone does: a trust ping that asks for
every answer on the same socket (RFC 0092, return-route), again each second. What comes goes to the wallet's own inbound transport.

    phone.py SOCKET_URLS WALLET_NAME WALLET_KEY MY_VERKEY MEDIATORS_VERKEY

SOCKET_URLS: one for each task, with commas between them; the next one is tried where one is gone, as a load balancer would.
Prints a line for each message, and one for each socket that opens or ends.
"""

import asyncio
import itertools
import json
import sys
import uuid

from acapy_agent.askar.didcomm.v1 import pack_message
from acapy_agent.utils.env import storage_path
from aiohttp import ClientError, ClientSession, WSMsgType
from aries_askar import Store
from base58 import b58decode, b58encode

URLS, NAME, KEY, MINE, THEIRS = sys.argv[1:]
# A DID document has the key as multibase of a multicodec, two bytes in front of the key itself.
THEIR_KEY = b58encode(b58decode(THEIRS[1:])[2:]).decode() if THEIRS.startswith("z6Mk") else THEIRS
PING = {
    "@type": "https://didcomm.org/trust_ping/1.0/ping",
    "response_requested": False,
    "~transport": {"return_route": "all"},
}


async def main():
    store = await Store.open(f"sqlite://{storage_path('wallet', NAME)}/sqlite.db", "kdf:argon2i:mod", KEY)
    async with store.session() as session:
        key = (await session.fetch_key(MINE)).key
    async with ClientSession() as client:
        for url in itertools.cycle(URLS.split(",")):
            try:
                async with client.ws_connect(url, timeout=5) as socket:
                    print("open", url, flush=True)
                    pings = asyncio.create_task(ping(socket, key))
                    try:
                        await receive(client, socket)
                    finally:
                        pings.cancel()
            except (ClientError, OSError, asyncio.TimeoutError) as error:
                print("no socket:", type(error).__name__, flush=True)
            await asyncio.sleep(1)


async def ping(socket, key):
    while True:
        message = json.dumps({**PING, "@id": str(uuid.uuid4())})
        await socket.send_bytes(pack_message([THEIR_KEY], key, message.encode()))
        await asyncio.sleep(1)


async def receive(client, socket):
    async for message in socket:
        if message.type not in (WSMsgType.BINARY, WSMsgType.TEXT):
            break
        data = message.data if isinstance(message.data, bytes) else message.data.encode()
        headers = {"content-type": "application/ssi-agent-wire"}
        async with client.post("http://127.0.0.1:8020/", data=data, headers=headers) as answer:
            print("message", answer.status, flush=True)
    print("ended", flush=True)


asyncio.run(main())
