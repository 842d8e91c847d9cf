import FetchSystem

/// A source of ids: the meaning of one argument or option.
enum IDSource: Sendable {
    /// One id.
    case one(String)
    /// Numbers with both ends included, padded with zeros to the width.
    case range(ClosedRange<Int>, width: Int)
    /// One id per line, without blank lines and lines that start with `#`.
    case list(ListFile)
    /// The values of a column.
    case column(ListFile, name: String)

    /// Interprets an argument: `-` is standard input, `1..50` a range, everything else an id.
    static func parse(_ text: String) throws(InputFailure) -> IDSource {
        if text == "-" { return .list(.standardInput) }
        guard let dots = text.range(of: "..") else { return .one(text) }
        let first = text[..<dots.lowerBound]
        let last = text[dots.upperBound...]
        guard isNumber(first), isNumber(last), let lower = Int(first), let upper = Int(last) else { return .one(text) }
        guard lower <= upper else { throw InputFailure("the range \(text) ends before it begins") }
        let isPadded = first.count > 1 && first.hasPrefix("0")
        return .range(lower...upper, width: isPadded ? first.count : 0)
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.count <= 18 && text.utf8.allSatisfy(\.isASCIIDigit)
    }

    /// The file that it reads, if any.
    private var file: ListFile? {
        switch self {
        case .list(let file), .column(let file, _): file
        case .one, .range: nil
        }
    }

    /// Closes the files, but not standard input.
    static func close(_ sources: [IDSource]) {
        for source in sources {
            if let file = source.file, file.descriptor != 0 { SystemFile.close(file.descriptor) }
        }
    }

    /// Passes the ids in chunks to the closure until it returns false.
    ///
    /// - Returns: What went wrong, or nil.
    func read(_ waker: Waker, _ push: ([String]) -> Bool) -> InputFailure? {
        switch self {
        case .one(let id): _ = push([id])
        case .range(let range, let width):
            var next = range.lowerBound
            while next <= range.upperBound {
                let last = min(range.upperBound, next + 255)
                guard push((next...last).map { Self.padded($0, width) }) else { return nil }
                next = last + 1
            }
        case .list(let file):
            return LineReading(text: TextReading(file: file, waker: waker), isStrict: true).run { lines in
                push(lines.map(Self.trimmed).filter { !$0.isEmpty && !$0.hasPrefix("#") })
            }
        case .column(let file, let name): return Self.readColumn(name, of: file, waker, push)
        }
        return nil
    }

    private static func readColumn(
        _ name: String, of file: ListFile, _ waker: Waker, _ push: ([String]) -> Bool
    ) -> InputFailure? {
        var reader = CSVReader()
        var column: Int?
        var problem: String?
        var ids: [String] = []
        func take(_ row: [String?], _ line: Int) {
            guard problem == nil else { return }
            if let column {
                if let id = column < row.count ? row[column] : "" {
                    ids.append(id)
                } else {
                    problem = "line \(line): the value of '\(TerminalText.escaped(name))' is not UTF-8"
                }
            } else {
                column = row.firstIndex(of: name)
                let names = row.prefix(20).map { $0.map(TerminalText.escaped) ?? "(not UTF-8)" }
                    .joined(separator: ", ")
                if column == nil { problem = "has no column '\(TerminalText.escaped(name))'; it has \(names)" }
            }
        }
        return TextReading(file: file, waker: waker).run(
            { piece in
                guard problem == nil else { return }
                problem = reader.feed(piece, take) ?? problem
            },
            decide: { isLast in
                if isLast, problem == nil { problem = reader.finish(take) ?? problem }
                guard push(ids) else { return .stop }
                ids.removeAll(keepingCapacity: true)
                return problem.map { .fail($0) } ?? .goOn
            })
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func trimmed(_ line: String) -> String {
        String(decoding: ListLine.trimmed(Array(line.utf8)[...]), as: UTF8.self)
    }
}
