"""Runs one program and writes to a file what it took: wall time, CPU time, peak memory and exit code.

A process of its own, because the kernel counts the memory of the process that starts a program as the program's own peak
(getrusage's ru_maxrss outlives exec): started by the benchmark itself, with its lists in memory, nothing would ever take
less than 24 MB. What starts a program here has 9 MB. The CPU is that of all processes the program started; the peak is
that of the largest of them. A program that does not end within five minutes is ended, with exit code -15.

    python3 -I -S measure.py REPORT PROGRAM [ARGUMENT]…
"""
import os, signal, sys, time

LIMIT = 300

report, command = sys.argv[1], sys.argv[2:]
start = time.perf_counter()
# Python ignores SIGPIPE; what it starts shall not.
process = os.posix_spawnp(command[0], command, os.environ, setsigdef=[signal.SIGPIPE])
signal.signal(signal.SIGALRM, lambda *_: os.kill(process, signal.SIGTERM))
signal.alarm(LIMIT)
_, status, usage = os.wait4(process, 0)
wall = time.perf_counter() - start
with open(report, "w") as file:
    print(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status), file=file)
