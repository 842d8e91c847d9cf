import Synchronization

/// The SOURCEs of a command line in their order: URLs with globs, lists, `-` for standard input.
///
/// Everything that can be known before the first request is checked when it is made: globs, files, their first bytes.
public final class ArgumentSource: InputSource {
    private enum Part: Sendable {
        case urls(URLGlob.Iterator)
        case url(String)
        case list(ListReader)
    }

    private struct State: Sendable {
        /// What is left, the next one last.
        var parts: [Part]
        var index = 0
        var failure: InputFailure?
    }

    private enum Step {
        case chunk([Input])
        case list(ListReader, from: Int)
        case over
    }

    private let defaults: RequestDefaults
    private let state: Mutex<State>

    /// Opens all lists.
    ///
    /// - Parameters:
    ///   - arguments: What the user wrote, in order.
    ///   - globbing: Whether `[1-9]` and `{a,b}` stand for several URLs; false for `--globoff`.
    ///   - defaults: What every request gets.
    public init(
        _ arguments: [String], globbing: Bool = true, defaults: RequestDefaults = RequestDefaults()
    ) throws(InputFailure) {
        self.defaults = defaults
        var parts: [Part] = []
        do throws(InputFailure) {
            // Standard input first: where it is closed, the first file that is opened would take its number.
            let dashes = arguments.filter { $0 == "-" }.count
            if dashes > 1 { throw InputFailure("- (standard input) can be read only once", path: "-") }
            var standardInput = dashes == 1 ? try ListReader.standardInput(defaults: defaults) : nil
            for argument in arguments {
                if argument == "-" {
                    if let reader = standardInput.take() { parts.append(.list(reader)) }
                } else if !Self.isURL(argument) {
                    parts.append(.list(try ListReader.open(argument, defaults: defaults)))
                } else if globbing {
                    parts.append(.urls(try Self.glob(argument).makeIterator()))
                } else {
                    parts.append(.url(argument))
                }
            }
        } catch {
            for case .list(let reader) in parts { reader.close() }
            throw error
        }
        state = Mutex(State(parts: parts.reversed()))
    }

    /// Whether an argument is a URL and not the name of a file.
    ///
    /// A colon alone does not make a URL: files have colons in their names too.
    public static func isURL(_ argument: String) -> Bool {
        guard let colon = argument.firstIndex(of: ":") else { return false }
        let scheme = argument[..<colon].lowercased()
        // Also with a glob for a scheme, as in `{http,https}://example.org`.
        return scheme == "http" || scheme == "https" || argument.contains("://")
    }

    /// The next inputs, or nil at the end.
    public nonisolated(nonsending) func next() async -> [Input]? {
        while true {
            switch step() {
            case .chunk(let inputs): return inputs
            case .over: return nil
            case .list(let reader, let index):
                reader.start(at: index)
                if let chunk = await reader.next() {
                    state.withLock { $0.index = index + chunk.count }
                    return chunk
                }
                // The lists behind a broken one can still be read.
                state.withLock { state in
                    state.failure = state.failure ?? reader.failure
                    if case .list(let last) = state.parts.last, last === reader { state.parts.removeLast() }
                }
            }
        }
    }

    /// Ends it; see ``InputSource/close()``.
    public func close() {
        let parts = state.withLock { state in
            defer { state.parts = [] }
            return state.parts
        }
        for case .list(let reader) in parts { reader.close() }
    }

    /// What went wrong, once ``next()`` has returned nil.
    public var failure: InputFailure? { state.withLock { $0.failure } }

    /// The URLs up to the next list, at most a chunk of them, or that list.
    private func step() -> Step {
        state.withLock { state in
            var chunk: [Input] = []
            while chunk.count < InputLimits.chunk, let part = state.parts.popLast() {
                let text: String?
                switch part {
                case .list(let reader):
                    state.parts.append(part)
                    return chunk.isEmpty ? .list(reader, from: state.index) : .chunk(chunk)
                case .url(let url): text = url
                case .urls(var iterator):
                    text = iterator.next()
                    if text != nil { state.parts.append(.urls(iterator)) }
                }
                guard let text else { continue }
                var input = ListLine.url(Array(text.utf8)[...], id: nil, defaults: defaults)
                input.index = state.index
                state.index += 1
                chunk.append(input)
            }
            return chunk.isEmpty ? .over : .chunk(chunk)
        }
    }

    private static func glob(_ argument: String) throws(InputFailure) -> URLGlob {
        do throws(ParseFailure) {
            return try URLGlob(argument)
        } catch {
            throw InputFailure("\(PrintableURL.hidingCredentials(in: argument)): \(error.message)", path: argument)
        }
    }
}
