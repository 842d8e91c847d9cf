/// What a run tells about one of its inputs while it happens.
package struct TraceEvent: Sendable {
    /// What happened. Bytes are as they were sent or arrived, with their secrets.
    package enum Content: Sendable {
        /// A remark of the program's own.
        case note(String)
        /// A line of libcurl's own text.
        case text([UInt8])
        /// The head of a request, as it was sent.
        case requestHead([UInt8])
        /// Bytes of the body of a request.
        case requestBody([UInt8])
        /// A line of the head of a response.
        case responseLine([UInt8])
        /// Bytes of the body of a response, decoded.
        case responseBody([UInt8])
        /// The end of a transfer.
        case end
    }

    /// The index of the input; nil if it is not known.
    package var input: Int?
    /// Tells the transfers that run concurrently apart; nil for what belongs to none.
    package var transfer: Int?
    /// What happened.
    package var content: Content

    /// Makes an event.
    package init(input: Int?, transfer: Int? = nil, _ content: Content) {
        self.input = input
        self.transfer = transfer
        self.content = content
    }
}
