package import FetchHTTP
package import FetchSystem

/// Reads the SOURCEs of a command line in their order, on its own thread and as far ahead as a bounded queue allows. A
/// list of a million lines needs no more memory than one of ten thousand, and the first URL of a pipe is available as
/// soon as its line is.
package final class SourceReader: InputSource {
    /// The maximum number of inputs in one chunk.
    static let chunkSize = 256
    /// The maximum number of chunks that wait to be taken.
    static let queueLength = 8

    private let inputs: ReadAhead<Input>
    /// The number of inputs where it is known before anything is read: no source is a list.
    package let knownCount: Int?
    /// Whether a URL of the command line has a glob.
    package let hasGlobs: Bool

    /// Opens all sources and starts to read.
    ///
    /// - Parameters:
    ///   - arguments: URLs, files, `-`.
    ///   - defaults: The method, fields and body of plain URLs.
    ///   - expandsGlobs: Whether globs in URLs are expanded.
    ///   - checksums: Gives inputs the digests that their bodies must have.
    ///   - keepsGlobParts: Whether inputs get the values of the globs of their URLs.
    ///   - files: The files that requests of lists may send; nil for those below the folder of each list file.
    /// - Throws: ``InputFailure`` when a source cannot be read; no input has been returned then.
    package init(
        _ arguments: [String], defaults: RequestDefaults, expandsGlobs: Bool = true,
        checksums: InputChecksums? = nil, keepsGlobParts: Bool = false, files: ListFiles? = nil
    ) throws {
        guard arguments.count(where: { $0 == "-" }) <= 1 else {
            throw InputFailure("standard input (-) can be read only once")
        }
        var sources: [SourceArgument] = []
        do {
            for argument in arguments {
                sources.append(try SourceArgument.parse(argument, expandsGlobs: expandsGlobs))
            }
            knownCount = Self.count(of: sources)
            hasGlobs = sources.contains { if case .urls(let glob) = $0 { glob.hasGlobs } else { false } }
            inputs = try ReadAhead(queueLength: Self.queueLength) { [sources] waker, push in
                var reading = SourceReading(
                    sources: sources, defaults: defaults, waker: waker, checksums: checksums,
                    keepsGlobParts: keepsGlobParts, files: files)
                reading.run(push)
                return reading.failure
            }
        } catch {
            SourceReading.close(sources)
            throw error
        }
    }

    /// Whether a source of the command line is a URL, with globs or without.
    package static func isURL(_ source: String) -> Bool { SourceArgument.isURL(source) }

    /// Whether a URL of the command line has globs, valid ones or not.
    package static func hasGlobs(_ url: String) -> Bool {
        guard let glob = try? URLGlob(url) else { return true }
        return glob.hasGlobs
    }

    private static func count(of sources: [SourceArgument]) -> Int? {
        var sum = 0
        for source in sources {
            switch source {
            case .list: return nil
            case .url: sum += 1
            case .urls(let glob):
                let (total, overflow) = sum.addingReportingOverflow(glob.count)
                sum = overflow ? .max : total
            }
        }
        return sum
    }

    /// The next inputs.
    package func next() async -> [Input]? { await inputs.next() }

    /// Stops reading.
    package func close() { inputs.close() }

    /// Whether a consumer waits in ``next()``.
    var isAwaited: Bool { inputs.isAwaited }

    /// The number of inputs, once all are read.
    package var total: Int? { inputs.total }

    /// Why reading ended early; nil if it did not.
    package var failure: InputFailure? { inputs.failure }
}
