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

    /// Opens all sources and starts to read.
    ///
    /// - Parameters:
    ///   - arguments: URLs, files, `-`.
    ///   - defaults: The method, fields and body of plain URLs.
    ///   - expandsGlobs: Whether globs in URLs are expanded.
    /// - Throws: ``InputFailure`` when a source cannot be read; no input has been returned then.
    package init(_ arguments: [String], defaults: RequestDefaults, expandsGlobs: Bool = true) throws {
        guard arguments.count(where: { $0 == "-" }) <= 1 else {
            throw InputFailure("standard input (-) can be read only once")
        }
        var sources: [SourceArgument] = []
        do {
            for argument in arguments {
                sources.append(try SourceArgument.parse(argument, expandsGlobs: expandsGlobs))
            }
            inputs = try ReadAhead(queueLength: Self.queueLength) { [sources] waker, push in
                var reading = SourceReading(sources: sources, defaults: defaults, waker: waker)
                reading.run(push)
                return reading.failure
            }
        } catch {
            SourceReading.close(sources)
            throw error
        }
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
