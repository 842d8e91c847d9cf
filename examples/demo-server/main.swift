import TestSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// Blocked before the server's thread starts, so that no thread is interrupted: the main thread waits for the signals below.
var signals = sigset_t()
sigemptyset(&signals)
sigaddset(&signals, SIGINT)
sigaddset(&signals, SIGTERM)
pthread_sigmask(SIG_BLOCK, &signals, nil)

let options: DemoOptions
do {
    options = try DemoOptions(CommandLine.arguments.dropFirst())
} catch {
    complain("demo-server: \(error.message)\n\(DemoOptions.usage)")
    exit(2)
}
if options.showsHelp {
    print(DemoOptions.usage)
    exit(0)
}

do {
    let server = try LoopbackServer(
        port: options.port, logLimit: 0, handler: DemoRoutes(latency: .milliseconds(options.latency)).reply)
    // Written before the line on stdout, so that the list exists when a caller has read that line.
    if let path = options.urls { try write(DemoRoutes.list(baseURL: server.baseURL), to: path) }
    print("listening on \(server.baseURL)")
    fflush(nil)

    var signal: Int32 = 0
    sigwait(&signals, &signal)
    server.stop()
    if !options.isQuiet {
        let counts = server.counts
        complain(
            "\(counts.requests) requests on \(counts.connections) connections, "
                + "at most \(counts.peakInFlight) in flight")
    }
} catch {
    complain("demo-server: \(error)")
    exit(3)
}
