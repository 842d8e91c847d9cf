package import FetchHTTP
package import FetchSystem

/// Writes several responses as one JSON object per line, for each id: `{"profile":…,"orders":…}`. The caller passes the
/// outcomes in input order, so that all parts of an id are adjacent.
///
/// A failed part is null if it is optional; otherwise the whole object is null.
package struct GatherFormatter: Formatter {
    private let parts: [GatherPart]
    private let showsTiming: Bool
    private var members: [UInt8] = []
    private var times: [UInt8] = []
    private var isWhole = true
    private var position = 0

    /// Makes a formatter.
    ///
    /// - Parameters:
    ///   - parts: The parts, in the order of the object.
    ///   - showsTiming: Whether the seconds of each part are added as `timing`.
    package init(parts: [GatherPart], showsTiming: Bool) {
        self.parts = parts
        self.showsTiming = showsTiming
    }

    /// Appends nothing.
    package mutating func begin(into out: inout [UInt8]) {}

    /// Takes one part, and appends the object after the last one.
    package mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        let part = parts[position]
        Self.appendName(part.name, to: &members)
        if let value = outcome.value { members.append(contentsOf: value) } else { JSONWriter.null(into: &members) }
        if !outcome.isOK, !part.isOptional { isWhole = false }
        Self.appendName(part.name, to: &times)
        JSONWriter.seconds((outcome.timing ?? outcome.response?.timing)?.total, into: &times)
        position += 1
        if position == parts.count { endObject(into: &out) }
    }

    /// Appends null for an object that the end of the run left incomplete.
    package mutating func end(into out: inout [UInt8]) {
        guard position > 0 else { return }
        isWhole = false
        endObject(into: &out)
    }

    private mutating func endObject(into out: inout [UInt8]) {
        if isWhole {
            out.append(contentsOf: members)
            if showsTiming {
                JSONWriter.raw(",\"timing\":", into: &out)
                out.append(contentsOf: times)
                JSONWriter.raw("}", into: &out)
            }
            JSONWriter.raw("}\n", into: &out)
        } else {
            JSONWriter.raw("null\n", into: &out)
        }
        members.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        position = 0
        isWhole = true
    }

    private static func appendName(_ name: String, to bytes: inout [UInt8]) {
        bytes.append(bytes.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
        JSONWriter.string(name, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }
}

/// One of the responses that make up an object.
package struct GatherPart: Sendable {
    /// Its name in the object.
    package let name: String
    /// The template of its URL.
    package let template: URLTemplate
    /// Whether its failure does not fail the object.
    let isOptional: Bool

    /// Makes a part.
    package init(name: String, template: URLTemplate, isOptional: Bool) {
        self.name = name
        self.template = template
        self.isOptional = isOptional
    }
}

/// Takes the value from each part, and does not count failures of optional parts.
package struct GatherFilter: OutcomeFilter {
    private let parts: [GatherPart]

    /// Makes a filter for inputs that have the parts in rotation.
    package init(parts: [GatherPart]) { self.parts = parts }

    /// Does nothing.
    package mutating func prepare() throws(InputFailure) {}

    /// Stores the value or the failure in the outcome.
    package mutating func apply(to outcome: inout Outcome) -> Bool {
        if outcome.isOK {
            do throws(FetchError) {
                outcome.value = try BodyValue.jsonOrText(of: outcome.response)
            } catch {
                outcome.error = error
            }
        }
        return outcome.isOK || !parts[outcome.input.index % parts.count].isOptional
    }
}
