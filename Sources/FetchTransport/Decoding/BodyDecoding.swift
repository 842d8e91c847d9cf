/// Turns the bytes of a body in wire format into those that are kept.
///
/// Not Sendable: it belongs to the loop's thread.
protocol BodyDecoding: AnyObject {
    /// Whether the body may end here.
    var isComplete: Bool { get }

    /// Takes a piece and calls the closure with each block that results; false from the closure ends it.
    ///
    /// - Returns: Why the data is corrupt; nil if it is valid so far, or the closure has ended it.
    func decode(_ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool) -> String?

    /// Calls the closure with what was held back until the end.
    func finish(_ body: (UnsafeRawBufferPointer) -> Bool)

    /// Frees the memory.
    func free()
}
