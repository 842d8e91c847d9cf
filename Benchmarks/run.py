#!/usr/bin/env python3
"""Compares fetchall's release build with curl -Z and other programs that are installed, on the same lists, in turns.

Every row is the whole job: fetchall writes its records (--jsonl to a file), the others discard theirs. The servers count
what arrived; a program that lost a request has no time. A ratio is the median of the ratios of single rounds, so it may
differ from the ratio of two medians: the machine may change its speed from round to round, hardly within one. Who takes
three times as long as curl has one round, and who would take too long a shorter list, its time scaled and marked so.

    Benchmarks/run.py [--quick] [--rounds N] [--scale F] [--only TEXT]
"""
import argparse, dataclasses, os, platform, random, shutil, statistics, subprocess, sys, tempfile, time
from programs import REFERENCE, Job, in_memory, installed, longest, prepare, race, run
from servers import Delay, Demo, Nginx, c_compiler
from start import first_record, memory, start_up


@dataclasses.dataclass
class Row:
    """A line of the targets: a list, how many at once, and what ratio to curl (or requests/s) it must and should reach."""
    title: str
    server: object
    urls: list
    most: int
    must: float
    stretch: float
    quick: bool = False
    size: int = 0
    cacert: str = ""
    rounds: float = 1
    rate: bool = False
    without: tuple = ()
    lists: dict = dataclasses.field(default_factory=dict)

    def mark(self, value):
        """Whether a ratio, or a rate, is good enough."""
        good = (lambda target: value >= target) if self.rate else (lambda target: value <= target)
        return "stretch" if good(self.stretch) else "met" if good(self.must) else "**missed**"


def rows(nginx, delay, scale):
    """The lines of the targets (performance.md, section 0) that are comparisons, in their order."""
    def count(number):
        return max(1, int(number * scale))
    files = [f"{nginx.base}/{index}" for index in range(count(10_000))]
    for most, must, stretch in ((5, 0.62, 0.50), (64, 0.50, 0.45), (256, 0.50, 0.42)):
        yield Row(f"10,000 files of 1 KiB, --max {most}", nginx, files, most, must, stretch, quick=True)
    # Each URL is another: wget2 fetches no URL twice.
    many = [f"{url}?{turn}" for turn in range(5) for url in files]
    yield Row("50,000 files of 1 KiB, --max 64", nginx, many, 64, 0.45, 0.38, rounds=0.5)
    yield Row("10,000 small bodies saved to files, --max 64", nginx, files, 64, 0.60, 0.49, size=1024)
    yield Row("1,000 answers of 100 ms, --max 1000", delay, [f"{delay.base}/{index}" for index in range(count(1000))], 1000,
              0.55, 0.48, quick=True, without=("xargs -n100 curl",))
    yield Row("20 files of 50 MB saved to disk, --max 5", nginx, [f"{nginx.base}/large-{index}" for index in range(20)], 5,
              0.60, 0.50, size=nginx.large, rounds=0.5)
    yield Row("10,000 over HTTPS and HTTP/2, --max 64", nginx,
              [f"{nginx.secure}/{index}" for index in range(count(10_000))], 64, 0.50, 0.40, cacert=nginx.certificate)
    yield Row("200 hosts x 25, --max 64", nginx,
              [f"{host}/{index}" for index in range(count(25)) for host in nginx.hosts], 64, 0.65, 0.60)
    if isinstance(delay, Delay):
        # Only programs that can hold so many; curl's 300 make 3,000 requests/s, so a tenth of the list tells enough.
        yield Row("10,000 connections at once, 100 ms answers", delay,
                  [f"{delay.base}/{index}" for index in range(count(100_000))], 10_000, 15_000, 19_000,
                  rounds=0.3, rate=True, without=("wget2", "pycurl multi", "httpx", "aria2c", "xargs -n100 curl", "xargs -n1 curl"),
                  lists={"curl -Z": count(10_000), REFERENCE: count(10_000)})


