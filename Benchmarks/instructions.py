#!/usr/bin/env python3
"""Where fetchall's instructions for a request go: libcurl, the loop, scheduling, formatting, reading.

Runs it under valgrind's callgrind on 2,000 and on 10,000 files of 1 KiB; the difference, by request, is free of the start,
of the machine's speed and of what else it does. Only instructions of the program are counted, not the kernel's.

Functions of libc and of Swift's runtime and library belong to what calls them, and so do the house's own values (URLs,
header fields), which every part uses. Our types are found by their folder: Sources/FetchScheduling is scheduling.

    Benchmarks/instructions.py [--few N] [--many N] [--max N] [--functions N]
"""
import argparse, collections, functools, os, re, shutil, subprocess, sys, tempfile
from callgraph import difference, read, shares
from programs import FETCHALL, prepare
from servers import ROOT, Nginx

# What the modules are about; those that are not here belong to their callers.
ROOMS = {"FetchTransport": "the loop", "FetchScheduling": "scheduling", "FetchRecords/Output": "formatting",
         "FetchRecords/Record": "formatting", "FetchRecords/Input": "reading", "FetchRecords/Templates": "reading",
         "FetchStore": "store", "fetchall": "command"}
# Tools of the room with the unsafe pointers, which all others use; and what writes the records.
TOOLS = {"BackgroundThread", "ByteBuffer", "GzipReader", "MonotonicClock", "NativeThread", "StringList", "SystemFile",
         "ThreadExecutor", "WholeFile"}
WRITING = {"Emitter", "OutputFile", "RecordSink"}
PARTS = ["libcurl", "the loop", "scheduling", "formatting", "reading", "store", "command", "nobody"]
DECLARATION = re.compile(r"^(?:(?:public|package|final|indirect|private|fileprivate|@\w+(?:\([^)]*\))?)\s+)*"
                         r"(?:struct|class|actor|enum|protocol)\s+(\w+)", re.MULTILINE)


def types():
    """{type: part} of all that is declared under Sources."""
    found = {}
    for room, part in ROOMS.items():
        for folder, _, files in os.walk(f"{ROOT}/Sources/{room}"):
            for name in files:
                if name.endswith(".swift"):
                    with open(f"{folder}/{name}") as file:
                        for type in DECLARATION.findall(file.read()):
                            found[type] = "formatting" if type in WRITING else None if type in TOOLS else part
    return found


def type_of(name):
    """The type a mangled Swift name of ours begins with: $s15FetchScheduling8FastPathC… is FastPath, and in
    $s9FetchHTTP0A3URLV… the A stands for the first word of the module's name."""
    module = re.match(r"\$s\d+(Fetch[A-Z]\w*?|fetchall)(?=\d)", name)
    if not module:
        return None
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|^[a-z]+", module[1])
    rest, result = name[module.end():], ""
    if rest.startswith("0"):
        references = re.match(r"0([a-z]*[A-Z])", rest)
        if not references:
            return None
        for letter in references[1].upper():
            result += words[ord(letter) - 65] if ord(letter) - 65 < len(words) else "?"
        rest = rest[references.end():]
    length = re.match(r"[1-9]\d*", rest)
    return result + rest[length.end():][:int(length[0])] if length else result or None


def parts(binary):
    """The part a function is of, None where that depends on its caller."""
    known = types()

    @functools.lru_cache(maxsize=None)
    def part(function):
        file, name = function
        if file.startswith("libcurl"):
            return "libcurl"
        return known.get(type_of(name)) if file == binary else None
    return part


def count_instructions(server, count, most, folder):
    """The call graph of a run of `count` requests."""
    with open(f"{folder}/list", "w") as file:
        file.writelines(f"{server.base}/{index}\n" for index in range(count))
    before = server.count()
    process = subprocess.run(
        ["valgrind", "--tool=callgrind", "--demangle=no", f"--callgrind-out-file={folder}/{count}.callgrind", FETCHALL,
         "--max", str(most), "--jsonl", "-o", f"{folder}/records.jsonl", f"{folder}/list"], capture_output=True, text=True)
    arrived = server.count() - before
    if process.returncode or arrived != count:
        sys.exit(f"{arrived:,} of {count:,} requests arrived, exit code {process.returncode}\n{process.stderr[-2000:]}")
    return read(f"{folder}/{count}.callgrind")


def readable(name):
    """A Swift name as it was written."""
    if not name.startswith("$s") or not shutil.which("swift"):
        return name
    text = subprocess.run(["swift", "demangle", "--compact", "--simplified", name], capture_output=True, text=True).stdout
    return text.strip().replace("|", "\\|")[:110]


def report(each, start, binary, functions):
    """Prints the cost of one request by part, and each part's dearest functions with what they call in libraries."""
    part = parts(binary)
    belongs = shares(each, part)
    table = {name: collections.Counter() for name in PARTS}
    dearest = collections.defaultdict(collections.Counter)
    for function, cost in each.own.items():
        file, _ = function
        kind = "own" if part(function) else "Swift" if file == binary else "libraries"
        for name, share in belongs.get(function, {"nobody": 1}).items():
            table[name][kind] += cost * share
            dearest[name][function] += cost * share
    total = sum(each.own.values())
    print("| part | its own code | Swift's runtime and library, our values | libc and others | instructions | share |")
    print("|---|---|---|---|---|---|")
    for name, costs in table.items():
        if sum(costs.values()) >= 0.5:
            print(f"| {name} | {costs['own']:,.0f} | {costs['Swift']:,.0f} | {costs['libraries']:,.0f} "
                  f"| {sum(costs.values()):,.0f} | {sum(costs.values()) / total:.1%} |")
    outside = total - sum(table["libcurl"].values())
    print(f"| all | | | | {total:,.0f} | |\n| **outside libcurl** (at most 25 %) | | | | {outside:,.0f} "
          f"| **{outside / total:.1%}** {'met' if outside / total <= 0.25 else '**missed**'} |")
    print(f"\nThe start takes {start / 1e6:.1f} million instructions, once.")
    for name in PARTS if functions else []:
        for (file, function), cost in dearest[name].most_common(functions):
            if cost >= 20:
                print(f"{name:12} {cost:8,.0f}  {file[:16]:16} {readable(function)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--few", type=int, default=2000)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--max", type=int, default=64)
    parser.add_argument("--functions", type=int, default=0, help="so many functions of each part, too")
    options = parser.parse_args()
    for tool, package in (("valgrind", "valgrind"), ("nginx", "nginx-light")):
        if not shutil.which(tool):
            sys.exit(f"instructions.py needs {tool}: apt-get install {package}")
    prepare()
    folder, servers = tempfile.mkdtemp(prefix="fetchall-instructions-", dir=os.environ.get("TMPDIR", "/tmp")), []
    try:
        servers.append(Nginx(folder, options.many))
        few, many = (count_instructions(servers[0], count, options.max, folder) for count in (options.few, options.many))
        each = difference(many, few, options.many - options.few)
        start = sum(few.own.values()) - sum(each.own.values()) * options.few
        print(f"Instructions for a request, --max {options.max}, from {options.few:,} and {options.many:,} requests\n")
        report(each, start, os.path.basename(FETCHALL), options.functions)
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
