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
if let status = Fetchall.answerAtOnce(arguments, console) { _exit(status.rawValue) }
// No `await` up here: libdispatch on Linux puts the main thread of an asynchronous main to sleep with no signal blocked
// (sigsuspend), so that SIGINT would end the process there and never come to the thread that waits for it. And its pool takes
// three threads and 1.5 ms to begin with; what is not a loop's or the writer's is little, and this thread is there.
do throws(FetchError) {
    let mainThread = try ThreadExecutor(startsThread: false)
    Fetchall.start(arguments, console, on: mainThread) { code in
        // All is written and closed. What libraries have registered for the exit would take a thirtieth of a short run, and
        // could meet OpenSSL's own beginning where the arguments were wrong.
        _exit(code.rawValue)
    }
    mainThread.run()
} catch {
    console.say("fetchall: \(error.message)")
    _exit(ExitStatus.io.rawValue)
}
