"""Runs programs, one after the other, and says of each what it took: wall time, CPU time, peak memory and exit code.

As a process of its own, because the kernel counts the memory of the process that starts a program as the program's own
peak (getrusage's ru_maxrss outlives exec): started by the benchmark itself, with its lists in memory, nothing would ever
take less than 24 MB. What starts a program here has 9 MB.

The CPU is that of all processes the program started; the peak is that of the largest of them. A program that does not end
within five minutes is ended, with exit code -15.

Each line read is a command, its words parted by NUL; the first word is the file to be fed through a pipe, or empty. Each
line written has seconds, seconds, MB and exit code.

    python3 -I -S measure.py
"""
import os, signal, sys, time

LIMIT = 300
NOTHING = os.open(os.devnull, os.O_RDWR)


def spawn(command, source, target=NOTHING):
    # Python ignores SIGPIPE; what it starts shall not.
    return os.posix_spawnp(command[0], command, os.environ, setsigdef=[signal.SIGPIPE],
                           file_actions=[(os.POSIX_SPAWN_DUP2, source, 0), (os.POSIX_SPAWN_DUP2, target, 1),
                                         (os.POSIX_SPAWN_DUP2, NOTHING, 2)])


def measure(feed, command):
    source, feeder = NOTHING, None
    if feed:
        source, target = os.pipe()
        feeder = spawn(["cat", feed], NOTHING, target)
        os.close(target)
    start = time.perf_counter()
    process = spawn(command, source)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(process, signal.SIGTERM))
    signal.alarm(LIMIT)
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - start
    signal.alarm(0)
    if feed:
        os.close(source)
        os.waitpid(feeder, 0)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    for line in sys.stdin:
        feed, *command = line.rstrip("\n").split("\0")
        print(*measure(feed, command), flush=True)
