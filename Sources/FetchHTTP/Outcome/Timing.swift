import FetchSystem

/// The times of one attempt as libcurl measured them, all from the start of the attempt.
public struct Timing: Sendable, Hashable {
    /// The times in whole microseconds, as in libcurl. A `Duration` is twice as large, and dividing one costs more than
    /// writing the number.
    package var microseconds = Microseconds()

    /// The same times in microseconds.
    package struct Microseconds: Sendable, Hashable {
        package var nameLookup: Int64 = 0
        package var connect: Int64 = 0
        package var appConnect: Int64 = 0
        package var startTransfer: Int64 = 0
        package var total: Int64 = 0
    }

    /// All zero.
    public init() {}

    /// The time until the name was resolved.
    public var nameLookup: Duration {
        get { .microseconds(microseconds.nameLookup) }
        set { microseconds.nameLookup = newValue.microseconds }
    }
    /// The time until TCP was connected.
    public var connect: Duration {
        get { .microseconds(microseconds.connect) }
        set { microseconds.connect = newValue.microseconds }
    }
    /// The time until TLS was ready; zero without TLS.
    public var appConnect: Duration {
        get { .microseconds(microseconds.appConnect) }
        set { microseconds.appConnect = newValue.microseconds }
    }
    /// The time until the first byte of the response.
    public var startTransfer: Duration {
        get { .microseconds(microseconds.startTransfer) }
        set { microseconds.startTransfer = newValue.microseconds }
    }
    /// The time until the last byte.
    public var total: Duration {
        get { .microseconds(microseconds.total) }
        set { microseconds.total = newValue.microseconds }
    }
}

extension Timing {
    /// The same times relative to an earlier start: in a chain of redirects, the start of its first hop.
    package func shifted(by earlier: Duration) -> Timing {
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
