extension Duration {
    /// Whole milliseconds, rounded up so that a limit never becomes 0, which libcurl takes for "no limit".
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        let (whole, overflow) = Int(seconds).multipliedReportingOverflow(by: 1000)
        if overflow || whole > Int(Int32.max) { return Int(Int32.max) }
        return whole + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// Whole milliseconds, cut.
    var wholeMilliseconds: Int64 {
        // 128 bits are divided by a function of 200 instructions, 64 by a multiplication.
        if let attoseconds = Int64(exactly: attoseconds) { return attoseconds / 1_000_000_000_000_000 }
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// Whole nanoseconds, cut; a time beyond 292 years is that.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : nanoseconds + attoseconds / 1_000_000_000
    }

    /// Seconds as a floating-point number.
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

extension Duration {
    /// `0.35 s`, `12.4 s`, `3 min 5 s`: for people.
    public var formatted: String { HumanText.time(self) }
}
