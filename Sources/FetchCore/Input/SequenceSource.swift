import Synchronization

/// Inputs of any Swift sequence, taken from it only as they are asked for.
public final class SequenceSource: InputSource {
    private struct State: Sendable {
        var next: (@Sendable () -> Input?)?
        var index = 0
    }

    private let state: Mutex<State>

    /// Takes inputs in their order and numbers them from 0.
    public init<Inputs: Sequence & Sendable>(_ inputs: Inputs) where Inputs.Element == Input {
        let iterator = LockedIterator(inputs)
        state = Mutex(State(next: { iterator.next() }))
    }

    /// Makes an input of each request, its text that of its URL.
    public convenience init<Requests: Sequence & Sendable>(requests: Requests) where Requests.Element == Request {
        self.init(
            requests.lazy.map { @Sendable request in
                Input(index: 0, text: request.url.href, request: .success(request))
            })
    }

    /// Makes an input of each URL, as if it stood alone on the line of a list.
    public convenience init<URLs: Sequence & Sendable>(
        urls: URLs, defaults: RequestDefaults = RequestDefaults()
    ) where URLs.Element == String {
        self.init(
            urls.lazy.map { @Sendable text in ListLine.url(Array(text.utf8)[...], id: nil, defaults: defaults) })
    }

    /// The next inputs, or nil at the end.
    public nonisolated(nonsending) func next() async -> [Input]? {
        state.withLock { state in
            guard let next = state.next else { return nil }
            var chunk: [Input] = []
            while chunk.count < InputLimits.chunk, var input = next() {
                input.index = state.index
                state.index += 1
                chunk.append(input)
            }
            if chunk.isEmpty { state.next = nil }
            return chunk.isEmpty ? nil : chunk
        }
    }

    /// Ends it; see ``InputSource/close()``.
    public func close() { state.withLock { $0.next = nil } }

    /// A sequence cannot fail.
    public var failure: InputFailure? { nil }
}

/// An iterator behind a lock, so that it may travel.
///
/// It is @unchecked Sendable because ``iterator``, made from a Sendable sequence and never handed out, is touched only
/// while ``lock`` is held.
private final class LockedIterator<Inputs: Sequence & Sendable>: @unchecked Sendable {
    private let lock = Mutex<Void>(())
    private var iterator: Inputs.Iterator

    init(_ inputs: Inputs) { iterator = inputs.makeIterator() }

    func next() -> Inputs.Element? { lock.withLock { _ in iterator.next() } }
}
