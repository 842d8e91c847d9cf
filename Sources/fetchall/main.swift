import FetchSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// Before the first thread starts: one thread of ours receives the signals, and no other.
SignalWatcher.block()
ProcessMemory.tune()
let console = Console()
if let problem = ResourceLimits.addressSpaceProblem ?? ResourceLimits.openFilesProblem {
    console.say("fetchall: \(problem)")
    exit(ExitStatus.io.rawValue)
}
let arguments: [String]
do throws(ParseFailure) {
    arguments = try CommandArguments.texts(of: SystemEnvironment.arguments)
} catch {
    console.say("fetchall: \(error.message)")
    exit(ExitStatus.usage.rawValue)
}
SecretArguments.hide()
if let status = Fetchall.answerAtOnce(arguments, console) { _exit(status.rawValue) }
guard console.signals.start() else {
    console.say("fetchall: \(ResourceLimits.noThread)")
    exit(ExitStatus.io.rawValue)
}
// No `await` at the top level: libdispatch on Linux suspends the main thread of an asynchronous main with no signal
// blocked (sigsuspend), so that SIGINT would end the process there and never reach the thread that waits for it. Its
// pool also starts three threads and takes 1.5 ms; this thread can do the little work that belongs to neither a loop
// nor the writer.
do throws(SystemFailure) {
    let mainThread = try ThreadExecutor(startsThread: false)
    Fetchall.start(arguments, console, on: mainThread) { code in
        ProgramOutput.killAll()
        // Everything is written and closed. Exit handlers of libraries would take a thirtieth of a short run, and could
        // race with OpenSSL's initialisation when the arguments were wrong.
        _exit(code.rawValue)
    }
    mainThread.run()
} catch {
    console.say("fetchall: \(error)")
    _exit(ExitStatus.io.rawValue)
}
