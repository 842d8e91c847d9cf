/// Fields of a request that are not sent, although the program or libcurl would add them.
///
/// They are lines without a colon, so that requests with and without them differ, and that no other reader of fields sees
/// them.
extension HeaderFields {
    /// Makes the program send no field of that name by itself: `Accept`, `User-Agent`, `Authorization`.
    public mutating func leaveOut(_ name: String) {
        guard HTTPToken.isValid(name) else { return }
        append(contentsOf: HeaderFields(lines: Array(name.utf8) + [0x0A]))
    }

    /// The names that are left out, as they were written.
    public var leftOut: [String] {
        lines.split(separator: 0x0A).compactMap { line in
            let line = line.last == 0x0D ? line.dropLast() : line
            return line.contains(UInt8(ascii: ":")) ? nil : String(decoding: line, as: UTF8.self)
        }
    }

    /// Whether a field of that name is left out.
    package func leavesOut(_ name: String) -> Bool {
        let name = name.lowercased()
        return leftOut.contains { $0.lowercased() == name }
    }

    /// Whether the user decided about a field, so that the program must not add its own.
    package func decides(_ name: String) -> Bool { contains(name) || leavesOut(name) }

    /// The fields that satisfy the predicate, and all that is left out.
    package func filterFields(_ keep: (_ name: String, _ value: ArraySlice<UInt8>) -> Bool) -> HeaderFields {
        var kept = HeaderFields()
        forEachField { name, value in if keep(name, value) { kept.append(name, bytes: value) } }
        for name in leftOut { kept.leaveOut(name) }
        return kept
    }

    /// The fields whose name satisfies the predicate. What is left out stays so: it reveals nothing.
    package func keeping(_ keep: (String) -> Bool) -> HeaderFields {
        filterFields { name, _ in keep(name) }
    }
}
