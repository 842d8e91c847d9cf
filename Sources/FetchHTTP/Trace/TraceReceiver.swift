/// Receives what a run tells about its transfers. Without one, nothing is recorded.
package protocol TraceReceiver: Sendable {
    /// Whether bodies are wanted too; they are copied for it.
    var wantsBodies: Bool { get }

    /// Takes events, in their order for each transfer; it must not wait for any reader.
    func receive(_ events: [TraceEvent])

    /// Learns the secrets of a request that is about to be sent.
    func learn(_ request: Request)
}

extension TraceReceiver {
    /// Takes a remark of the program's own about an input.
    package func note(_ input: Int, _ text: String) { receive([TraceEvent(input: input, .note(text))]) }
}
