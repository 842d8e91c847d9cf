#!/usr/bin/env python3
"""Large files: what their digests and several ranges at once cost and bring, and that broken and killed downloads finish.

    Benchmarks/downloads.py [--rounds N] [hash] [segments] [cuts] [kills] [--kills N]

  hash      20 files of 50 MB saved at --max 5, plain and with --hash sha256, against curl -Z and openssl dgst
  segments  one file of 1 GB from a server that gives 20 MB/s for a connection: --segments 8 against aria2c -x8 -s8
  cuts      1 GB at 10 MB/s through a server that cuts the connection 20 times
  kills     a run of 30 files of 5 to 50 MB, killed at a random moment (kill -9) and taken up by the same command, 100 times

The digests of all files are compared with those of the server's. Exit code 1 when a bar is missed.
"""
import argparse, hashlib, os, random, shutil, statistics, subprocess, sys, tempfile, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from programs import FETCHALL, in_memory, prepare
from servers import free_port

MEGABYTE = 1_000_000


def write_random(path, size, seed):
    generator = random.Random(seed)
    with open(path, "wb") as file:
        left = size
        while left:
            piece = generator.randbytes(min(left, 1 << 20))
            file.write(piece)
            left -= len(piece)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else \
            hashlib.sha256(file.read()).hexdigest()


