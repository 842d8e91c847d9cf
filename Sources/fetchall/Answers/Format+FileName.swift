extension OutputOptions.Format {
    /// The format that the ending of a file's name says; nil for other endings.
    init?(fileName: String) {
        let last = fileName.split(separator: "/").last ?? ""
        guard let dot = last.lastIndex(of: "."), dot > last.startIndex else { return nil }
        switch last[last.index(after: dot)...].lowercased() {
        case "json": self = .json
        case "jsonl", "ndjson": self = .jsonl
        case "csv": self = .csv
        case "tsv": self = .tsv
        case "txt": self = .table
        default: return nil
        }
    }
}
