/// Where the time of one attempt went, as libcurl measured it. All from the start of the attempt.
public struct Timing: Sendable, Hashable {
    /// Until the name was resolved.
    public var nameLookup: Duration = .zero
    /// Until TCP was connected.
    public var connect: Duration = .zero
    /// Until TLS was ready; zero without TLS.
    public var appConnect: Duration = .zero
    /// Until the first byte of the answer.
    public var startTransfer: Duration = .zero
    /// Until the last byte.
    public var total: Duration = .zero

    /// All zero.
    public init() {}
}

extension Timing {
    /// The same times, seen from an earlier start: of a chain of redirects, that of its first hop.
    func shifted(by earlier: Duration) -> Timing {
        guard earlier > .zero else { return self }
        var shifted = self
        shifted.nameLookup += earlier
        shifted.connect += earlier
        if appConnect > .zero { shifted.appConnect += earlier }
        if startTransfer > .zero { shifted.startTransfer += earlier }
        shifted.total += earlier
        return shifted
    }
}
