#!/usr/bin/env python3
"""How fetchall behaves as work grows: requests/s and peak memory by --max, time per URL by the length of the list.

The server is delay.c, which answers at once or after 100 ms and counts. Prints Markdown tables and draws docs/scale.svg.

    Benchmarks/scale.py [--rounds N] [--share F] [--svg PATH]
"""
import argparse, os, platform, shutil, statistics, sys, tempfile
from plot import Panel, draw
from programs import FETCHALL, prepare, run
from servers import ROOT, Delay, c_compiler

MOST = (5, 64, 256, 1000, 4000, 10_000)
LENGTHS = (1000, 10_000, 100_000, 1_000_000)


def fetch(server, count, most, folder):
    """One run of a list from a pipe; ends everything if a request is missing."""
    with open(f"{folder}/list", "w") as file:
        file.writelines(f"{server.base}/{index}\n" for index in range(count))
    before, records = server.count(), f"{folder}/records.jsonl"
    result = run([FETCHALL, "--max", str(most), "--jsonl", "-o", records, "-"], feed=f"{folder}/list")
    arrived = server.count() - before
    if arrived < count or result.code:
        sys.exit(f"--max {most}: {arrived:,} of {count:,} requests arrived, exit code {result.code}")
    return result


def by_most(server, requests, rounds, folder):
    """[(most, requests/s, MB)], medians."""
    points = []
    for most in MOST:
        count = requests(most)
        results = [fetch(server, count, most, folder) for _ in range(rounds)]
        rate = count / statistics.median(result.wall for result in results)
        points.append((most, rate, statistics.median(result.memory for result in results)))
    return points


def by_length(server, rounds, share, folder):
    """[(URLs, µs per URL, the same without what a list of one URL takes, MB)], medians; the longest list once."""
    points, start = [], statistics.median(fetch(server, 1, 64, folder).wall for _ in range(3 * rounds))
    for length in LENGTHS:
        count = max(10, int(length * share))
        results = [fetch(server, count, 64, folder) for _ in range(rounds if length < 1_000_000 else 1)]
        wall = statistics.median(result.wall for result in results)
        points.append((length, wall / count * 1e6, max(0, wall - start) / count * 1e6,
                       statistics.median(result.memory for result in results)))
    return points


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--share", type=float, default=1, help="this share of each list: to try the program itself")
    parser.add_argument("--svg", default=f"{ROOT}/docs/scale.svg")
    options = parser.parse_args()
    if not c_compiler():
        sys.exit("scale.py compiles its server: apt-get install gcc")
    prepare()
    folder, servers = tempfile.mkdtemp(prefix="fetchall-scale-", dir=os.environ.get("TMPDIR", "/tmp")), []
    try:
        for milliseconds in (0, 100):
            servers.append(Delay(folder, milliseconds))
        fast, slow = servers
        print(f"{platform.platform()}, {os.cpu_count()} cores, {options.rounds} rounds\n", flush=True)
        at_once = by_most(fast, lambda most: max(most, int(60_000 * options.share)), options.rounds, folder)
        # Twenty waves: two seconds of answers, the start of all connections included.
        later = by_most(slow, lambda most: max(most, int(min(20 * most, 100_000) * options.share)), options.rounds, folder)
        print("| `--max` | requests/s, answered at once | requests/s, answered after 100 ms | of what 100 ms allow "
              "| peak memory |\n|---|---|---|---|---|")
        for (most, rate, _), (_, slow_rate, peak) in zip(at_once, later):
            print(f"| {most:,} | {rate:,.0f} | {slow_rate:,.0f} | {slow_rate / most * 10:.0f} % | {peak:.0f} MB |")
        lengths = by_length(fast, options.rounds, options.share, folder)
        print("\n| URLs, `--max 64` | time per URL | without the start | peak memory |\n|---|---|---|---|")
        for length, each, pure, peak in lengths:
            print(f"| {length:,} | {each:.1f} µs | {pure:.1f} µs | {peak:.0f} MB |")
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    draw(options.svg, "fetchall as work grows", [
        Panel("Requests by --max", "--max", "requests/s",
              {"answered at once": [point[:2] for point in at_once],
               "answered after 100 ms": [point[:2] for point in later]}),
        Panel("Peak memory by --max", "--max", "MB", {"answered after 100 ms": [(most, peak) for most, _, peak in later]}),
        Panel("Time by length of the list, --max 64", "URLs", "µs per URL",
              {"whole run": [point[:2] for point in lengths], "without the start": [point[:3:2] for point in lengths]}),
    ])


if __name__ == "__main__":
    main()
