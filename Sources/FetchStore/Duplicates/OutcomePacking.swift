import FetchHTTP
import FetchSystem

/// Serialises an outcome without its input, for outcomes that are kept while a run may still find an equal request.
///
/// Integers are zigzag varints, texts and bytes have their length before them, and optional values have a 0 or 1.
enum OutcomePacking {
    /// The bytes of an outcome.
    ///
    /// - Parameter keepsHeaders: Whether all headers of the response are kept, or only its content type.
    static func pack(_ outcome: Outcome, keepsHeaders: Bool) -> [UInt8] {
        var packer = Packer()
        // Values of this type are not stored, and the record is the same.
        packer.optional(outcome.effectiveURL) { $0.text($1.redacted) }
        packer.optional(outcome.response) { packer, response in
            packer.integer(response.status)
            packer.text(response.httpVersion)
            let type = response.headers.contentType.map { [(name: "content-type", value: $0)] } ?? []
            packer.bytes(keepsHeaders ? response.headers.lines : HeaderFields(type).lines)
            switch response.body {
            case .discarded: packer.integer(0)
            case .file: packer.integer(1)
            case .bytes(let bytes):
                packer.integer(2)
                packer.bytes(bytes)
            }
            packer.integer(response.size)
            packer.integer(response.connects)
            packer.text(response.remoteIP)
            packer.integer(response.remotePort)
            packer.timing(response.timing)
            packer.optional(response.cache) { $0.text($1.rawValue) }
        }
        packer.optional(outcome.error) { packer, error in
            packer.text(error.kind.rawValue)
            packer.text(error.message)
            packer.optional(error.curlCode) { $0.integer(Int($1.rawValue)) }
            packer.optional(error.retryAfter) { $0.duration($1) }
        }
        packer.optional(outcome.timing) { $0.timing($1) }
        packer.integer(outcome.redirects)
        packer.integer(outcome.retries)
        packer.optional(outcome.startedAt) { $0.integer(Int($1)) }
        packer.duration(outcome.wait)
        packer.optional(outcome.fileName) { $0.text($1) }
        packer.optional(outcome.saved) { packer, saved in
            packer.optional(saved.digest) { $0.bytes($1) }
            packer.optional(saved.algorithm) { $0.text($1.rawValue) }
            packer.optional(saved.resumedFrom) { $0.integer($1) }
            packer.optional(saved.skipped) { $0.text($1) }
        }
        return packer.out
    }

    /// The outcome for another input with the same request; nil for bytes that are not valid.
    static func unpack(_ bytes: [UInt8], for input: Input) -> Outcome? {
        var unpacker = Unpacker(rest: bytes[...])
        var outcome = Outcome(input: input)
        outcome.effectiveURL = unpacker.optional { $0.text() }.flatMap { FetchURL($0) }
        outcome.response = unpacker.optional { unpacker in
            var response = Response(status: unpacker.integer(), httpVersion: unpacker.text())
            response.headers = HeaderFields(lines: unpacker.bytes())
            switch unpacker.integer() {
            case 1: response.body = .file
            case 2: response.body = .bytes(unpacker.bytes())
            default: break
            }
            response.size = unpacker.integer()
            response.connects = unpacker.integer()
            response.remoteIP = unpacker.text()
            response.remotePort = unpacker.integer()
            response.timing = unpacker.timing()
            response.cache = unpacker.optional { $0.text() }.flatMap(CacheState.init)
            return response
        }
        outcome.error = unpacker.optional { unpacker in
            let kind = FetchError.Kind(rawValue: unpacker.text()) ?? .io
            let message = unpacker.text()
            let code = unpacker.optional { $0.integer() }.map { CurlCode(rawValue: Int32(truncatingIfNeeded: $0)) }
            return FetchError(kind, message, curlCode: code, retryAfter: unpacker.optional { $0.duration() })
        }
        outcome.timing = unpacker.optional { $0.timing() }
        outcome.redirects = unpacker.integer()
        outcome.retries = unpacker.integer()
        outcome.startedAt = unpacker.optional { Int64($0.integer()) }
        outcome.wait = unpacker.duration()
        outcome.fileName = unpacker.optional { $0.text() }
        outcome.saved = unpacker.optional { unpacker in
            SavedDetails(
                digest: unpacker.optional { $0.bytes() },
                algorithm: unpacker.optional { $0.text() }.flatMap { DigestAlgorithm(rawValue: $0) },
                resumedFrom: unpacker.optional { $0.integer() }, skipped: unpacker.optional { $0.text() })
        }
        return unpacker.isBroken || !unpacker.rest.isEmpty ? nil : outcome
    }
}

private struct Packer {
    var out: [UInt8] = []

    mutating func integer(_ value: Int) {
        var bits = UInt64(bitPattern: Int64(value << 1 ^ value >> 63))
        while bits >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: bits) | 0x80)
            bits >>= 7
        }
        out.append(UInt8(truncatingIfNeeded: bits))
    }

    mutating func bytes(_ value: some Collection<UInt8>) {
        integer(value.count)
        out += value
    }

    mutating func text(_ value: String) { bytes(value.utf8) }

    /// In microseconds, the resolution of libcurl.
    mutating func duration(_ value: Duration) { integer(Int(value.microseconds)) }

    mutating func timing(_ value: Timing) {
        for part in [value.nameLookup, value.connect, value.appConnect, value.startTransfer, value.total] {
            duration(part)
        }
    }

    mutating func optional<Value>(_ value: Value?, _ body: (inout Packer, Value) -> Void) {
        integer(value == nil ? 0 : 1)
        if let value { body(&self, value) }
    }
}

private struct Unpacker {
    var rest: ArraySlice<UInt8>
    var isBroken = false

    mutating func integer() -> Int {
        var bits: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst(), shift < 64 {
            bits |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(truncatingIfNeeded: bits >> 1) ^ -Int(truncatingIfNeeded: bits & 1) }
            shift += 7
        }
        isBroken = true
        return 0
    }

    mutating func bytes() -> [UInt8] {
        let count = integer()
        guard count >= 0, count <= rest.count else {
            isBroken = true
            return []
        }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func text() -> String { String(decoding: bytes(), as: UTF8.self) }

    mutating func duration() -> Duration { .microseconds(integer()) }

    mutating func timing() -> Timing {
        var timing = Timing()
        timing.nameLookup = duration()
        timing.connect = duration()
        timing.appConnect = duration()
        timing.startTransfer = duration()
        timing.total = duration()
        return timing
    }

    mutating func optional<Value>(_ body: (inout Unpacker) -> Value) -> Value? {
        integer() == 0 ? nil : body(&self)
    }
}
