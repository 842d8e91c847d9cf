"""The rows of run.py that are not races: memory by the length of the list, start-up, the first record."""
import os, shutil, statistics, subprocess, time
from programs import FETCHALL, race, run

# MB that 1,000,000 URLs may take more than 100,000 and still be the same: what the allocator rounds from run to run.
ALIKE = 6


def streamed(programs, folder):
    """How each program is given a long list, from a pipe where it can: wget2 hangs with a pipe and is given the file."""
    records, plain = f"{folder}/records.jsonl", f"{folder}/long.txt"
    commands = {
        "fetchall": ([FETCHALL, "--max", "64", "--jsonl", "-o", records, "-"], plain),
        "Go net/http": ([f"{folder}/fetch-go", "-max", "64"], plain),
        "curl -Z": (["curl", "-sZ", "--parallel-max", "64", "-K", "-"], f"{folder}/long.curl"),
        "wget2": (["wget2", "-q", "--max-threads", "64", "-O", "/dev/null", "-i", plain], "/dev/null"),
    }
    return {name: command for name, command in commands.items() if name in programs}


def write_long_lists(nginx, count, folder):
    """A list of any length, each URL another, from the 10,000 files there are."""
    with open(f"{folder}/long.txt", "w") as plain, open(f"{folder}/long.curl", "w") as curl:
        for index in range(count):
            url = f"{nginx.base}/{index % 10_000}?{index // 10_000}"
            plain.write(f"{url}\n")
            curl.write(f'url = "{url}"\noutput = /dev/null\n')


def memory(nginx, counts, programs, folder):
    """Peak memory with a list from a pipe, by its length; one round."""
    peaks, lines = {}, {name: [] for name in streamed(programs, folder)}
    for count in counts:
        write_long_lists(nginx, count, folder)
        for name, (command, source) in streamed(programs, folder).items():
            before = nginx.count()
            result = run(command, feed=source)
            arrived = nginx.count() - before
            if arrived < count or result.code:
                lines[name].append(f"{arrived:,} requests, exit code {result.code}")
                continue
            peaks[name, count] = result.memory
            lines[name].append(f"{result.memory:.1f} MB, {result.wall / count * 1e6:.1f} µs")
    print("\n### Peak memory and time per URL, list from a pipe, --max 64\n")
    print("| program | " + " | ".join(f"{count:,} URLs" for count in counts) + " |\n|---|" + "---|" * len(counts))
    for name, cells in lines.items():
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    peak, before = (peaks.get(("fetchall", count), float("inf")) for count in (counts[-1], counts[-2]))
    most = min(45, before + ALIKE) if counts[-1] == 1_000_000 else 45
    mark = "**missed**" if peak > most else "stretch" if peak <= 30 else "met"
    others = [(peaks[name, counts[-1]], name) for name in lines if name != "fetchall" and (name, counts[-1]) in peaks]
    least = "{1} {0:.0f} MB".format(*min(others)) if others else ""
    return [f"| peak memory, {counts[-1]:,} URLs streamed ({counts[-2]:,}: {before:.1f} MB) | 45 MB | 30 MB "
            f"| {peak:.1f} MB | | {mark} | {least} |"]


def first_record(nginx, rounds):
    """Milliseconds from a line into a pipe to its record, the program already waiting and the pipe left open."""
    times = []
    for _ in range(rounds):
        process = subprocess.Popen([FETCHALL, "--jsonl", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        time.sleep(0.2)
        start = time.perf_counter()
        process.stdin.write(f"{nginx.base}/0\n".encode())
        process.stdin.flush()
        record = process.stdout.readline()
        times.append((time.perf_counter() - start) * 1000 if b"200" in record else float("inf"))
        process.communicate()
    value = statistics.median(times)
    mark = "met" if value <= 50 else "**missed**"
    print(f"\nFirst record after the first line of a pipe: {value:.1f} ms (median of {rounds}, longest {max(times):.1f})")
    return [f"| first record after the first line of a pipe | 50 ms | | {value:.1f} ms | | {mark} | |"]


def start_up(rounds, folder):
    """What `--version` takes, and how large the programs are."""
    names = [name for name in (FETCHALL, "curl", "wget2", "aria2c") if shutil.which(name)]
    results, peaks = {name: [] for name in names}, {name: run([name, "--version"]).memory for name in names}
    for _ in range(rounds):
        for name in names:
            results[name].append(race([name, "--version"], peaks[name]))
    curl = statistics.median(result.wall for result in results["curl"])
    print(f"\n### Start-up: --version, {rounds} rounds\n\n| program | time | ratio to curl | CPU | memory | program file |")
    print("|---|---|---|---|---|---|")
    for name, runs in results.items():
        wall, cpu, peak = (statistics.median(result[column] for result in runs) for column in range(3))
        print(f"| {os.path.basename(name)} | {wall * 1000:.1f} ms | **{wall / curl:.2f}** | {cpu * 1000:.1f} ms "
              f"| {peak:.1f} MB | {size(name, folder)} |", flush=True)
    ratio = statistics.median(ours.wall / theirs.wall for ours, theirs in zip(results[FETCHALL], results["curl"]))
    mark = "stretch" if ratio <= 1.0 else "met" if ratio <= 1.3 else "**missed**"
    return [f"| `fetchall --version` against `curl --version` | 1.30 | 1.00 | {ratio:.2f} | {ratio:.2f} | {mark} | |"]


def size(name, folder):
    """As built, and as `make install` leaves it."""
    path = shutil.which(name)
    text = f"{os.path.getsize(os.path.realpath(path)) / 1e6:.1f} MB"
    if path == FETCHALL and shutil.which("strip"):
        subprocess.run(["strip", "-o", f"{folder}/stripped", path], check=True)
        text += f" ({os.path.getsize(f'{folder}/stripped') / 1e6:.1f} MB stripped)"
    return text
