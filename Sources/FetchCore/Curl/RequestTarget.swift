import CCurl

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Gives libcurl a URL in two parts: the origin, parsed once for as long as it stays the same, and the request target,
/// byte for byte as ``FetchURL`` has it. libcurl's own parsing of each URL costs 18 % of a small request's instructions
/// (docs/benchmarks.md), and it would write percent-encoded bytes in lower case.
final class RequestTarget {
    private let easy: UnsafeMutableRawPointer
    private let parsed: OpaquePointer
    private var origin: [UInt8] = []
    private var isApplied = false

    /// For an easy handle without proxy and cookies; nil when memory is short.
    init?(easy: UnsafeMutableRawPointer) {
        guard let parsed = ccurl_url_init() else { return nil }
        self.easy = easy
        self.parsed = parsed
    }

    /// Gives the parsed origin back; after the easy handle.
    func free() { ccurl_url_cleanup(parsed) }

    /// Sets the URL; false, with nothing set, when it is not one for this way.
    func set(_ url: FetchURL) -> Bool {
        guard let pathStart = url.plainPathStart else {
            reset()
            return false
        }
        return url.href.withCString { text in
            if !isSameOrigin(text, pathStart), !setOrigin(text, pathStart) { return false }
            if !isApplied {
                isApplied = true
                ccurl_set_pointer(easy, CURLOPT_CURLU, UnsafeRawPointer(parsed))
            }
            ccurl_set_string(easy, CURLOPT_REQUEST_TARGET, text + pathStart)
            return true
        }
    }

    private func isSameOrigin(_ text: UnsafePointer<CChar>, _ length: Int) -> Bool {
        guard origin.count == length else { return false }
        return memcmp(text, origin, length) == 0
    }

    private func setOrigin(_ text: UnsafePointer<CChar>, _ length: Int) -> Bool {
        origin = Array(UnsafeRawBufferPointer(start: text, count: length))
        // The handle that was given is duplicated by libcurl when a transfer starts, so it may change between two.
        let code = (origin + [0x2F, 0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { ccurl_url_set(parsed, CURLUPART_URL, $0.baseAddress) }
        }
        guard code == CURLUE_OK else {
            reset()
            return false
        }
        return true
    }

    private func reset() {
        origin = []
        guard isApplied else { return }
        isApplied = false
        ccurl_set_pointer(easy, CURLOPT_CURLU, nil)
        ccurl_set_pointer(easy, CURLOPT_REQUEST_TARGET, nil)
    }
}
