"""The lesson's program with aiohttp in place of httpx, and with uvloop where it is installed. A peer of the benchmark.

    gather_aiohttp.py LIST MOST [--save DIR] [--cacert FILE]
"""
import argparse, asyncio, os, ssl
import aiohttp

try:
    import uvloop
    uvloop.install()
except ImportError:
    pass

parser = argparse.ArgumentParser()
parser.add_argument("list")
parser.add_argument("most", type=int)
parser.add_argument("--save")
parser.add_argument("--cacert")
options = parser.parse_args()


async def fetch(session, semaphore, url):
    async with semaphore, session.get(url) as response:
        response.raise_for_status()
        if not options.save:
            await response.read()
            return
        with open(os.path.join(options.save, url.rsplit("/", 1)[1]), "wb") as file:
            async for piece in response.content.iter_any():
                file.write(piece)


async def main():
    with open(options.list) as file:
        urls = file.read().split()
    semaphore = asyncio.Semaphore(options.most)
    trust = ssl.create_default_context(cafile=options.cacert) if options.cacert else True
    connector = aiohttp.TCPConnector(limit=options.most, ssl=trust)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None)) as session:
        await asyncio.gather(*(fetch(session, semaphore, url) for url in urls))


asyncio.run(main())
