"""pycurl's multi interface: N easy handles used again and again, as in its retriever-multi.py. A peer of the benchmark.

    multi_pycurl.py LIST MOST [--save DIR] [--cacert FILE]
"""
import argparse, os, sys
import pycurl

parser = argparse.ArgumentParser()
parser.add_argument("list")
parser.add_argument("most", type=int)
parser.add_argument("--save")
parser.add_argument("--cacert")
options = parser.parse_args()

multi = pycurl.CurlMulti()
multi.setopt(pycurl.M_MAXCONNECTS, max(1024, 4 * options.most))
multi.setopt(pycurl.M_PIPELINING, pycurl.PIPE_MULTIPLEX)


def discard(piece):
    pass


def new_handle():
    handle = pycurl.Curl()
    handle.setopt(pycurl.NOSIGNAL, 1)
    handle.setopt(pycurl.FAILONERROR, 1)
    handle.setopt(pycurl.WRITEFUNCTION, discard)
    if options.cacert:
        handle.setopt(pycurl.CAINFO, options.cacert)
        handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
        handle.setopt(pycurl.PIPEWAIT, 1)
    handle.file = None
    return handle


def start(handle, url):
    handle.setopt(pycurl.URL, url)
    if options.save:
        handle.file = open(os.path.join(options.save, url.rsplit("/", 1)[1]), "wb")
        handle.setopt(pycurl.WRITEDATA, handle.file)
    multi.add_handle(handle)


def end(handle):
    multi.remove_handle(handle)
    if handle.file:
        handle.file.close()


with open(options.list) as file:
    urls = file.read().split()
urls.reverse()
idle = [new_handle() for _ in range(options.most)]
active = failures = 0
while urls or active:
    while urls and idle:
        start(idle[-1], urls.pop())
        idle.pop()
        active += 1
    while multi.perform()[0] == pycurl.E_CALL_MULTI_PERFORM:
        pass
    more = True
    while more:
        more, done, failed = multi.info_read()
        for handle in done + [entry[0] for entry in failed]:
            end(handle)
            idle.append(handle)
            active -= 1
        failures += len(failed)
    if active and not (urls and idle):
        multi.select(1.0)
sys.exit(1 if failures else 0)
