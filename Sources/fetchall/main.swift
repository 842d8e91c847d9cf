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
let code = await Fetchall.execute(Array(CommandLine.arguments.dropFirst()), console: console)
exit(code.rawValue)
