import FetchArgumentParser

/// What a run does with the answers themselves, beside or in place of records.
struct AnswerPlan: Sendable {
    /// The parts of an answer.
    enum Part: String, ExpressibleByArgument, CaseIterable {
        case body, headers, both
    }

    /// The part that is written to standard output in place of records; nil for records.
    var part: Part?
    /// Whether bodies of statuses that are not accepted are left out.
    var dropsFailures = false
    /// The file of the heads; nil for none.
    var dumpHeader: String?

    /// Whether answers are written in place of records.
    var printsAnswers: Bool { part != nil }
    /// Whether bodies are written.
    var printsBodies: Bool { part == .body || part == .both }
    /// Whether heads are written, wherever.
    var needsHeads: Bool { part == .headers || part == .both || dumpHeader != nil }
    /// Whether outcomes are needed in input order.
    var isOrdered: Bool { part != nil || dumpHeader != nil }
}
