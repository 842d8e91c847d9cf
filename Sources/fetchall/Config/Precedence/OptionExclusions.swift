import FetchArgumentParser

/// Which options a command does not take together, by their first long names. A weaker source's are left out where a stronger
/// one has another of them, and so is what needs them: a default must not be in the way of what is asked for.
enum OptionExclusions {
    /// Of each set a command takes one.
    private static let groups: [Set<String>] = [
        ["format", "json", "jsonl", "write-out"], ["curl", "format", "json", "jsonl", "write-out", "dry-run"],
        ["http1.0", "http1.1", "http2"], ["ipv4", "ipv6"], ["quiet", "verbose"], ["continue", "continue-at"],
        ["progress", "no-progress", "progress-bar"], ["skip-existing", "no-clobber", "timestamping"],
        ["body", "output-dir", "remote-name"], ["location", "no-location"], ["output", "records"],
        ["checksum", "checksums"], ["no-robots", "robots-agent"], ["trace", "trace-ascii"],
        ["user", "bearer"], ["basic", "digest", "negotiate", "ntlm", "anyauth"], ["fail", "fail-with-body"],
        ["proxy", "proxy1.0", "socks4", "socks4a", "socks5", "socks5-hostname"],
        ["proxy-basic", "proxy-digest", "proxy-negotiate", "proxy-anyauth"],
        ["unix-socket", "abstract-unix-socket"],
    ]
    /// Those of a group that may stand together.
    private static let together: [Set<String>] = [
        ["dry-run", "format"], ["dry-run", "json"], ["dry-run", "jsonl"], ["dry-run", "write-out"],
    ]

    private static let records: Set = [
        "format", "json", "jsonl", "write-out", "jq", "body", "output-dir", "remote-name", "output", "records",
        "include-headers", "sqlite", "sqlite-table",
    ]
    private static let texts: Set = ["data", "data-raw", "data-binary", "data-urlencode"]
    private static let forms: Set = ["form", "form-string"]
    private static let bodies = texts.union(forms).union(["json-data", "upload-file"])

    /// Each option of the one set excludes each of the other.
    private static let pairs: [(Set<String>, Set<String>)] = [
        (["print", "include"], records), (["print", "include", "dump-header"], ["resume", "dedupe"]),
        (["out-null"], ["print", "include", "body", "output-dir", "remote-name"]),
        (["http2"], ["limit-rate", "limit-rate-each", "segments", "no-alpn"]), (["segments"], ["continue"]),
        (["progress"], ["quiet", "silent"]), (["remote-header-name"], ["skip-existing", "timestamping"]),
        (["no-keepalive"], ["keepalive-time", "keepalive-cnt"]), (["request-target"], ["cache"]),
        (texts, forms), (["json-data"], texts.union(forms)), (["upload-file"], texts.union(forms).union(["json-data"])),
        (["get"], forms.union(["json-data", "upload-file"])), (["head"], bodies),
        (["head"], ["output-dir", "remote-name", "checksum", "checksums", "hash"]),
        (["watch-port"], ["dry-run", "curl", "dump"]),
        (["each-line"], bodies.union(["get", "head", "checksum", "checksums", "allow-files"])),
    ]

    /// The first set replaces the second and not the other way round: what protects is not given up in passing.
    private static let oneWay: [(Set<String>, Set<String>)] = [
        (["no-private"], ["connect-to", "unix-socket", "abstract-unix-socket", "interface"])
    ]

    /// What an option needs one of.
    private static let needs: [(Set<String>, Set<String>)] = [
        (
            [
                "filename-template", "remote-header-name", "continue", "continue-at", "segments", "skip-existing",
                "no-clobber", "timestamping", "remote-time",
            ], ["output-dir", "remote-name"]
        ),
        (["checksum", "checksums", "hash"], ["output-dir", "remote-name", "body"]),
        (["sqlite-table"], ["sqlite"]), (["preproxy"], ["proxy"]), (["form-escape"], forms),
        (["delegation", "service-name"], ["negotiate", "anyauth"]),
    ]

    /// Whether a stronger source's option replaces a weaker source's.
    static func replaces(_ strong: OptionDescription, _ weak: OptionDescription) -> Bool {
        if strong.key == weak.key { return true }
        // A crawl's --include is a pattern.
        guard ![strong, weak].contains(where: { $0.key == "include" && $0.value != nil }) else { return false }
        let (one, other) = (strong.key, weak.key)
        if groups.contains(where: { $0.contains(one) && $0.contains(other) }) {
            return !together.contains([one, other])
        }
        return pairs.contains { $0.contains(one) && $1.contains(other) || $0.contains(other) && $1.contains(one) }
            || oneWay.contains { $0.contains(one) && $1.contains(other) }
    }

    /// Whether an option has lost all that it needs one of.
    ///
    /// - Parameters:
    ///   - lost: The options that were replaced.
    ///   - rest: Those that are there.
    static func isStranded(_ option: OptionDescription, without lost: Set<String>, _ rest: Set<String>) -> Bool {
        needs.contains { options, needed in
            options.contains(option.key) && !needed.isDisjoint(with: lost) && needed.isDisjoint(with: rest)
        }
    }
}
