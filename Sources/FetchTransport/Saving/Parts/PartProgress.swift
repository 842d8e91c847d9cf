package import FetchHTTP

/// The progress of a file whose body may break off and be continued: what is asked for next, what a response means for the
/// bytes that are there, and whether an attempt added enough. Pure: the sizes come from the caller.
package struct PartProgress: Sendable {
    /// What happens to the file when the head of a response is complete.
    package enum Beginning: Sendable, Hashable {
        /// The body is written behind the bytes that are there.
        case append(from: Int)
        /// The body is written from the beginning.
        case write
        /// Nothing is missing; the body of the response is not the file's.
        case complete
        /// The response can neither continue the bytes that are there nor replace them.
        case fail(String)
    }

    /// What the end of a range means for the file.
    package enum RangeEnd: Sendable, Hashable {
        /// The file is complete.
        case whole
        /// So many bytes are missing; nil if the server does not say how long the body is.
        case missing(Int?)
        /// More bytes came than the range has.
        case excess
    }

    /// The growth, in bytes, that makes an attempt free.
    package static let freeGrowth = 1_000_000

    /// How many bytes the first request asks for, to learn whether the rest can be fetched in segments.
    package static let probeSize = 1 << 20

    /// What the next request asks for; nil to ask for all.
    private(set) package var resume: ResumePoint?
    /// Why the bytes that are there cannot be continued. They stay until a complete body replaces them; nil while they
    /// can, and without any.
    private(set) package var obstacle: String?
    /// Where the bytes of the current response begin.
    private(set) package var base = 0
    /// The number of bytes that were there before the first request of the run.
    package let kept: Int
    /// Whether the next attempt starts again because nothing that is there can be used.
    private(set) package var startsAgain = false
    /// The version of the bytes that are there or come; nil if they cannot be continued.
    private(set) package var version: PartVersion?
    /// Whether the current request asks for the rest.
    private(set) package var isAsking = false
    /// Whether the current request asks for the beginning only.
    private(set) package var isProbing = false
    /// Whether the next request for all asks for the beginning only.
    private var probes: Bool
    /// Whether the file is a segment of another, which no response to another request can replace.
    private let isSegment: Bool
    /// Whether the attempt only showed how to continue, which is not a failure.
    private(set) package var hasLearnt = false
    private var beginning: Beginning?
    /// The number of bytes of the range that the current response has.
    private var rangeCount = 0
    /// The most bytes that were ever there of one version.
    private var highest: (validator: BodyValidator, bytes: Int)?

    /// A file with nothing in it, or with what an earlier run has left.
    ///
    /// - Parameters:
    ///   - size: The number of bytes that are there, from the first one.
    ///   - kept: The number of all bytes that are there, if there are more behind a gap.
    ///   - version: The body that they are of.
    ///   - probes: Whether it is to be fetched in segments if that is possible.
    package init(size: Int = 0, kept: Int? = nil, of version: PartVersion? = nil, probes: Bool = false) {
        self.kept = version == nil ? 0 : kept ?? size
        self.version = version
        self.probes = probes
        isSegment = false
        resume = version?.resume(at: size)
        highest = resume.map { ($0.validator, $0.offset) }
    }

    /// A segment of a file.
    package init(segment: Range<Int>, of version: PartVersion) {
        kept = 0
        self.version = version
        probes = false
        isSegment = true
        resume = version.resume(at: segment.lowerBound, to: segment.upperBound)
    }

    /// Whether the file must be told the head of the current response, whatever its status.
    package var needsHead: Bool { asksForRange || obstacle != nil }

    /// Whether the current request asks for a part of the body.
    package var asksForRange: Bool { isAsking || isProbing }

    /// The request as it is sent: it asks for the rest if there is a beginning.
    package mutating func asking(_ request: Request) -> Request {
        beginning = nil
        base = 0
        startsAgain = false
        isAsking = false
        isProbing = false
        hasLearnt = false
        guard ResumePoint.allows(request) else { return request }
        if let resume {
            isAsking = true
            return resume.applied(to: request)
        }
        guard probes, obstacle == nil else { return request }
        isProbing = true
        return ResumePoint.asking(request, from: 0, to: Self.probeSize)
    }

    /// Whether the body of a response with this status is the file's, whatever else counts as a success.
    package func wants(_ status: Int) -> Bool { asksForRange && status == 206 }

    /// Whether the body of the current response continues the file.
    package var isAppending: Bool { if case .append = beginning { true } else { false } }

    /// Whether the current response continued or completed what an earlier run has left.
    package var hasContinued: Bool { base > 0 || beginning == .complete }

    /// Whether a response with this status completed the file, though it is not a usual success.
    package func isSettled(by status: Int) -> Bool {
        switch beginning {
        case .append: status == 206
        case .complete: status == 416
        case .write, .fail, nil: false
        }
    }

    /// The head of a response is complete.
    ///
    /// - Parameters:
    ///   - status: Its status.
    ///   - headers: Its fields.
    ///   - length: The length of the body as it will be written; nil if it is not known.
    ///   - isPacked: Whether the body is decoded, so that the file has other bytes than a range would.
    ///   - isWanted: Whether the body is written to the file.
    /// - Returns: What to do; nil if the response is not about the file.
    package mutating func begin(status: Int, headers: HeaderFields, length: Int?, isPacked: Bool, isWanted: Bool)
        -> Beginning?
    {
        if isProbing, status == 206 || status == 416 { return probed(headers) }
        var verdict = ResumePoint.Verdict.restart
        if isAsking, let resume {
            verdict = resume.verdict(status: status, headers: headers)
        } else if obstacle != nil {
            verdict = ResumePoint.verdictWithoutRange(status: status)
        }
        // An error or a redirect whose body counts as a success is a body of its own.
        if verdict == .unrelated, isWanted { verdict = .restart }
        if isSegment, verdict == .restart { verdict = .useless("the server sent the whole body instead of a segment") }
        switch verdict {
        case .append(let length, let count):
            base = resume?.offset ?? 0
            rangeCount = count
            version?.length = length
            beginning = .append(from: base)
        case .complete: beginning = .complete
        case .useless(let reason):
            give(up: reason)
            beginning = .fail(reason)
        case .unrelated: return nil
        case .restart:
            resume = nil
            obstacle = nil
            version = nil
            if status == 200, !isPacked { version = PartVersion(of: headers, length: length) }
            beginning = .write
        }
        return beginning
    }

    /// The response to the request for the beginning.
    private mutating func probed(_ headers: HeaderFields) -> Beginning {
        probes = false
        hasLearnt = true
        guard let range = ContentRange(of: headers), let length = range.length, let bytes = range.bytes,
            bytes.lowerBound == 0, bytes.count <= Self.probeSize,
            ResumePoint.contradiction(in: headers, count: bytes.count) == nil,
            let version = PartVersion(of: headers, length: length)
        else {
            beginning = .fail("the body cannot be fetched in segments")
            return .fail("the body cannot be fetched in segments")
        }
        self.version = version
        rangeCount = bytes.count
        beginning = .append(from: 0)
        return .append(from: 0)
    }

    /// An attempt ended before the file was complete.
    ///
    /// - Parameter size: The size of the file.
    /// - Returns: Whether the attempt is free, because it added enough to what was there of the same version. Without a
    ///   known length none is: a body without an end would have attempts without an end.
    package mutating func broke(at size: Int) -> Bool {
        if case .fail = beginning { startsAgain = true }
        guard obstacle == nil else { return false }
        guard beginning != nil, let version, size > 0, version.length.map({ size <= $0 }) ?? true else {
            if beginning != nil { forget() }
            return false
        }
        resume = version.resume(at: size)
        defer { highest = (version.validator, max(size, highest?.bytes ?? 0)) }
        let isFree = version.length != nil
        guard let highest else { return isFree && size >= Self.freeGrowth }
        guard highest.validator == version.validator else {
            self.highest = nil
            return false
        }
        return isFree && size - highest.bytes >= Self.freeGrowth
    }

    /// What a range means for the file after a response that is complete in itself.
    ///
    /// - Parameter received: The number of bytes that came.
    /// - Returns: Nil if the response was not the rest of the file.
    package mutating func end(_ received: Int) -> RangeEnd? {
        guard case .append = beginning else { return nil }
        if received > rangeCount {
            give(up: "the server sent more bytes than its Content-Range has")
            beginning = .fail("")
            return .excess
        }
        guard let length = resume?.end ?? version?.length else { return .missing(nil) }
        return base + received < length ? .missing(length - base - received) : .whole
    }

    /// Nothing behind the first bytes is there any more.
    package mutating func move(to size: Int) {
        resume = version?.resume(at: size)
    }

    private mutating func give(up reason: String) {
        // What came of this run alone, and fits nothing, is not worth a name.
        obstacle = reason
        resume = nil
    }

    private mutating func forget() {
        resume = nil
        version = nil
    }
}
