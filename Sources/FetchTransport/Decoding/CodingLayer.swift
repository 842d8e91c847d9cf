/// Decodes one coding of a body. The bytes may arrive in any pieces.
///
/// Not Sendable: it belongs to the loop's thread.
protocol CodingLayer: AnyObject {
    /// Whether the data may end here.
    var isComplete: Bool { get }

    /// Consumes input and writes the decoded bytes, as far as the output has room.
    ///
    /// - Returns: The number of written bytes, or why the data is not valid.
    func step(_ input: inout UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> CodingStep

    /// Frees the memory.
    func free()
}

/// The result of one step of a layer.
enum CodingStep {
    /// The number of bytes written.
    case wrote(Int)
    /// The number of bytes written; no data may follow.
    case ended(Int)
    /// The data is corrupt, in the decoder's words.
    case corrupt(String)
}
