import CPosix

/// What lines of text need.
extension ByteBuffer {
    /// Whether there is a CR that no LF follows (RFC 9112 §2.2).
    public var hasBareCarriageReturn: Bool { cposix_has_bare_cr(start, used) != 0 }

    /// Removes bytes from the end until at most that many are left.
    public mutating func truncate(to count: Int) { used = min(used, max(count, 0)) }

    /// The index of the first byte of the line break that ends the buffer, and of the blanks before it, or the end.
    ///
    /// - Parameter first: The index to stop at.
    public func endOfText(from first: Int) -> Int {
        Self.endOfText(UnsafeRawBufferPointer(start: start, count: used), from: first)
    }

    /// The same in the caller's memory. One LF and one CR before it are a line break.
    public static func endOfText(_ bytes: UnsafeRawBufferPointer, from first: Int) -> Int {
        var end = bytes.count
        if end > first, bytes[end - 1] == 0x0A { end -= 1 }
        if end > first, bytes[end - 1] == 0x0D { end -= 1 }
        while end > first, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return end
    }
}
