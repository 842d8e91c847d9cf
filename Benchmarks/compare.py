#!/usr/bin/env python3
"""Compares two builds of fetchall on the same lists, in turns: the median of the ratios new / old of single rounds.

A row may say which bar it has to keep; one over its bar is run once more, with all its rounds, before it counts. Start-up is
compared with curl's, interleaved, because that is what a user compares it with.

    Benchmarks/compare.py OLD NEW [--rounds N] [--only TEXT] [--million]
"""
import argparse, os, random, shutil, statistics, sys, tempfile
# The other benchmarks measure one program, whose path programs.py wants to know.
os.environ.setdefault("FETCHALL_BINARY", sys.argv[2] if len(sys.argv) > 2 else "")
from programs import Job, in_memory, prepare, race, run
from servers import Delay, Nginx


class Row:
    """A list, how many requests concurrently, and the largest ratio that is allowed."""

    def __init__(self, title, server, urls, most, bar, save=False, cacert=""):
        self.title, self.server, self.urls, self.most, self.bar = title, server, urls, most, bar
        self.save, self.cacert = save, cacert


def command(binary, job):
    line = [binary, "--max", str(job.most), "--jsonl", "-o", job.records]
    line += ["--output-dir", job.save] if job.save else []
    return line + (["--cacert", job.cacert] if job.cacert else []) + [job.plain]


def once(binary, row, job):
    """Seconds of one run, which must have sent every request and written every record."""
    job.clean()
    before = row.server.count()
    result = race(command(binary, job), 0)
    arrived = row.server.count() - before
    with open(job.records, "rb") as file:
        records = sum(1 for _ in file)
    job.clean()
    if result.code or arrived < len(job) or records != len(job):
        sys.exit(f"{binary}: exit code {result.code}, {arrived:,} of {len(job):,} requests, {records:,} records")
    return result.wall


def ratio(old, new, row, job, rounds):
    """The median ratio of so many rounds, and the two median times."""
    times = {old: [], new: []}
    for binary in (old, new):
        once(binary, row, job)
    for _ in range(rounds):
        for binary in random.sample([old, new], 2):
            times[binary].append(once(binary, row, job))
    pairs = [mine / theirs for mine, theirs in zip(times[new], times[old])]
    return statistics.median(pairs), statistics.median(times[old]), statistics.median(times[new])


def races(old, new, rows, rounds, folder):
    print("| row | rounds | old | new | new / old | bar |\n|---|---|---|---|---|---|")
    missed = False
    for row in rows:
        save = f"{in_memory(folder)}-saved" if row.save else ""
        job = Job(folder, row.urls, row.most, save, row.cacert)
        value, before, after = ratio(old, new, row, job, rounds)
        if value > row.bar:
            value, before, after = ratio(old, new, row, job, rounds)
        mark = "kept" if value <= row.bar else "**missed**"
        missed |= value > row.bar
        print(f"| {row.title} | {rounds} | {before:.3f} s | {after:.3f} s | **{value:.3f}** | {row.bar:.2f} {mark} |", flush=True)
    return missed


def starts(old, new, server, rounds):
    """`--version` and one URL, each against curl's, and the memory of one URL."""
    url = f"{server.base}/0"
    jobs = {"--version": (["--version"], ["--version"], 1.6), "one URL": (["--jsonl", url], ["-s", "-o", "/dev/null", url], 2.2)}
    print("\n| start | curl | old / curl | new / curl | bar | memory: curl, old, new |\n|---|---|---|---|---|---|")
    for title, (ours, theirs, bar) in jobs.items():
        commands = {"curl": ["curl", *theirs], "old": [old, *ours], "new": [new, *ours]}
        times = {name: [] for name in commands}
        for _ in range(rounds):
            for name in random.sample(list(commands), 3):
                times[name].append(race(commands[name], 0).wall)
        wall = {name: statistics.median(values) for name, values in times.items()}
        peaks = {name: run(line).memory for name, line in commands.items()}
        value = wall["new"] / wall["curl"]
        print(f"| {title}, median of {rounds} | {wall['curl'] * 1000:.1f} ms | {wall['old'] / wall['curl']:.2f} | **{value:.2f}** "
              f"| {bar} {'kept' if value <= bar else '**missed**'} | {peaks['curl']:.1f}, {peaks['old']:.1f}, {peaks['new']:.1f} MB |",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", default="", help="rows whose title contains this")
    parser.add_argument("--million", action="store_true", help="1,000,000 URLs too: ten minutes more")
    options = parser.parse_args()
    prepare()
    folder, servers = tempfile.mkdtemp(prefix="fetchall-compare-", dir=os.environ.get("TMPDIR", "/tmp")), []
    try:
        nginx = Nginx(folder, 10_000, hosts=True, tls=True)
        servers.append(nginx)
        delay = Delay(folder, 100)
        servers.append(delay)
        files = [f"{nginx.base}/{index}" for index in range(10_000)]

        def many(count):
            return [f"{url}?{turn}" for turn in range(count) for url in files]
        rows = [Row(f"10,000 files of 1 KiB, --max {most}", nginx, files, most, 1.08) for most in (5, 64, 256)]
        rows += [
            Row("50,000 files of 1 KiB, --max 64", nginx, many(5), 64, 1.03),
            Row("10,000 small bodies saved to files, --max 64", nginx, files, 64, 1.08, save=True),
            Row("1,000 answers of 100 ms, --max 1000", delay, [f"{delay.base}/{index}" for index in range(1000)], 1000, 1.08),
            Row("10,000 over HTTPS and HTTP/2, --max 64", nginx, [f"{nginx.secure}/{index}" for index in range(10_000)], 64, 1.08,
                cacert=nginx.certificate),
            Row("200 hosts x 25, --max 64", nginx, [f"{host}/{index}" for index in range(25) for host in nginx.hosts], 64, 1.08)]
        if options.million:
            rows.append(Row("1,000,000 files of 1 KiB, --max 64", nginx, many(100), 64, 1.03))
        missed = races(options.old, options.new, [row for row in rows if options.only in row.title], options.rounds, folder)
        if options.only in "start":
            starts(options.old, options.new, nginx, 25)
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(f"{in_memory(folder)}-saved", ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
