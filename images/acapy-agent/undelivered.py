"""What a mediator keeps for its wallets, in a table of its own wallet's database: it outlives a task, and every task has it.

ACA-Py keeps what it could not deliver in the memory of the task that took it (ACAPY_ENABLE_UNDELIVERED_QUEUE). There it ends with
the task, and the task that holds a wallet's socket does not know of it. Here each message that is forwarded to a wallet goes into
the table first, encrypted for the wallet, and so does what else could not be delivered. A task that holds a socket of the wallet is told by NOTIFY, takes the message,
and deletes it once the socket has answered a ping that came behind it. Where the socket ends before, another one gets the message:
a wallet gets each one at least once. It goes by classes of ACA-Py's (1.6 and 1.7).
"""

import asyncio
import logging
import time

import psycopg
from acapy_agent.core import conductor
from acapy_agent.transport.error import WireFormatError
from acapy_agent.transport.inbound import manager
from acapy_agent.transport.inbound.manager import InboundTransportManager
from acapy_agent.transport.inbound.session import InboundSession
from acapy_agent.transport.outbound.message import OutboundMessage
from acapy_agent.transport.wire_format import BaseWireFormat
from psycopg_pool import AsyncConnectionPool

LOGGER = logging.getLogger("undelivered")
# Two at work, and the one that listens (components/agent-pools.ts counts them).
POOL = 2
# A host that died is given up after half a minute, also by a connection that listens (libpq, "Connection Control Functions").
DEAD_PEERS = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4, "tcp_user_timeout": 30_000}
# As long as ACA-Py's own queue says that it keeps a message.
KEPT = "7 days"
# For a message that is on its way into a socket, beyond the time that the socket has to answer: another task may take it then.
GRACE_SECONDS = 10

TABLE = """
    SELECT pg_advisory_xact_lock(hashtext('undelivered'));
    CREATE TABLE IF NOT EXISTS undelivered (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        recipient text NOT NULL,
        message bytea NOT NULL,
        arrived timestamptz NOT NULL DEFAULT now(),
        held_until timestamptz NOT NULL DEFAULT '-infinity'
    );
    CREATE INDEX IF NOT EXISTS undelivered_recipient ON undelivered (recipient, number);
    CREATE INDEX IF NOT EXISTS undelivered_arrived ON undelivered (arrived)
"""
PUT = "WITH put AS (INSERT INTO undelivered (recipient, message) VALUES (%s, %s)) SELECT pg_notify('undelivered', %s)"
TAKE = """
    UPDATE undelivered SET held_until = now() + make_interval(secs => %s) WHERE number = (
        SELECT number FROM undelivered WHERE recipient = ANY(%s) AND held_until < now() ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING number, recipient, message
"""
RECEIVED = "DELETE FROM undelivered WHERE number = ANY(%s)"
RELEASE = """
    WITH released AS (UPDATE undelivered SET held_until = '-infinity' WHERE number = ANY(%s) RETURNING recipient)
    SELECT pg_notify('undelivered', recipient) FROM released
"""
WAITING = "SELECT DISTINCT recipient FROM undelivered WHERE recipient = ANY(%s) AND held_until < now()"
EXPIRED = f"DELETE FROM undelivered WHERE arrived < now() - interval '{KEPT}'"


class Letter(OutboundMessage):
    def __init__(self, number, recipient, message):
        super().__init__(payload=None, enc_payload=bytes(message), reply_to_verkey=recipient)
        self.number = number


class Session(InboundSession):
    def __init__(self, **settings):
        super().__init__(**settings)
        self.lock = asyncio.Lock()
        self.sent = []

    def clear_response(self):
        letter = self.response_buffer
        super().clear_response()
        if isinstance(letter, Letter):
            self.close_handler.__self__.has_sent(self, letter)


