#!/usr/bin/env python3
"""Compares fetchall's release build with curl -Z and other programs that are installed, on the same lists, interleaved.

Every row is the whole job: fetchall writes its records (--jsonl to a file), the others discard theirs. The servers count
what arrived; a row in which a program lost a request says so instead of a time. Ratios within a run count, times do not.

    Benchmarks/run.py [--quick] [--rounds N] [--only TEXT]
"""
import argparse, json, os, platform, shutil, statistics, subprocess, sys, tempfile, time, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FETCHALL = os.environ.get("FETCHALL_BINARY", f"{ROOT}/.build/release/fetchall")
DEMO = f"{ROOT}/.build/release/demo-server"


class Nginx:
    """nginx with one worker, serving files of 1 KiB."""

    def __init__(self, folder, files):
        self.folder, self.port = folder, free_port()
        os.makedirs(f"{folder}/www")
        os.chmod(folder, 0o755)
        for index in range(files):
            with open(f"{folder}/www/{index}", "wb") as file:
                file.write(b"x" * 1024)
        with open(f"{folder}/nginx.conf", "w") as file:
            file.write(
                f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
                "events { worker_connections 20000; multi_accept on; }\n"
                "http { access_log off; keepalive_requests 100000000; sendfile on; tcp_nopush on;"
                " open_file_cache max=60000; server {"
                f" listen 127.0.0.1:{self.port} backlog=4096; root {folder}/www;"
                " location = /nginx_status { stub_status; } } }\n")
        self.process = subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{self.port}"
        wait_for(lambda: self.count() is not None)

    def count(self):
        """Requests answered so far, this one left out."""
        try:
            text = urllib.request.urlopen(f"{self.base}/nginx_status", timeout=5).read().decode()
        except OSError:
            return None
        return int(text.split("\n")[2].split()[2]) - 1

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Demo:
    """The demo server: answers after 100 ms."""

    def __init__(self):
        self.process = subprocess.Popen([DEMO, "--quiet", "--latency", "100"], stdout=subprocess.PIPE, text=True)
        self.base = self.process.stdout.readline().split()[-1]

    def count(self):
        return json.load(urllib.request.urlopen(f"{self.base}/stats"))["requests"] - 1

    def stop(self):
        self.process.terminate()
        self.process.wait()


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    sys.exit("the server did not start")


def run(command, stdin=None):
    """Wall time, CPU time, peak memory (MB) and exit code of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return (time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode)


def write_lists(folder, name, urls, out="/dev/null"):
    """The same list in each program's form."""
    plain, curl, aria = (f"{folder}/{name}.{kind}" for kind in ("txt", "curl", "aria"))
    with open(plain, "w") as file:
        file.writelines(url + "\n" for url in urls)
    with open(curl, "w") as file:
        file.writelines(
            f'url = "{url}"\noutput = "{out if out == "/dev/null" else f"{out}/{index}"}"\n'
            for index, url in enumerate(urls))
    return {"plain": plain, "curl": curl}


def peers(lists, most, folder, saves=None):
    """The programs of a row, by name."""
    records = f"{folder}/records.jsonl"
    commands = {"fetchall": [FETCHALL, "--max", str(most), "--jsonl", "-o", records, lists["plain"]]}
    if saves:
        commands["fetchall"][1:1] = ["--output-dir", f"{saves}/fetchall"]
    # --parallel-max of curl ends at 300.
    commands["curl -Z"] = ["curl", "-sZ", "--parallel-max", str(min(most, 300)), "-K", lists["curl"]]
    if shutil.which("wget2"):
        target = ["-P", f"{saves}/wget2"] if saves else ["-O", "/dev/null"]
        commands["wget2"] = ["wget2", "-q", "--max-threads", str(most), *target, "-i", lists["plain"]]
    return commands


