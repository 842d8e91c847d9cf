#!/usr/bin/env python3
"""What rate, pace, cache, journal and the search for duplicates cost per request, each switched on alone.

The same list of small files from nginx on this machine, all rows in turns. "plain" is the run without any of them; the
cost of a row is the difference of the medians, per request. The server counts what arrived: a row that lost a request,
or a cache that asked although it need not, says so.

    Benchmarks/manners.py [--requests N] [--rounds N] [--max N]
"""
import argparse, os, platform, shutil, statistics, subprocess, sys, tempfile
from programs import FETCHALL, prepare, run
from servers import Nginx


def options_there():
    """The options of this build."""
    text = subprocess.run([FETCHALL, "--help"], capture_output=True, text=True).stdout
    return {word.strip(",") for word in text.split() if word.startswith("--")}


def rows(folder):
    """Name, arguments, what to do before each run, and what share of the requests has to arrive."""
    def remove(*names):
        for name in names:
            for suffix in ("", "-wal", "-shm"):
                if os.path.exists(f"{folder}/{name}{suffix}"):
                    os.remove(f"{folder}/{name}{suffix}")
    nothing = lambda: None
    return [
        ("plain", [], nothing, 1),
        ("--max-host, so a task for each", ["--max-host", "10000"], nothing, 1),
        ("--rate 1000000/s", ["--rate", "1000000/s"], nothing, 1),
        ("--rate-host 1000000/s", ["--rate-host", "1000000/s"], nothing, 1),
        ("--no-adaptive (the pace is on otherwise)", ["--no-adaptive"], nothing, 1),
        ("--cache, empty: all stored", [f"--cache={folder}/empty.sqlite"], lambda: remove("empty.sqlite"), 1),
        ("--cache, filled: all asked, 304", [f"--cache={folder}/asked.sqlite", "-H", "Cache-Control: no-cache"], nothing, 1),
        ("--cache, filled: all fresh", [f"--cache={folder}/fresh.sqlite"], nothing, 0),
        ("--resume", ["--resume", f"{folder}/journal"], lambda: remove("journal"), 1),
        ("--resume, all done", ["--resume", f"{folder}/done"], nothing, 0),
        ("--dedupe, all different", ["--dedupe"], nothing, 1),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--max", type=int, default=64)
    arguments = parser.parse_args()
    if not shutil.which("nginx"):
        sys.exit("the benchmark needs nginx: apt-get install nginx-light")
    prepare()
    folder = tempfile.mkdtemp(prefix="fetchall-manners-", dir=os.environ.get("TMPDIR", "/tmp"))
    server = Nginx(folder, arguments.requests)
    # A tenth of a file's age is its lifetime in the cache: they are a day old, so fresh for more than two hours.
    for index in range(arguments.requests):
        path = f"{folder}/www/{index}"
        os.utime(path, (os.stat(path).st_mtime - 86_400,) * 2)
    try:
        with open(f"{folder}/list", "w") as file:
            file.writelines(f"{server.base}/{index}\n" for index in range(arguments.requests))
        there = options_there()
        table = [row for row in rows(folder)
                 if all(word.split("=")[0] in there for word in row[1] if word.startswith("--"))]
        left_out = [row[0] for row in rows(folder) if row[0] not in [name for name, *_ in table]]
        print(f"{platform.platform()}, {os.cpu_count()} cores, {arguments.rounds} rounds, "
              f"{arguments.requests:,} files of 1 KiB, --max {arguments.max}")
        if left_out:
            print(f"not in this build: {', '.join(left_out)}")

        def command(name, extra):
            # The journal that is all done belongs to one output; all others are written anew.
            output = "done.jsonl" if name == "--resume, all done" else "records.jsonl"
            return [FETCHALL, "--max", str(arguments.max), "--jsonl", "-o", f"{folder}/{output}", *extra, f"{folder}/list"]

        results = {name: [] for name, *_ in table}
        wrong = {}
        for name, extra, before, share in table:
            if "filled" in name or "done" in name:
                run(command(name, extra))
        for _ in range(arguments.rounds):
            for name, extra, before, share in table:
                before()
                count = server.count()
                result = run(command(name, extra))
                arrived = server.count() - count
                results[name].append(result)
                if arrived != share * arguments.requests or result[3] != 0:
                    wrong[name] = f"{arrived} requests arrived, exit {result[3]}"
        plain = statistics.median(result[0] for result in results["plain"])
        plain_cpu = statistics.median(result[1] for result in results["plain"])
        print("\n| switched on | time | cost per request | CPU per request | peak memory |\n|---|---|---|---|---|")
        for name, runs in results.items():
            wall, cpu, memory = (statistics.median(result[column] for result in runs) for column in range(3))
            cost = (wall - plain) / arguments.requests * 1e6
            work = (cpu - plain_cpu) / arguments.requests * 1e6
            note = f" ({wrong[name]}!)" if name in wrong else ""
            print(f"| {name}{note} | {wall:.3f} s | {cost:+.1f} µs | {work:+.1f} µs | {memory:.0f} MB |")
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
