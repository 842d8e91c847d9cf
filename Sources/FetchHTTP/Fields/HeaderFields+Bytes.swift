import FetchSystem

/// Values as they arrived, for what is sent again: a value need not be UTF-8 (RFC 9110 §5.5, obs-text).
extension HeaderFields {
    /// The first value of a field, or nil.
    package func bytes(of name: String) -> [UInt8]? {
        var found: [UInt8]?
        forEachValue(of: name) { value in
            found = Array(value)
            return false
        }
        return found
    }

    /// All values of a field, in order.
    package func allBytes(of name: String) -> [[UInt8]] {
        var found: [[UInt8]] = []
        forEachValue(of: name) { value in
            found.append(Array(value))
            return true
        }
        return found
    }

    /// The first value of a field that holds a URL, or nil: a byte that is not UTF-8 is percent-encoded, as browsers
    /// and curl do.
    package func reference(_ name: String) -> String? { bytes(of: name).map(ByteText.reference) }

    /// All values of a field that holds URLs.
    package func references(_ name: String) -> [String] { allBytes(of: name).map(ByteText.reference) }

    /// The lines of the fields as libcurl takes them: `Name;` is a field without a value.
    package var requestLines: [[UInt8]] {
        var lines: [[UInt8]] = []
        forEachField { name, value in
            lines.append(Array(name.utf8) + (value.isEmpty ? ";".utf8 : ": ".utf8) + value)
        }
        return lines
    }
}
