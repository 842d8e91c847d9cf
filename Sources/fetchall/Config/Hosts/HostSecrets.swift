import FetchHTTP
import FetchSystem
import Synchronization

/// The first failure of a run to read the value of a host.
final class SecretFailures: Sendable {
    private enum Failure {
        /// What failed, and where it is written.
        case mistake(String)
        /// The run ended before the program that gives the value.
        case ended
    }

    private let first = Mutex<Failure?>(nil)

    /// What failed, and where it is written; nil if nothing has.
    var message: String? {
        if case .mistake(let text) = first.withLock({ $0 }) { text } else { nil }
    }

    /// Whether the run ended before the program that gives a value.
    var isEnded: Bool {
        if case .ended = first.withLock({ $0 }) { true } else { false }
    }

    /// Whether a value is missing, for either reason: nothing is sent then.
    var isMissing: Bool { first.withLock { $0 != nil } }

    /// Records a failure, unless there is one.
    func report(_ mistake: ConfigMistake) { first.withLock { $0 = $0 ?? .mistake(mistake.description) } }

    /// Records that the run ended first, unless there is a failure.
    func reportEnd() { first.withLock { $0 = $0 ?? .ended } }
}

/// The value of a host's field, which is read once, when it is first asked for.
private final class HostSecret: Sendable {
    private let field: HostRule.Field
    private let failures: SecretFailures
    private let known = Mutex<Result<[UInt8]?, ConfigMistake>?>(nil)

    init(_ field: HostRule.Field, _ failures: SecretFailures) {
        self.field = field
        self.failures = failures
    }

    /// The value; nil if it cannot be read, which has been reported then.
    func bytes() -> [UInt8]? {
        known.withLock { known in
            let result = known ?? Result { () throws(ConfigMistake) in try HostFieldValue.read(field) }
            if known == nil {
                switch result {
                case .failure(let mistake): failures.report(mistake)
                case .success(nil): failures.reportEnd()
                case .success: break
                }
            }
            known = result
            return (try? result.get()) ?? nil
        }
    }
}

extension ConfigOptions {
    /// What the user's file has for certain hosts. Nothing is read before a request to one of them is made.
    ///
    /// - Parameter output: Says whether nothing is sent; values from elsewhere are `***` then. Commands of curl need one
    ///   variable for each source: what two hosts get from different ones must not look equal.
    func rules(_ output: OutputOptions) throws -> [CredentialRule] {
        var rules: [CredentialRule] = []
        for host in hosts {
            let pattern = try HostPattern(host.host)
            for field in host.fields {
                let secret = HostSecret(field, failures)
                var placeholder: [UInt8]?
                if output.onlyPlans, !field.value.isSecret {
                    placeholder = Array((SecretSetting.mark + (output.tracing.curl ? " " + field.text : "")).utf8)
                }
                let value = { @Sendable [placeholder] () -> [UInt8]? in placeholder ?? secret.bytes() }
                rules.append(Self.rule(pattern, field.kind, value))
            }
        }
        return rules
    }

    private static func rule(
        _ hosts: HostPattern, _ kind: HostRule.Field.Kind, _ value: @escaping @Sendable () -> [UInt8]?
    ) -> CredentialRule {
        switch kind {
        case .header(let name): return CredentialRule(hosts: hosts, name: name, default: value)
        case .bearer:
            return CredentialRule(hosts: hosts, name: "Authorization") {
                value().map { Array("Bearer ".utf8) + $0 }
            }
        case .user:
            return CredentialRule(hosts: hosts, name: "Authorization") {
                value().map { pair in
                    let colon = UInt8(ascii: ":")
                    return Array(Credentials(pair: pair.contains(colon) ? pair : pair + [colon]).basic.utf8)
                }
            }
        }
    }

    /// The source, which ends where the value of a host could not be read: nothing is sent without it.
    func guarding(_ source: any InputSource) -> any InputSource {
        hosts.isEmpty ? source : SecretGuard(source: source, failures: failures)
    }

    /// The status of a run: a value that could not be read is a mistake in a file, and one that came too late is the
    /// deadline's.
    func status(_ status: ExitStatus) -> ExitStatus {
        if failures.message != nil { return .usage }
        if case .success = status, failures.isEnded { return .deadline }
        return status
    }
}

/// A source that ends when the value of a host could not be read. The inputs that have been read by then are not sent, and
/// get their records.
private final class SecretGuard: InputSource {
    private let source: any InputSource
    private let failures: SecretFailures
    private let isOver = Atomic(false)

    init(source: any InputSource, failures: SecretFailures) {
        self.source = source
        self.failures = failures
    }

    func next() async -> [Input]? {
        let chunk = await source.next()
        guard failures.isMissing else { return chunk }
        let isFirst = !isOver.exchange(true, ordering: .relaxed)
        return isFirst && !failures.isEnded ? chunk?.map(Self.unsent) : nil
    }

    private static func unsent(_ input: Input) -> Input {
        var input = input
        input.refusal = FetchError(.cancelled, "not sent: the value of a host could not be read")
        return input
    }

    func close() { source.close() }

    var total: Int? { source.total }

    var failure: InputFailure? { failures.message.map { InputFailure($0) } ?? source.failure }
}