def compare(title, server, count, commands, rounds, clean=None):
    """Runs the commands in turns and prints a row for each."""
    results = {name: [] for name in commands}
    lost = {}
    for _ in range(rounds):
        for name, command in commands.items():
            if clean:
                clean()
            before = server.count()
            result = run(command)
            arrived = server.count() - before - (1 if isinstance(server, (Nginx, Demo)) else 0) + 1
            results[name].append(result)
            if arrived < count:
                lost[name] = count - arrived
    reference = statistics.median(r[0] for r in results["curl -Z"])
    print(f"\n{title}")
    print("  | program | time | ratio to curl -Z | requests/s | CPU | peak memory |\n  |---|---|---|---|---|---|")
    for name, runs in results.items():
        if name in lost:
            print(f"  | {name} | lost {lost[name]} requests | | | | |")
            continue
        wall, cpu, memory = (statistics.median(r[i] for r in runs) for i in range(3))
        print(f"  | {name} | {wall:.3f} s | **{wall / reference:.2f}** | {count / wall:,.0f} | {cpu:.2f} s | {memory:.0f} MB |")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rows and rounds")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--only", default="", help="rows whose title contains this")
    arguments = parser.parse_args()
    rounds = arguments.rounds or (5 if arguments.quick else 11)
    for tool in ("nginx", "curl"):
        if not shutil.which(tool):
            sys.exit(f"the benchmark needs {tool}: apt-get install nginx-light curl")
    files = 10_000
    folder = tempfile.mkdtemp(prefix="fetchall-bench-", dir=os.environ.get("TMPDIR", "/tmp"))
    nginx, demo = Nginx(folder, files), Demo()
    print(f"{platform.platform()}, {os.cpu_count()} cores, {rounds} rounds, "
          + subprocess.run(["curl", "--version"], capture_output=True, text=True).stdout.split(" (")[0])
    try:
        wanted = lambda title: arguments.only in title
        urls = [f"{nginx.base}/{index}" for index in range(files)]
        for most in (5, 64, 256):
            title = f"10,000 files of 1 KiB, --max {most}"
            if wanted(title):
                compare(title, nginx, files, peers(write_lists(folder, "10k", urls), most, folder), rounds)
        title = "1,000 answers of 100 ms, --max 1000"
        if wanted(title):
            slow = [f"{demo.base}/latency/{index}" for index in range(1000)]
            compare(title, demo, 1000, peers(write_lists(folder, "slow", slow), 1000, folder), rounds)
        title = "50,000 files of 1 KiB, --max 64"
        if wanted(title) and not arguments.quick:
            compare(title, nginx, 5 * files, peers(write_lists(folder, "50k", urls * 5), 64, folder), max(3, rounds // 3))
        title = "10,000 small bodies saved to files, --max 64"
        if wanted(title) and not arguments.quick:
            saves = f"{folder}/saves"

            def clean():
                shutil.rmtree(saves, ignore_errors=True)
                for name in ("curl", "wget2", "fetchall"):
                    os.makedirs(f"{saves}/{name}")
            lists = write_lists(folder, "saved", urls, f"{saves}/curl")
            compare(title, nginx, files, peers(lists, 64, folder, saves), max(3, rounds // 3), clean)
        if wanted("start") :
            start_up(rounds * 4)
        if wanted("memory"):
            memory(nginx, folder, arguments.quick)
    finally:
        nginx.stop()
        demo.stop()
        shutil.rmtree(folder, ignore_errors=True)


def start_up(rounds):
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(run([FETCHALL, "--version"])[0])
        theirs.append(run(["curl", "--version"])[0])
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"\nstart: fetchall --version {statistics.median(ours) * 1000:.1f} ms, curl --version "
          f"{statistics.median(theirs) * 1000:.1f} ms, ratio **{ratio:.2f}**")


def memory(nginx, folder, quick):
    """Peak memory with a list from a pipe, by its length."""
    print("\nmemory, list from a pipe, --max 64\n  | URLs | peak | time per URL |\n  |---|---|---|")
    for count in (10_000, 100_000) if quick else (10_000, 100_000, 1_000_000):
        feeder = subprocess.Popen(
            [sys.executable, "-c",
             f"import sys\nfor i in range({count}): sys.stdout.write('{nginx.base}/%d\\n' % (i % 10000))"],
            stdout=subprocess.PIPE)
        wall, _, peak, _ = run([FETCHALL, "--max", "64", "--jsonl", "-o", f"{folder}/records.jsonl", "-"], feeder.stdout)
        feeder.wait()
        with open(f"{folder}/records.jsonl", "rb") as file:
            records = sum(1 for _ in file)
        lost = "" if records == count else f" ({records} records!)"
        print(f"  | {count:,}{lost} | {peak:.1f} MB | {wall / count * 1e6:.1f} µs |")


if __name__ == "__main__":
    main()