class SharedQueue(InboundTransportManager):
    database = {}

    async def setup(self):
        await super().setup()
        self.profile.context.injector.bind_instance(InboundTransportManager, self)
        # A ping each interval, and half of it for the answer (aiohttp, WebSocketResponse).
        self.answer_seconds = 1.5 * self.profile.settings.get_int("transport.ws.heartbeat_interval", default=3) + 0.5
        self.loops = []
        self.pool = None

    async def start(self):
        if self.undelivered_queue:
            self.pool = AsyncConnectionPool(kwargs=self.database, min_size=1, max_size=POOL, timeout=10, open=False)
            await self.pool.open()
            async with self.pool.connection() as connection, connection.transaction():
                await connection.execute(TABLE)
            self.loops = [asyncio.create_task(loop()) for loop in (self.listen, self.look)]
        await super().start()

    async def stop(self, wait=True):
        await super().stop(wait)  # with what is to be put yet
        for loop in self.loops:
            loop.cancel()
        if self.pool:
            await self.pool.close()

    # --- what ACA-Py asks

    def return_to_session(self, outbound):
        if not self.pool or outbound.payload:  # what the mediator itself answers; the rest was packed by its sender
            return super().return_to_session(outbound)
        here = any(session.select_outbound(outbound) for session in self.sessions.values())
        return here and self.return_undelivered(outbound)

    def return_undelivered(self, outbound):
        if not self.pool:
            return super().return_undelivered(outbound)
        self.task_queue.run(self.put(outbound))
        return True

    def dispatch_complete(self, message, completed):
        session = self.sessions.get(message.session_id)
        if not self.pool or not session:
            return super().dispatch_complete(message, completed)

        async def first_hand_over():
            try:
                await self.hand_over(session)
            finally:
                InboundTransportManager.dispatch_complete(self, message, completed)

        self.task_queue.run(first_hand_over())

    def closed_session(self, session):
        numbers = [number for _, number in session.sent]
        if isinstance(session.response_buffer, Letter):
            numbers.append(session.response_buffer.number)
            session.response_buffer = None
        if numbers:
            self.task_queue.run(self.attempt(RELEASE, [numbers]))
        super().closed_session(session)

    # --- into a session, one after the other

    async def hand_over(self, session):
        async with session.lock:
            if session.response_buffered or not session.can_respond or session.reply_mode != "all":
                return
            rows = await self.attempt(TAKE, [self.answer_seconds + GRACE_SECONDS, list(session.reply_verkeys)])
            for row in rows:
                letter = Letter(*row)
                if not session.accept_response(letter):
                    await self.attempt(RELEASE, [[letter.number]])

    def has_sent(self, session, letter):
        if session.transport_type == "http":  # an answer, and there is no more to hear of it
            self.task_queue.run(self.attempt(RECEIVED, [[letter.number]]))
        else:
            session.sent.append((time.monotonic(), letter.number))
            self.task_queue.run(self.hand_over(session))

    # --- all the time

    async def listen(self):
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**self.database) as connection:
                    await connection.execute("LISTEN undelivered")
                    async for told in connection.notifies():
                        self.wake({told.payload})
            except psycopg.Error as error:
                LOGGER.warning("The database tells nothing of new messages, they are looked for: %s", error)
            await asyncio.sleep(1)

    async def look(self):
        """Each second: what was received, what nobody was told of, and now and then what nobody fetched."""
        for second in range(2**63):
            await asyncio.sleep(1)
            answered = time.monotonic() - self.answer_seconds
            received, open_keys = [], set()
            for session in self.sessions.values():
                received += [number for at, number in session.sent if at < answered]
                session.sent = [one for one in session.sent if one[0] >= answered]
                open_keys |= session.reply_verkeys
            if received:
                await self.attempt(RECEIVED, [received])
            if open_keys:
                self.wake({key for (key,) in await self.attempt(WAITING, [list(open_keys)])})
            if second % 3600 == 0:
                await self.attempt(EXPIRED, [])

    def wake(self, keys):
        for session in self.sessions.values():
            if keys & session.reply_verkeys:
                self.task_queue.run(self.hand_over(session))

    # --- the database

    async def put(self, outbound):
        target = outbound.target or next(iter(outbound.target_list), None)
        recipient = outbound.reply_to_verkey or (target and target.recipient_keys[0])
        if not recipient:
            return LOGGER.warning("A message is for nobody, and is lost")
        try:
            message = outbound.enc_payload or await self.packed(outbound, recipient, target)
        except WireFormatError as error:
            return LOGGER.warning("A message could not be packed, and is lost: %s", error)
        if isinstance(message, str):
            message = message.encode()
        while not await self.attempt(PUT, [recipient, message, recipient]):
            await asyncio.sleep(1)

    async def packed(self, outbound, recipient, target):
        """What the mediator itself says to a wallet, such as that mediation is granted."""
        sender = outbound.reply_from_verkey or (target and target.sender_key)
        async with self.profile.session() as session:
            wire_format = self.profile.inject(BaseWireFormat)
            return await wire_format.encode_message(session, outbound.payload, [recipient], None, sender)

    async def attempt(self, query, values):
        """Rows, or none where the database does not answer: whoever asks tries again."""
        try:
            async with self.pool.connection() as connection:
                cursor = await connection.execute(query, values)
                return await cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            LOGGER.warning("The messages in the database cannot be reached: %s", error)
            return []


def install(database):
    """`database`: how psycopg connects to the wallet's, with autocommit."""
    SharedQueue.database = {**database, **DEAD_PEERS}
    manager.InboundSession = Session
    conductor.InboundTransportManager = SharedQueue
