/// Undoes one coding of a body, piece by piece. The bytes may come in any pieces.
///
/// Not Sendable: it belongs to the loop's thread.
protocol CodingLayer: AnyObject {
    /// Whether the data may end here.
    var isComplete: Bool { get }

    /// Takes bytes off the front of the input and writes what they stand for, as far as there is room.
    ///
    /// - Returns: What it wrote, or why the data is no good.
    func step(_ input: inout UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> CodingStep

    /// Gives the memory back.
    func free()
}

/// What one step of a layer gave.
enum CodingStep {
    /// So many bytes.
    case wrote(Int)
    /// So many bytes, and nothing may follow.
    case ended(Int)
    /// The data is corrupt, in the decoder's words.
    case corrupt(String)
}
