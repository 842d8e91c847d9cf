import FetchSystem

/// What a terminal receives so that lines are below everything else, and are gone again. The cursor stays at the end of
/// the last line.
package enum LiveLines {
    /// Draws lines from the beginning of an empty line on.
    package static func drawing(_ lines: [String]) -> String { lines.joined(separator: "\r\n") }

    /// Erases lines that were drawn.
    ///
    /// - Parameters:
    ///   - lines: The lines.
    ///   - columns: The width of the terminal now. A line that is wider takes several rows: terminals fold lines when they
    ///     become narrower.
    package static func erasing(_ lines: [String], columns: Int) -> String {
        guard !lines.isEmpty else { return "" }
        let columns = max(1, columns)
        let rows = lines.reduce(0) { $0 + max(1, (DisplayWidth.of($1) + columns - 1) / columns) }
        return rows == 1 ? "\r\u{1B}[K" : "\r\u{1B}[\(rows - 1)A\u{1B}[J"
    }
}
