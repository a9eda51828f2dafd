"""
Tails files of revocation registries: whoever holds a credential gets them, and the agent in the same task puts them.

  PORT       where it listens
  DIRECTORY  where the files are, which every server of the cluster shares

An agent uploads to /tails/hash/<name> as to the tails server of Indy's (PUT, multipart, a field "tails"). A name is the base58 of the
file's SHA-256, so that nothing can be put under the name of something else.
"""

import asyncio
import hashlib
import os
import re
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

from aiohttp import web

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
NAME = re.compile(f"[{ALPHABET}]{{32,44}}")
CHUNK = 1 << 20
LOOPBACK = "127.0.0.1"
# A file never changes: its name is its content's.
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Type": "application/octet-stream"}

routes = web.RouteTableDef()


def base58(digest: bytes) -> str:
    number, text = int.from_bytes(digest, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "1" * (len(digest) - len(digest.lstrip(b"\0"))) + text


def directory(request: web.Request) -> Path:
    return request.app["directory"]


def file_of(request: web.Request) -> Path:
    name = request.match_info["name"]
    if not NAME.fullmatch(name):
        raise web.HTTPNotFound
    return directory(request) / name


@routes.get("/tails/health")
async def health(request):
    await asyncio.to_thread(os.stat, directory(request))
    return web.Response(text="ok\n")


@routes.get("/tails/hash/{name}")
async def get(request):
    return web.FileResponse(file_of(request), headers=FOR_EVER)


@routes.put("/tails/hash/{name}")
async def put(request):
    # What comes by a load balancer comes from the load balancer's address.
    if request.remote != LOOPBACK:
        raise web.HTTPForbidden(text="Files are put by the agent in the same task alone.\n")
    if not request.content_type.startswith("multipart/"):
        raise web.HTTPUnsupportedMediaType(text="A file comes as multipart/form-data.\n")
    path = file_of(request)
    async for field in await request.multipart():
        if field.name == "tails":
            await keep(field, path)
            return web.Response(text=f"{path.name}\n")
    raise web.HTTPBadRequest(text="There is no field tails.\n")


async def keep(field, path: Path):
    """Under its name only once it is whole and on the disk: another task may be asked for it at any time."""
    digest = hashlib.sha256()
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as temporary:
        try:
            while chunk := await field.read_chunk(CHUNK):
                digest.update(chunk)
                await asyncio.to_thread(temporary.write, chunk)
            if base58(digest.digest()) != path.name:
                raise web.HTTPBadRequest(text="The name is not the base58 of the file's SHA-256.\n")
            await asyncio.to_thread(sync, temporary)
            await asyncio.to_thread(os.replace, temporary.name, path)
        except BaseException:
            os.unlink(temporary.name)
            raise


def sync(file):
    file.flush()
    os.fchmod(file.fileno(), 0o444)
    os.fsync(file.fileno())


def main():
    port, folder = os.environ.get("PORT", ""), Path(os.environ.get("DIRECTORY", ""))
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"PORT is {port!r}, and should be a number up to 65535")
    if not os.access(folder, os.W_OK):
        sys.exit(f"DIRECTORY is {str(folder)!r}, and should be a directory that this user may write to")
    application = web.Application()
    application["directory"] = folder
    application.add_routes(routes)
    # Longer than a load balancer keeps a connection that is idle, so that it is the load balancer who closes it.
    web.run_app(application, host=os.environ.get("HOST", "0.0.0.0"), port=int(port), keepalive_timeout=4300, access_log=None)


if __name__ == "__main__":
    main()
