package import FetchHTTP
import Synchronization

/// Gives each input of a run its fields of the command line: it remembers the origin of the first input, and reports once
/// that another one would have had credentials.
package final class CredentialGate: Sendable {
    /// What the run says about credentials that stay where they belong.
    package struct Notice: Sendable, Hashable {
        /// The fields that are not sent, as they were written.
        package let names: [String]
        /// The origin that they are for; nil if the first input is not valid.
        package let home: Origin?
        /// The first origin that does not get them.
        package let stranger: Origin

        /// Takes each value as it is.
        package init(names: [String], home: Origin?, stranger: Origin) {
            self.names = names
            self.home = home
            self.stranger = stranger
        }
    }

    private struct State {
        var home: Origin?
        var isDecided: Bool
        var hasReported = false
        var last = LastOrigin<(fields: HeaderFields, isStranger: Bool)>()
    }

    private let scope: CredentialScope
    private let state: Mutex<State>
    private let report: @Sendable (Notice) -> Void

    /// Makes a gate.
    ///
    /// - Parameters:
    ///   - home: The origin that the credentials are for; nil for that of the first input.
    ///   - report: Is called at most once, on the thread that reads the input.
    package init(
        _ scope: CredentialScope, home: Origin? = nil, report: @escaping @Sendable (Notice) -> Void = { _ in }
    ) {
        self.scope = scope
        self.report = report
        state = Mutex(State(home: home, isDecided: home != nil))
    }

    /// The origin that the credentials are for; nil while it is unknown, if the first input is not valid, and if there are
    /// no credentials.
    package var home: Origin? { scope.needsHome ? state.withLock { $0.home } : nil }

    /// The fields for a request that does not exist: those that are not credentials.
    var fieldsForNothing: HeaderFields { scope.plain }

    /// The fields of the command line for a request. The first call decides whose the credentials are.
    ///
    /// - Parameter own: The fields that the request has in place of those of the command line.
    func fields(for url: FetchURL, besides own: HeaderFields = HeaderFields()) -> HeaderFields {
        var notice: Notice?
        let fields = state.withLock { state in
            if !state.isDecided {
                state.home = url.origin
                state.isDecided = true
            }
            // A stranger's input may have own fields in place of what is withheld, and the next may not.
            if let known = state.last.value(of: url), !known.isStranger || state.hasReported { return known.fields }
            let fields = scope.fields(for: url, home: state.home)
            let isStranger = scope.needsHome && url.origin != state.home
            state.last.remember((fields, isStranger), of: url)
            guard isStranger, !state.hasReported else { return fields }
            var given = fields
            given.append(contentsOf: own)
            let names = scope.withheld(from: url, home: state.home, besides: given)
            if !names.isEmpty {
                state.hasReported = true
                notice = Notice(names: names, home: state.home, stranger: url.origin)
            }
            return fields
        }
        if let notice { report(notice) }
        return fields
    }

    /// Records that the first input is not valid: no other takes its place, because it is not known which was meant.
    func firstIsInvalid() { state.withLock { $0.isDecided = true } }
}
