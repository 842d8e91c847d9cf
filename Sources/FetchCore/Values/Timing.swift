/// Where the time of one attempt went, as libcurl measured it. All from the start of the attempt.
public struct Timing: Sendable, Hashable {
    /// The times in whole microseconds, as libcurl has them. A `Duration` is twice as large, and to divide one costs more than
    /// to write down the number.
    var microseconds = Microseconds()

    /// The same times as numbers of microseconds.
    struct Microseconds: Sendable, Hashable {
        var nameLookup: Int64 = 0
        var connect: Int64 = 0
        var appConnect: Int64 = 0
        var startTransfer: Int64 = 0
        var total: Int64 = 0
    }

    /// All zero.
    public init() {}

    /// Until the name was resolved.
    public var nameLookup: Duration {
        get { .microseconds(microseconds.nameLookup) }
        set { microseconds.nameLookup = newValue.microseconds }
    }
    /// Until TCP was connected.
    public var connect: Duration {
        get { .microseconds(microseconds.connect) }
        set { microseconds.connect = newValue.microseconds }
    }
    /// Until TLS was ready; zero without TLS.
    public var appConnect: Duration {
        get { .microseconds(microseconds.appConnect) }
        set { microseconds.appConnect = newValue.microseconds }
    }
    /// Until the first byte of the answer.
    public var startTransfer: Duration {
        get { .microseconds(microseconds.startTransfer) }
        set { microseconds.startTransfer = newValue.microseconds }
    }
    /// Until the last byte.
    public var total: Duration {
        get { .microseconds(microseconds.total) }
        set { microseconds.total = newValue.microseconds }
    }
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
