/// What the values of given options exclude, besides what the options themselves do.
extension GivenOptions {
    private static let formats: Set = ["format", "json", "jsonl", "write-out"]

    /// The first long names of the options that ask for something: a proxy of no name is none.
    var activeKeys: Set<String> {
        let keys = Set(options.map(\.key))
        return values(of: "proxy").last == "" ? keys.subtracting(["proxy"]) : keys
    }

    /// The format of the records that the options say, by name or by the ending of a file's name; nil if they say none.
    private var format: String? {
        let keys = Set(options.map(\.key))
        if let key = ["json", "jsonl", "write-out"].first(where: keys.contains) { return key }
        if let name = values(of: "format").last { return name.lowercased() }
        let file = values(of: "output").last ?? values(of: "records").last
        return file.flatMap { OutputOptions.Format(fileName: $0)?.rawValue }
    }

    /// Whether the values exclude a weaker setting.
    ///
    /// - Parameter others: The first long names of the other weaker settings.
    func contradicts(_ setting: ConfigSetting, beside others: Set<String>) -> Bool {
        let key = setting.option.key
        switch key {
        case "jq": return format.map { !["json", "jsonl"].contains($0) } ?? false
        case "body", "include-headers", "hash":
            // A row has no place for them, but a table of SQLite has.
            let rows = key == "hash" ? ["table"] : ["csv", "tsv", "table"]
            return !others.union(activeKeys).contains("sqlite") && format.map(rows.contains) ?? false
        case "head": return values(of: "print").last == "body"
        case "print": return setting.value.text == "body" && options.contains { $0.key == "head" }
        case "preproxy": return values(of: "proxy").last == ""
        case "tls-max": return setting.value.text.map { maximum in minimumTLS.contains { maximum < $0 } } ?? false
        case "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3":
            return values(of: "tls-max").last.map { $0 < key.dropFirst("tlsv".count) } ?? false
        default: break
        }
        guard Self.formats.contains(key) else { return false }
        let own = key == "format" ? setting.value.text ?? "" : key
        if let format { return own != format }
        return options.contains { $0.key == "jq" } && !["json", "jsonl"].contains(own)
    }

    /// The versions of TLS that options name as the minimum, such as `1.3`.
    private var minimumTLS: [String] {
        options.compactMap { $0.key.hasPrefix("tlsv1.") ? String($0.key.dropFirst("tlsv".count)) : nil }
    }
}
