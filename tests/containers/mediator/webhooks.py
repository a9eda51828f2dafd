"""What an agent's webhooks tell of basic messages, a line each in /tmp/received."""

from aiohttp import web


async def told(request):
    if "basicmessages" in request.path:
        content = (await request.json())["content"]
        with open("/tmp/received", "a") as file:
            print(content, file=file, flush=True)
    return web.Response()


open("/tmp/received", "a").close()
app = web.Application()
app.router.add_post("/{path:.*}", told)
web.run_app(app, host="127.0.0.1", port=9000)
