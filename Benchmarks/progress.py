#!/usr/bin/env python3
"""What the progress on a terminal costs: instructions of 10,000 small bodies saved under a pty, with and without it.

valgrind counts them (callgrind; only those of the program). It also slows the program down, so that more is drawn than in
reality, ten times per second. So a drawing is counted by itself, in a run that only waits, and the number of drawings is that
of a run without valgrind.

    Benchmarks/progress.py [--count N] [--max N]
"""
import argparse, http.server, os, pty, re, shutil, sys, tempfile, threading, time
from programs import FETCHALL, prepare
from servers import Nginx

WAIT = 5


class Waiting(http.server.BaseHTTPRequestHandler):
    """Answers after some seconds."""

    def do_GET(self):
        time.sleep(WAIT)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def run(command):
    """Runs a command on a terminal; (drawings, seconds)."""
    start, text = time.monotonic(), b""
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm"
        os.execvp(command[0], command)
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        text += data
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    if status:
        sys.exit(f"{' '.join(command)}: exit {os.waitstatus_to_exitcode(status)}\n{text[-2000:].decode(errors='replace')}")
    return text.count(b"\r\x1b["), time.monotonic() - start


def count(command, folder):
    """Runs a command under callgrind on a terminal; (instructions, drawings)."""
    file = f"{folder}/callgrind"
    drawings, _ = run(["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={file}"] + command)
    with open(file) as lines:
        total = next(re.search(r"\d+", line)[0] for line in lines if line.startswith(("totals:", "summary:")))
    return int(total), drawings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--max", type=int, default=64)
    options = parser.parse_args()
    for tool, package in (("valgrind", "valgrind"), ("nginx", "nginx-light")):
        if not shutil.which(tool):
            sys.exit(f"progress.py needs {tool}: apt-get install {package}")
    prepare()
    folder, servers = tempfile.mkdtemp(prefix="fetchall-progress-", dir=os.environ.get("TMPDIR", "/tmp")), []
    idle = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Waiting)
    threading.Thread(target=idle.serve_forever, daemon=True).start()
    try:
        servers.append(Nginx(folder, options.count))
        with open(f"{folder}/list", "w") as file:
            file.writelines(f"{servers[0].base}/{index}\n" for index in range(options.count))

        def command(style, list):
            # To replace files is more work than to make them.
            shutil.rmtree(f"{folder}/out", ignore_errors=True)
            return [FETCHALL, "--max", str(options.max), "--progress", style, "--output-dir", f"{folder}/out", "--jsonl", "-o",
                    f"{folder}/records.jsonl", list]

        url = f"http://127.0.0.1:{idle.server_address[1]}/"
        idle_without, _ = count(command("none", url), folder)
        idle_with, drawn = count(command("bars", url), folder)
        drawing = (idle_with - idle_without) / drawn
        without, _ = count(command("none", f"{folder}/list"), folder)
        with_it, slow = count(command("bars", f"{folder}/list"), folder)
        really, seconds = run(command("bars", f"{folder}/list"))
        counting = with_it - without - slow * drawing
        cost = (counting + really * drawing) / without
        print(f"| without progress | {without:,.0f} instructions | {without / options.count:,.0f} for each body |")
        print(f"| counting | {counting:,.0f} | {counting / options.count:,.0f} for each body |")
        print(f"| drawing | {drawing:,.0f} each | {really} in {seconds:.2f} s ({slow} under valgrind) |")
        print(f"| **progress** (at most 1 %) | **{cost:.2%}** | {'met' if cost <= 0.01 else '**missed**'} |")
    finally:
        for server in servers:
            server.stop()
        idle.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
