"""As the lesson writes it: a task for each URL, a semaphore, one httpx.AsyncClient. A peer of the benchmark.

    gather_httpx.py LIST MOST [--save DIR] [--cacert FILE]
"""
import argparse, asyncio, os, ssl
import httpx

parser = argparse.ArgumentParser()
parser.add_argument("list")
parser.add_argument("most", type=int)
parser.add_argument("--save")
parser.add_argument("--cacert")
options = parser.parse_args()


def has_http2():
    try:
        import h2  # noqa: F401, what httpx wants for HTTP/2
        return True
    except ImportError:
        return False


async def fetch(client, semaphore, url):
    async with semaphore:
        response = await client.get(url)
        response.raise_for_status()
        if options.save:
            with open(os.path.join(options.save, url.rsplit("/", 1)[1]), "wb") as file:
                file.write(response.content)


async def main():
    with open(options.list) as file:
        urls = file.read().split()
    semaphore = asyncio.Semaphore(options.most)
    limits = httpx.Limits(max_connections=options.most, max_keepalive_connections=options.most)
    trust = ssl.create_default_context(cafile=options.cacert) if options.cacert else True
    http2 = bool(options.cacert) and has_http2()
    async with httpx.AsyncClient(limits=limits, timeout=60, verify=trust, http2=http2) as client:
        await asyncio.gather(*(fetch(client, semaphore, url) for url in urls))


asyncio.run(main())
