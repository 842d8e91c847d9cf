import FetchHTTP
import FetchRecords
import FetchSystem
import Synchronization
import SystemPackage

/// What a run shows of its transfers: on stderr with `-v` and `-vv`, and in the file of `--trace`.
final class RunTrace: TraceReceiver {
    private static let headline =
        "# fetchall \(Fetchall.version). Bodies are written as they are: only the secrets that this run knows "
        + "are replaced by ***, so keep this file to yourself.\n"

    /// Whether there is a file, which has bodies.
    let wantsBodies: Bool
    private let text: Mutex<TraceText>
    private let verbosity: Int
    private let showsTime: Bool
    private let messages: TraceWriter?
    private let file: TraceWriter?
    private let output: OutputFile?
    private let start = MonotonicClock.nanoseconds()

    /// Starts to show what the options ask for; nil if that is nothing.
    ///
    /// - Parameters:
    ///   - hasSeveralInputs: Whether lines begin with the index of their input.
    ///   - proxies: The URLs of proxies, which may contain secrets.
    /// - Throws: An ``InputFailure`` with a sentence for the user when the file cannot be written.
    init?(
        _ options: TraceOptions, _ network: NetworkOptions, hasSeveralInputs: Bool, proxies: [String], console: Console
    ) throws(InputFailure) {
        guard options.verbosity > 0 || options.file != nil else { return nil }
        var text = TraceText(showsIndex: hasSeveralInputs, showsDigits: options.traceAscii == nil)
        for proxy in proxies { text.mask.learn(proxy: proxy) }
        text.mask.secretFields = network.secretFields
        for line in network.details?.proxyFields ?? [] {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            text.mask.add(line[(colon + 1)...].drop { $0 == 0x20 })
        }
        self.text = Mutex(text)
        verbosity = options.verbosity
        wantsBodies = options.file != nil
        showsTime = options.traceTime
        output = try options.file.map { path throws(InputFailure) in try OutputFile.createPrivate(path) }
        messages =
            options.verbosity == 0
            ? nil : try TraceWriter(2, largestQueue: 8 << 20) { (piece) throws(Errno) in console.show(piece) }
        file = try output.map { output throws(InputFailure) in
            try TraceWriter(output.descriptor, largestQueue: 64 << 20) { (piece) throws(Errno) in
                try SystemFile.writeAll(piece, to: output.descriptor)
            }
        }
        file?.append(Array(Self.headline.utf8))
    }

    /// Learns the secrets of a request.
    func learn(_ request: Request) { text.withLock { $0.mask.learn(request) } }

    /// Queues the lines of events.
    func receive(_ events: [TraceEvent]) {
        text.withLock { text in
            for event in events {
                for line in text.lines(of: event) {
                    let isMessage = line.detail.rawValue <= verbosity && line.detail < .bodies
                    if isMessage { messages?.append((showsTime ? time() : []) + line.bytes + [0x0A]) }
                    file?.append(time() + line.bytes + [0x0A])
                }
            }
        }
    }

    /// Writes what is queued, and closes the file.
    ///
    /// - Returns: Why the file is not complete; nil if it is.
    func close() -> String? {
        // If stderr takes nothing, there is no other way to report it.
        _ = messages?.close()
        guard let file, let output else { return nil }
        if let failure = file.close() { return "cannot write \(output.name): \(failure)" }
        return output.close() ? nil : "cannot write \(output.name)"
    }

    /// The seconds since the start of the run, and a space.
    private func time() -> [UInt8] {
        let microseconds = (MonotonicClock.nanoseconds() - start) / 1000
        let fraction = String(microseconds % 1_000_000)
        return Array("\(microseconds / 1_000_000).".utf8)
            + [UInt8](repeating: UInt8(ascii: "0"), count: max(0, 6 - fraction.utf8.count)) + Array("\(fraction) ".utf8)
    }
}