class Files:
    """nginx with files, as fast as it can at /, and slowly for each connection at /slow/. Its log has the bytes it sent."""

    def __init__(self, folder, rate="20m"):
        self.folder, self.port = folder, free_port()
        os.makedirs(f"{folder}/www", exist_ok=True)
        os.chmod(folder, 0o755)
        with open(f"{folder}/nginx.conf", "w") as file:
            file.write(
                f"daemon off; user root; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
                "events { worker_connections 1000; }\n"
                f"http {{ log_format bytes '$body_bytes_sent'; access_log {folder}/log bytes; sendfile on; tcp_nopush on;"
                f" server {{ listen 127.0.0.1:{self.port}; root {folder}/www;"
                f" location /slow/ {{ alias {folder}/www/; limit_rate {rate}; }} }} }}\n")
        self.process = subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL,
                                        start_new_session=True)
        self.base = f"http://127.0.0.1:{self.port}"
        time.sleep(0.5)

    def sent(self):
        with open(f"{self.folder}/log") as file:
            return sum(int(line) for line in file)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def timed(command, folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


def hashes(folder, rounds):
    """The bars: at most 0.60 of curl -Z; with a digest at most that plus 1.1 times openssl dgst of the same bytes."""
    server, save = Files(folder), f"{in_memory(folder)}-saved"
    try:
        write_random(f"{folder}/www/large", 50 * 2**20, 1)
        names = [f"large-{index}" for index in range(20)]
        for name in names:
            os.link(f"{folder}/www/large", f"{folder}/www/{name}")
        urls = [f"{server.base}/{name}" for name in names]
        outputs = [part for url, name in zip(urls, names) for part in ("-o", f"{save}/{name}", url)]
        fetchall = [FETCHALL, "--max", "5", "--jsonl", "-o", f"{folder}/records", "--output-dir", save]
        commands = {
            "curl": ["curl", "-sZ", "--parallel-immediate", "--parallel-max", "5", *outputs],
            "plain": fetchall + urls, "hash": fetchall + ["--hash", "sha256"] + urls}
        times = {name: [] for name in [*commands, "openssl"]}
        for _ in range(rounds):
            for name in random.sample(list(commands), len(commands)):
                times[name].append(timed(commands[name], save))
            start = time.monotonic()
            subprocess.run(["openssl", "dgst", "-sha256", *[f"{save}/{name}" for name in names]], check=True,
                           stdout=subprocess.DEVNULL)
            times["openssl"].append(time.monotonic() - start)
        for name in names:
            assert digest(f"{save}/{name}") == digest(f"{folder}/www/large"), name
        for name, values in times.items():
            print(f"hash: {name} {statistics.median(values):.3f} s")
        plain = statistics.median(ours / theirs for ours, theirs in zip(times["plain"], times["curl"]))
        extra = statistics.median((hashed - ours) / alone for hashed, ours, alone in
                                  zip(times["hash"], times["plain"], times["openssl"]))
        print(f"hash: saved {plain:.2f} of curl -Z (bar 0.60); the digests cost {extra:.2f} of openssl dgst (bar 1.1)")
        return plain <= 0.60 and extra <= 1.1
    finally:
        server.stop()
        shutil.rmtree(save, ignore_errors=True)


def segments(folder, rounds):
    """The bar: within 10 % of aria2c."""
    if not shutil.which("aria2c"):
        print("segments: left out, because there is no aria2c: apt-get install aria2")
        return True
    server, save = Files(folder), f"{in_memory(folder)}-saved"
    try:
        write_random(f"{folder}/www/one", 1000 * MEGABYTE, 2)
        right, url = digest(f"{folder}/www/one"), f"{server.base}/slow/one"
        commands = {
            "aria2c": ["aria2c", "--no-conf", "-q", "-x8", "-s8", "--file-allocation=none", "-d", save, "-o", "one", url],
            "fetchall": [FETCHALL, "--jsonl", "-o", f"{folder}/records", "--output-dir", save, "--segments", "8", url]}
        times = {name: [] for name in commands}
        for _ in range(rounds):
            for name in random.sample(list(commands), len(commands)):
                times[name].append(timed(commands[name], save))
                assert digest(f"{save}/one") == right, name
        ratio = statistics.median(ours / theirs for ours, theirs in zip(times["fetchall"], times["aria2c"]))
        for name, values in times.items():
            print(f"segments: {name} {statistics.median(values):.2f} s")
        print(f"segments: {ratio:.2f} of aria2c (bar 1.10)")
        return ratio <= 1.10
    finally:
        server.stop()
        shutil.rmtree(save, ignore_errors=True)


def cuts(folder, _):
    """The bars: one file, the right digest, at most 1 % more bytes sent than its length, with --retry 2."""
    size, rate, generator = 1000 * MEGABYTE, 10 * MEGABYTE, random.Random(3)
    # Twenty pieces between the cuts, each at least 2 MB.
    marks = sorted(generator.sample(range(1, 450), 20))
    places = [mark * 2 * MEGABYTE + generator.randrange(MEGABYTE) for mark in marks]
    write_random(f"{folder}/file", size, 3)
    state = {"sent": 0, "next": 0, "requests": 0}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            state["requests"] += 1
            start = int((self.headers.get("Range") or "bytes=0-")[6:].split("-")[0])
            self.send_response(206 if start else 200)
            self.send_header("ETag", '"v1"')
            self.send_header("Content-Length", str(size - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            self.end_headers()
            cut = places[state["next"]] if state["next"] < len(places) else size
            at, begin = start, time.monotonic()
            with open(f"{folder}/file", "rb") as file:
                file.seek(start)
                while at < cut:
                    piece = file.read(min(100_000, cut - at))
                    self.wfile.write(piece)
                    at += len(piece)
                    state["sent"] += len(piece)
                    time.sleep(max(0, begin + (at - start) / rate - time.monotonic()))
            if cut < size:
                state["next"] += 1
                self.close_connection = True
                self.connection.shutdown(2)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    save = f"{folder}/out"
    start = time.monotonic()
    code = subprocess.run([FETCHALL, "--jsonl", "-o", f"{folder}/records", "--output-dir", save, "--retry", "2",
                           f"http://127.0.0.1:{server.server_port}/file"]).returncode
    seconds = time.monotonic() - start
    server.shutdown()
    names = os.listdir(save)
    right = names == ["file"] and digest(f"{save}/file") == digest(f"{folder}/file")
    excess = state["sent"] / size - 1
    print(f"cuts: exit {code}, {state['requests']} requests, {seconds:.0f} s, {'the right file' if right else names},"
          f" {excess:.2%} more bytes than its length (bar 1 %)")
    return code == 0 and right and excess <= 0.01 and state["next"] == 20


def kills(folder, count):
    """The bars: all files right, none under its name that is not whole at any moment, at most 1.05 of their bytes sent plus
    what was in flight."""
    generator = random.Random(4)
    server, save = Files(folder, rate="60m"), f"{in_memory(folder)}-saved"
    try:
        sizes = [generator.randrange(5 * MEGABYTE, 50 * MEGABYTE) for _ in range(30)]
        for index, size in enumerate(sizes):
            write_random(f"{folder}/www/{index}", size, 100 + index)
        right = [digest(f"{folder}/www/{index}") for index in range(30)]
        command = [FETCHALL, "--jsonl", "-o", f"{folder}/records", "--max", "5", "--output-dir", save,
                   # What is whole is not fetched again.
                   "--skip-existing", *[f"{server.base}/slow/{index}" for index in range(30)]]
        whole = timed(command, save)
        wrong = unfinished = 0
        worst = 0.0

        def look(done):
            """Files under their own names are whole, at any moment."""
            bad = 0
            while not done.is_set():
                for index, size in enumerate(sizes):
                    try:
                        bad += os.stat(f"{save}/{index}").st_size != size
                    except FileNotFoundError:
                        pass
                time.sleep(0.01)
            found.append(bad)

        for turn in range(count):
            shutil.rmtree(save, ignore_errors=True)
            os.makedirs(save)
            before, found, done = server.sent(), [], threading.Event()
            watcher = threading.Thread(target=look, args=(done,))
            watcher.start()
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            time.sleep(generator.uniform(0, whole))
            process.kill()
            process.wait()
            code = subprocess.run(command, stderr=subprocess.DEVNULL).returncode
            done.set()
            watcher.join()
            time.sleep(0.05)
            unfinished += found[0]
            names = sorted(os.listdir(save), key=lambda name: (len(name), name))
            if code or names != [str(index) for index in range(30)] or [digest(f"{save}/{name}") for name in names] != right:
                wrong += 1
                print(f"kills: turn {turn}: exit {code}, {names}")
            worst = max(worst, (server.sent() - before) / sum(sizes))
        print(f"kills: {count} kills within {whole:.1f} s, {wrong} wrong ends, {unfinished} unfinished files under their own"
              f" names, at most {worst:.3f} of the bytes sent, with what was in flight (bar 1.05 without)")
        return wrong == 0 and unfinished == 0
    finally:
        server.stop()
        shutil.rmtree(save, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[[], "hash", "segments", "cuts", "kills"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kills", type=int, default=100)
    options = parser.parse_args()
    prepare()
    parts = {"hash": hashes, "segments": segments, "cuts": cuts, "kills": lambda folder, _: kills(folder, options.kills)}
    met = True
    for name in options.parts or ["hash", "segments"]:
        folder = tempfile.mkdtemp(prefix="fetchall-downloads-", dir=os.environ.get("TMPDIR", "/tmp"))
        try:
            met = parts[name](folder, options.rounds) and met
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if met else 1)


main()
