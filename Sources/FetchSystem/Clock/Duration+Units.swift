extension Duration {
    /// Whole milliseconds, rounded up so that a limit never becomes 0, which means "no limit" in libcurl.
    package var milliseconds: Int {
        let (seconds, attoseconds) = components
        let (whole, overflow) = Int(seconds).multipliedReportingOverflow(by: 1000)
        if overflow || whole > Int(Int32.max) { return Int(Int32.max) }
        return whole + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// Whole milliseconds, truncated.
    package var wholeMilliseconds: Int64 {
        // The division of 128 bits is a function of 200 instructions, that of 64 bits a multiplication.
        if let attoseconds = Int64(exactly: attoseconds) { return attoseconds / 1_000_000_000_000_000 }
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// Whole nanoseconds, truncated; a time beyond 292 years becomes 292 years.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : nanoseconds + attoseconds / 1_000_000_000
    }

    /// Seconds as a floating-point number.
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

extension Duration {
    /// `0.35 s`, `12.4 s`, `3 min 5 s`: a text for the user.
    public var formatted: String { HumanText.time(self) }
}
