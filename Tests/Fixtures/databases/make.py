#!/usr/bin/env python3
"""Makes the files beside it with a fetchall that still wrote them through GRDB (commit 9b18a69).

usage: make.py FETCHALL DEMO-SERVER

The site is http://site.test/, reached through a proxy on a free port, so that no port is in any file.
"""
import http.server
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
YEARS = "max-age=2000000000"


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pages = 0

    def do_GET(self):
        path = re.sub("^http://site.test", "", self.path)
        fields, status = {}, 200
        if path == "/robots.txt":
            body = "User-agent: *\nDisallow: /private\n"
        elif path == "/fresh":
            body, fields = "kept for long", {"Cache-Control": YEARS}
        elif path == "/tagged":
            body, fields = "kept under a tag", {"Cache-Control": "no-cache", "ETag": '"one"'}
        elif path.startswith("/item/"):
            body, fields = '{"id": %s}' % path[6:], {"Content-Type": "application/json"}
        elif path.startswith("/page/"):
            Site.pages += 1
            if Site.pages > 3:
                time.sleep(60)  # The crawl is killed meanwhile.
            fields = {"Content-Type": "text/html"}
            body = "".join('<a href="/page/%d">next</a>' % (int(path[6:]) * 2 + i) for i in (1, 2) if int(path[6:]) < 4)
            body += '<a href="/private/x">hidden</a>'
        else:
            status, body = 404, "nothing"
        body = body.encode()
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main(fetchall, demo):
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    site.daemon_threads = True
    threading.Thread(target=site.serve_forever, daemon=True).start()
    proxy = ["--proxy", "http://127.0.0.1:%d" % site.server_port]

    def file(name):
        path = os.path.join(FOLDER, name)
        for end in ("", "-wal", "-shm"):
            if os.path.exists(path + end):
                os.unlink(path + end)
        return path

    cache = file("cache.db")
    quiet = {"stdout": subprocess.DEVNULL}
    subprocess.run([fetchall, "--cache=" + cache, "http://site.test/fresh", "http://site.test/tagged"] + proxy,
                   check=True, **quiet)
    subprocess.run([fetchall, "--sqlite", file("records.db"), "--body", "http://site.test/item/[1-3]"] + proxy,
                   check=True, **quiet)
    state = file("crawl.db")
    crawl = subprocess.Popen([fetchall, "crawl", "--state", state, "--delay", "0", "http://site.test/page/0"] + proxy, **quiet)
    deadline = time.time() + 20
    while Site.pages < 4 and time.time() < deadline:
        time.sleep(0.1)
    time.sleep(1)
    crawl.send_signal(signal.SIGKILL)
    crawl.wait()

    server = subprocess.Popen([demo, "--quiet"], stdout=subprocess.PIPE, text=True)
    address = re.search(r"http://[0-9.:]+", server.stdout.readline()).group(0)
    subprocess.run([fetchall, "github", "--sqlite", file("users.db"), "octocat", "torvalds"],
                   env=dict(os.environ, GITHUB_API_URL=address), check=True, **quiet)
    server.terminate()
    server.wait()

    # One file each: what lies in a log goes into the file.
    for name in ("cache.db", "records.db", "crawl.db", "users.db"):
        connection = sqlite3.connect(os.path.join(FOLDER, name))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    print({name: os.path.getsize(os.path.join(FOLDER, name)) for name in sorted(os.listdir(FOLDER))})


main(*sys.argv[1:])
