/// Reads the SOURCEs of a command line in their order, on a thread of its own, as far ahead as a bounded queue allows:
/// a list of a million lines needs no more memory than one of ten thousand, and the first URL of a pipe is there as soon
/// as its line is.
public final class SourceReader: InputSource {
    /// Most inputs in one chunk.
    static let chunkSize = 256
    /// Most chunks that wait to be taken.
    static let queueLength = 8

    private let inputs: ReadAhead<Input>

    /// Opens everything that is named and starts to read.
    ///
    /// - Parameters:
    ///   - arguments: URLs, files, `-`.
    ///   - defaults: What plain URLs are sent with.
    ///   - expandsGlobs: Whether globs in URLs are expanded.
    /// - Throws: ``InputFailure`` when something cannot be read; nothing has been given out then.
    public init(_ arguments: [String], defaults: RequestDefaults, expandsGlobs: Bool = true) throws {
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
    public func next() async -> [Input]? { await inputs.next() }

    /// Stops reading.
    public func close() { inputs.close() }

    /// Whether somebody waits in ``next()``.
    var isAwaited: Bool { inputs.isAwaited }

    /// How many inputs there are, once all are read.
    public var total: Int? { inputs.total }

    /// Why the end came early, if it did.
    public var failure: InputFailure? { inputs.failure }
}
