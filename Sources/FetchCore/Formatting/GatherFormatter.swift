/// Several answers as one JSON object on one line, for each id: `{"profile":…,"orders":…}`. The caller gives the outcomes
/// in input order, which has all parts of an id side by side.
///
/// A part that failed is null where it is optional; any other makes the whole null.
public struct GatherFormatter: Formatter {
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
    public init(parts: [GatherPart], showsTiming: Bool) {
        self.parts = parts
        self.showsTiming = showsTiming
    }

    /// Appends nothing.
    public mutating func begin(into out: inout [UInt8]) {}

    /// Takes one part, and appends the object when it was the last.
    public mutating func append(_ outcome: Outcome, into out: inout [UInt8]) {
        let part = parts[position]
        Self.appendName(part.name, to: &members)
        if let value = outcome.value { members.append(contentsOf: value) } else { JSONWriter.null(into: &members) }
        if !outcome.isOK, !part.isOptional { isWhole = false }
        Self.appendName(part.name, to: &times)
        JSONWriter.seconds((outcome.timing ?? outcome.response?.timing)?.total, into: &times)
        position += 1
        if position == parts.count { endObject(into: &out) }
    }

    /// Appends null for an object that the end of the run cut.
    public mutating func end(into out: inout [UInt8]) {
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

/// One of the answers that are put together.
public struct GatherPart: Sendable {
    /// Its name in the object.
    public let name: String
    /// Where it comes from.
    public let template: URLTemplate
    /// Whether its failure leaves the rest standing.
    public let isOptional: Bool

    /// Makes a part.
    public init(name: String, template: URLTemplate, isOptional: Bool) {
        self.name = name
        self.template = template
        self.isOptional = isOptional
    }
}

/// Takes the value out of each part, and excuses the failure of those that are optional.
public struct GatherFilter: OutcomeFilter {
    private let parts: [GatherPart]

    /// Makes a filter for inputs that have the parts in turns.
    public init(parts: [GatherPart]) { self.parts = parts }

    /// Does nothing.
    public mutating func prepare() throws(InputFailure) {}

    /// Leaves the value in the outcome, or the failure.
    public mutating func apply(to outcome: inout Outcome) -> Bool {
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