class Contest:
    """The runs of one row."""

    def __init__(self, row, programs, folder, patience):
        self.row, self.folder = row, folder
        self.programs, self.jobs, self.idle, self.left_out = {}, {}, {}, []
        for name, program in programs.items():
            count = min(len(row.urls), longest(name, row.most, patience))
            # What a list shorter than --max takes says nothing about a longer one.
            if name in row.without or count < min(len(row.urls), row.most):
                self.left_out.append(name)
                continue
            count = min(count, row.lists.get(name, count))
            self.programs[name], self.jobs[name] = program, self.job(row.urls[:count])
            if count < len(row.urls):
                self.idle[name] = run(program(self.job([]))).wall
        self.results, self.faults = {name: [] for name in self.programs}, {}

    def job(self, urls):
        # In memory: ext4 takes no inode that was freed in the last minutes, but looks at each of them for every new one, so
        # that whoever saves many files after others pays for all that those deleted.
        save = f"{in_memory(self.folder)}-saved" if self.row.size else ""
        return Job(self.folder, urls, self.row.most, save, self.row.cacert)

    def run(self, rounds, seconds):
        """All programs in each round, in an order drawn anew: who runs after a hundred processes of another finds the machine
        busier than who runs after one. No third round begins after so many seconds."""
        order, start = list(self.programs), time.monotonic()
        # Once for the memory, and to see who is slow.
        first = {name: self.once(name, run) for name in order}
        for name in order:
            if name not in ("fetchall", REFERENCE) and first[name].wall > 3 * first[REFERENCE].wall:
                self.results[name].append(first[name])
        quick = [name for name in order if not self.results[name]]
        for turn in range(rounds):
            if turn > 1 and time.monotonic() - start > seconds:
                break
            for name in random.sample(quick, len(quick)):
                self.results[name].append(self.once(name, lambda command: race(command, first[name].memory)))

    def once(self, name, run):
        """One run, its time scaled to the whole list."""
        job, server = self.jobs[name], self.row.server
        job.clean()
        before = server.count()
        result = run(self.programs[name](job))
        arrived = server.count() - before
        fault = (f"lost {len(job) - arrived:,} of {len(job):,} requests" if arrived < len(job)
                 else f"exit code {result.code}" if result.code else self.missing(name, job))
        if fault:
            self.faults[name] = fault
        job.clean()
        if name not in self.idle:
            return result
        factor = len(self.row.urls) / len(job)
        idle = min(self.idle[name], result.wall)
        return result._replace(wall=idle + (result.wall - idle) * factor, cpu=result.cpu * factor)

    def missing(self, name, job):
        """What a run that seems well did not leave behind: bodies, records."""
        if job.save:
            sizes = [entry.stat().st_size for entry in os.scandir(job.save)]
            if len(sizes) != len(job) or sum(sizes) != len(job) * self.row.size:
                return f"saved {len(sizes):,} files, {sum(sizes):,} bytes"
        if name == "fetchall":
            with open(job.records, "rb") as file:
                records = sum(1 for _ in file)
            if records != len(job):
                return f"{records:,} records"
        return None

    def ratio(self, name, to=REFERENCE):
        pairs = [ours.wall / theirs.wall for ours, theirs in zip(self.results[name], self.results[to])]
        return statistics.median(pairs)

    def rate(self, name):
        return len(self.row.urls) / statistics.median(result.wall for result in self.results[name])

    def print(self):
        print(f"\n### {self.row.title}\n")
        print("| program | rounds | time | ratio | requests/s | CPU | peak memory |\n|---|---|---|---|---|---|---|")
        for name, results in self.results.items():
            if name in self.faults:
                print(f"| {name} | {len(results)} | {self.faults[name]} | | | | |")
                continue
            wall, cpu, peak = (statistics.median(result[column] for result in results) for column in range(3))
            note = f" (scaled from {len(self.jobs[name]):,})" if name in self.idle else ""
            print(f"| {name} | {len(results)} | {wall:.3f} s{note} | **{self.ratio(name):.2f}** | {self.rate(name):,.0f} "
                  f"| {cpu:.2f} s | {peak:.0f} MB |")
        if self.left_out:
            print(f"\nLeft out: {', '.join(self.left_out)}.")
        print(f"\nAgainst the targets: {self.verdict()}", flush=True)

    def verdict(self):
        """Must, stretch and what was reached."""
        row = self.row
        targets = f"must {row.must:,g}, stretch {row.stretch:,g}" + (" requests/s" if row.rate else "")
        if "fetchall" in self.faults:
            return f"{targets}: **missed** ({self.faults['fetchall']})"
        return f"{targets}: {row.mark(self.rate('fetchall') if row.rate else self.ratio('fetchall'))}"

    def best_peer(self):
        """The fastest of the others."""
        others = [name for name in self.results if name != "fetchall" and name not in self.faults]
        return min(others, key=self.ratio)

    def summary(self):
        """The row's line in the table at the end."""
        row, best = self.row, self.best_peer()
        unit = (lambda value: f"{value:,.0f}/s") if row.rate else (lambda value: f"{value:.2f}")
        value = self.rate if row.rate else self.ratio
        start = f"| {row.title} | {unit(row.must)} | {unit(row.stretch)} |"
        if "fetchall" in self.faults:
            return f"{start} {self.faults['fetchall']} | | **missed** | {best} {unit(value(best))} |"
        return (f"{start} {unit(value('fetchall'))} | {self.ratio('fetchall', 'curl -Z'):.2f} "
                f"| {row.mark(value('fetchall'))} | {best} {unit(value(best))} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two minutes: fewer rows and rounds")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--scale", type=float, default=1, help="this share of each list: to try the benchmark itself")
    parser.add_argument("--only", default="", help="rows whose title contains this")
    options = parser.parse_args()
    rounds = options.rounds or (5 if options.quick else 11)
    for tool, package in (("nginx", "nginx-light"), ("curl", "curl"), ("openssl", "openssl")):
        if not shutil.which(tool):
            sys.exit(f"the benchmark needs {tool}: apt-get install {package}")
    prepare()
    folder, servers, summary = tempfile.mkdtemp(prefix="fetchall-bench-", dir=os.environ.get("TMPDIR", "/tmp")), [], []
    try:
        programs, missing = installed(folder)
        nginx = Nginx(folder, 10_000, hosts=True, tls=True)
        servers.append(nginx)
        nginx.large = max(1, int(50 * options.scale)) * 2**20
        nginx.add_large([f"large-{index}" for index in range(20)], nginx.large)
        delay = Delay(folder, 100) if c_compiler() else Demo()
        servers.append(delay)
        version = subprocess.run(["curl", "--version"], capture_output=True, text=True).stdout.split(" (")[0]
        print(f"{platform.platform()}, {os.cpu_count()} cores, {rounds} rounds, {version}; ratios to `{REFERENCE}`")
        print("".join(f"\nNot there: {name}" for name in missing))
        if not isinstance(delay, Delay):
            print("\nNo C compiler (apt-get install gcc): the demo server answers after 100 ms, "
                  "and the row of 10,000 connections is left out.")
        for row in rows(nginx, delay, options.scale):
            if options.only not in row.title or (options.quick and not row.quick):
                continue
            contest = Contest(row, programs, folder, 2 if options.quick else 30)
            contest.run(max(2, round(rounds * row.rounds)), 22 if options.quick else 600)
            contest.print()
            summary.append(contest.summary())
        if options.only in "memory":
            counts = (10_000, 100_000) if options.quick else (10_000, 100_000, 1_000_000)
            some = {"fetchall": None} if options.quick else programs
            summary += memory(nginx, [max(1, int(count * options.scale)) for count in counts], some, folder)
        if options.only in "start-up":
            summary += start_up(rounds * 4, folder) + first_record(nginx, rounds)
    finally:
        for server in servers:
            server.stop()
        for name in ("aria2", "saved"):
            shutil.rmtree(f"{in_memory(folder)}-{name}", ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
    print("\n### Against the targets\n\n| workload | must | stretch | fetchall | to `curl -Z` alone | | fastest peer |")
    print("|---|---|---|---|---|---|---|")
    print("\n".join(summary))


if __name__ == "__main__":
    main()
