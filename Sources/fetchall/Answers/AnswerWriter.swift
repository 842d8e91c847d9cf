import FetchHTTP
import FetchRecords
import FetchScheduling
import FetchSystem
import FetchTransport
import Synchronization

/// Writes answers to standard output in input order: that of the input whose turn it is as it arrives, the others when
/// their turn comes.
///
/// Both methods run on the thread that writes; the lock is there for the compiler.
final class AnswerWriter: Sendable {
    /// Where the bodies wait.
    let spools: AnswerSpools
    private let part: AnswerPlan.Part
    private let dropsFailures: Bool
    private let redirectHeads: RedirectHeads?
    private let console: Console

    /// What was written of the answer whose turn it is.
    private struct Progress {
        var hasHead = false
        var hasBody = false
        /// Why it is not written any more.
        var refusal: FetchError?
    }

    private struct State {
        var progress = Progress()
        /// Why standard output takes no more.
        var failure: OutputFailure?
    }

    private let state = Mutex(State())

    /// The writer of a run; nil if it writes records.
    init?(_ plan: AnswerPlan?, _ redirectHeads: RedirectHeads?, _ console: Console) {
        guard let plan, let part = plan.part else { return nil }
        self.part = part
        dropsFailures = plan.dropsFailures
        self.redirectHeads = redirectHeads
        self.console = console
        spools = AnswerSpools(
            folder: console.environment("TMPDIR") ?? "/tmp", keepsBodies: plan.printsBodies,
            keepsFailures: !plan.dropsFailures)
    }

    /// Writes what arrives for the input whose turn it is, until its task is cancelled.
    func run(on thread: any TaskExecutor) async {
        await withTaskExecutorPreference(thread) { for await _ in spools.arrivals { writeArrived() } }
    }

    private func writeArrived() {
        guard let spool = spools.current else { return }
        state.withLock { state in
            guard state.failure == nil, state.progress.refusal == nil else { return }
            do throws(FetchError) {
                while let piece = try spool.takeEarly() {
                    do throws(OutputFailure) {
                        try write(piece, &state.progress)
                    } catch {
                        state.failure = error
                        spool.refuse(FetchError(.io, "standard output takes no more", curlCode: .writeError))
                        return
                    }
                    guard let refusal = state.progress.refusal else { continue }
                    // The transfer ends; its outcome says why.
                    return spool.refuse(refusal)
                }
            } catch {
                state.progress.refusal = error
                spool.refuse(error)
            }
        }
    }

    /// Writes what is missing of an answer. Inputs come here in their order.
    ///
    /// - Parameter outcome: Gets the reason if its body could not be kept, or is not for a terminal.
    func finish(_ outcome: inout Outcome) throws(OutputFailure) {
        let index = outcome.input.index
        let spool = spools.take(index)
        let redirects = redirectHeads?.take(index) ?? []
        let response = outcome.response
        let isDropped = dropsFailures && [.httpStatus, .rateLimited].contains(outcome.error?.kind)
        let result = state.withLock { state -> Result<FetchError?, OutputFailure> in
            defer { state.progress = Progress() }
            if let failure = state.failure { return .failure(failure) }
            do throws(OutputFailure) {
                if let response, part != .body, !state.progress.hasHead {
                    try write(redirects + response.headBytes)
                    state.progress.hasHead = true
                }
                guard let spool, part != .headers, !isDropped else { return .success(state.progress.refusal) }
                return .success(try writeRest(of: spool, &state.progress))
            } catch {
                state.failure = error
                return .failure(error)
            }
        }
        spool?.refuse(FetchError(.cancelled, "the answer is written"))
        spools.turn(to: index + 1)
        if let refusal = try result.get() { outcome.error = outcome.error ?? refusal }
    }

    private func writeRest(
        of spool: AnswerSpool, _ progress: inout Progress
    ) throws(OutputFailure) -> FetchError? {
        while progress.refusal == nil {
            let piece: AnswerSpool.Piece?
            do throws(FetchError) {
                piece = try spool.take()
            } catch {
                return error
            }
            guard let piece else { break }
            try write(piece, &progress)
        }
        return progress.refusal
    }

    private func write(_ piece: AnswerSpool.Piece, _ progress: inout Progress) throws(OutputFailure) {
        if let head = piece.head, part == .both, !progress.hasHead {
            try write((redirectHeads?.heads(of: spools.turn) ?? []) + head.headBytes)
            progress.hasHead = true
        }
        // As in curl, the first bytes tell.
        if !progress.hasBody, console.stdoutIsTerminal, piece.bytes.contains(0) {
            progress.refusal = FetchError(
                .io, "the body is binary, and standard output is a terminal; use -O, or --print body > FILE",
                curlCode: .writeError)
            return
        }
        progress.hasBody = true
        try write(piece.bytes)
    }

    private func write(_ bytes: [UInt8]) throws(OutputFailure) {
        var written = 0
        try console.write(bytes, to: .standardOutput, written: &written)
    }
}
