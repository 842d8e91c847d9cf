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
        /// Neither the bytes that are there nor those that come can be used.
        case fail(String)
    }

    /// The growth, in bytes, that makes an attempt free.
    package static let freeGrowth = 1_000_000

    /// What the next request asks for; nil to ask for all.
    private(set) package var resume: ResumePoint?
    /// Where the bytes of the current response begin.
    private(set) package var base = 0
    /// The number of bytes that were there before the first request of the run.
    package let kept: Int
    /// Whether the next attempt starts again because nothing that is there can be used.
    private(set) package var startsAgain = false
    /// The version of the bytes that are there or come; nil if they cannot be continued.
    private var version: (validator: BodyValidator, length: Int?)?
    /// Whether the current request asks for the rest.
    private(set) package var isAsking = false
    private var beginning: Beginning?
    /// The most bytes that were ever there of one version.
    private var highest: (validator: BodyValidator, bytes: Int)?

    /// A file with nothing in it, or with what an earlier run has left.
    package init(resume: ResumePoint? = nil) {
        self.resume = resume
        kept = resume?.offset ?? 0
        version = resume.map { ($0.validator, $0.length) }
        highest = resume.map { ($0.validator, $0.offset) }
    }

    /// The version of the bytes and the length of the whole, for the note; nil if they cannot be continued.
    package var noted: (validator: BodyValidator, length: Int?)? { version }

    /// The request as it is sent: it asks for the rest if there is a beginning.
    package mutating func asking(_ request: Request) -> Request {
        beginning = nil
        base = 0
        startsAgain = false
        isAsking = false
        guard let resume, ResumePoint.allows(request) else { return request }
        isAsking = true
        return resume.applied(to: request)
    }

    /// Whether the body of a response with this status is the file's, whatever else counts as a success.
    package func wants(_ status: Int) -> Bool { isAsking && status == 206 }

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
        var verdict = ResumePoint.Verdict.restart
        if isAsking, let resume { verdict = resume.verdict(status: status, headers: headers) }
        // An error or a redirect whose body counts as a success is a body of its own.
        if verdict == .unrelated, isWanted { verdict = .restart }
        switch verdict {
        case .append(let length):
            base = resume?.offset ?? 0
            if let validator = version?.validator { version = (validator, length) }
            beginning = .append(from: base)
        case .complete: beginning = .complete
        case .useless(let reason):
            forget()
            beginning = .fail(reason)
        case .unrelated: return nil
        case .restart:
            resume = nil
            version = nil
            if status == 200, !isPacked, let validator = BodyValidator(of: headers) { version = (validator, length) }
            beginning = .write
        }
        return beginning
    }

    /// An attempt ended before the file was complete.
    ///
    /// - Parameter size: The size of the file.
    /// - Returns: Whether the attempt is free, because it added enough to what was there of the same version.
    package mutating func broke(at size: Int) -> Bool {
        if case .fail = beginning { startsAgain = true }
        guard beginning != nil, let version, size > 0, version.length.map({ size <= $0 }) ?? true else {
            if beginning != nil { forget() }
            return false
        }
        resume = ResumePoint(offset: size, validator: version.validator, length: version.length)
        defer { highest = (version.validator, max(size, highest?.bytes ?? 0)) }
        guard let highest else { return size >= Self.freeGrowth }
        guard highest.validator == version.validator else {
            self.highest = nil
            return false
        }
        return size - highest.bytes >= Self.freeGrowth
    }

    /// How many bytes are missing after a response that is complete in itself; nil if none are, or it is not known.
    package func missing(_ received: Int) -> Int? {
        guard case .append = beginning, let length = version?.length, base + received < length else { return nil }
        return length - base - received
    }

    private mutating func forget() {
        resume = nil
        version = nil
    }
}
