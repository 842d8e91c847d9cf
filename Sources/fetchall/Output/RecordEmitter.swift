import FetchRecords
import FetchSystem
import FetchArgumentParser

/// Makes records and writes them, on one thread: jq programs are compiled there and must stay there.
protocol RecordEmitter: Sendable {
    /// Whether a document could not be written as it should be.
    var hadProblems: Bool { get }
    /// What is not written yet.
    var batch: OutputBatch { get set }

    /// Prepares the formatter on the thread that writes, before anything is sent.
    mutating func prepare() throws(InputFailure)

    /// The end of the document; the formatter gives it once.
    mutating func formatEnd() -> [UInt8]
}

extension RecordEmitter {
    /// The emitter, prepared on its thread.
    ///
    /// - Throws: `ValidationError` when its program is not valid.
    func prepared(on thread: any TaskExecutor) async throws -> Self {
        try await withTaskExecutorPreference(thread) { () -> Result<Self, ValidationError> in
            var emitter = self
            do throws(InputFailure) {
                try emitter.prepare()
                return .success(emitter)
            } catch {
                return .failure(ValidationError(error.message))
            }
        }.get()
    }

    /// Appends the end of the document, if it was not appended yet.
    mutating func appendEnd() {
        if batch.ending == nil { batch.append(ending: formatEnd()) }
    }

    /// Writes on its thread until the closure returns. If it throws, the document gets its end nevertheless, where that
    /// is possible.
    ///
    /// - Returns: What the closure returns or throws, and the emitter as it is then.
    func writing<Value: Sendable>(
        on thread: any TaskExecutor, _ write: (inout Self) async throws(OutputFailure) -> Value
    ) async -> (end: Result<Value, OutputFailure>, emitter: Self) {
        await withTaskExecutorPreference(thread) {
            var emitter = self
            do throws(OutputFailure) {
                return (.success(try await write(&emitter)), emitter)
            } catch {
                emitter.appendEnd()
                emitter.batch.endFailed()
                return (.failure(error), emitter)
            }
        }
    }
}

extension Result {
    /// The failure; nil for a success.
    var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}
