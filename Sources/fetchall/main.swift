import FetchCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// Before the first thread: signals are taken by one thread of ours and by nobody else.
SignalWatcher.block()
ProcessMemory.tune()
let console = Console()
if let problem = ResourceLimits.addressSpaceProblem {
    console.say("fetchall: \(problem)")
    exit(ExitStatus.io.rawValue)
}
let arguments = Array(CommandLine.arguments.dropFirst())
if let status = Fetchall.answerAtOnce(arguments, console) { exit(status.rawValue) }
// No `await` up here: libdispatch on Linux puts the main thread of an asynchronous main to sleep with no signal blocked
// (sigsuspend), so that SIGINT would end the process there and never come to the thread that waits for it.
Task.detached {
    let code = await Fetchall.execute(arguments, console: console)
    // Not in the middle of it: what OpenSSL has registered for the exit would meet its own beginning.
    CurlLibrary.start()
    exit(code.rawValue)
}
// While the arguments are parsed.
CurlLibrary.start()
while true { pause() }
