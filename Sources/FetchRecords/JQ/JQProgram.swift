import FetchSystem
import CDynamic

/// A jq program that is compiled once and run on many JSON texts; a wrapper around libjq.
///
/// libjq keeps state for each thread, so all calls are made on one: the first use compiles, and every use checks that
/// it is on the same thread. jq 1.6 reads numbers as doubles and rounds integers beyond 2^53.
///
/// Sendable without the compiler's proof: the state is nil until the first use and is accessed only by the thread that
/// created it (``onItsThread`` ends the process if another thread calls it). A program is passed to another thread only
/// before its first use.
final class JQProgram: @unchecked Sendable {
    /// One output of a program.
    struct Output: Sendable, Hashable {
        /// The value as JSON text on one line.
        var json: [UInt8]
        /// The bytes of a string value, without quotes and escapes; nil for other values.
        var string: [UInt8]?
    }

    /// The text of the program.
    let text: String
    /// libjq's functions; nil until the first use.
    private var jq: UnsafePointer<cdynamic_jq>?
    private var state: OpaquePointer?
    private var thread: UInt = 0
    private var problem: String?

    /// Stores a program without compiling it.
    init(_ text: String) { self.text = text }

    /// Compiles the program. It takes 10 to 25 ms, because jq reads its own library first.
    ///
    /// - Throws: ``InputFailure`` with jq's error message.
    func compile() throws(InputFailure) {
        guard state == nil else { return onItsThread() }
        guard let jq = cdynamic_load_jq() else {
            throw InputFailure("jq programs need libjq: install it (apt install libjq1)")
        }
        guard let made = jq.pointee.jq_init() else { throw InputFailure("out of memory for jq") }
        thread = NativeThread.current
        self.jq = jq
        state = made
        jq.pointee.jq_set_error_cb(made, Self.keepProblem, Unmanaged.passUnretained(self).toOpaque())
        // The search path of `import` is empty.
        jq.pointee.jq_set_attr(made, jq.pointee.jv_string("JQ_LIBRARY_PATH"), jq.pointee.jv_array())
        jq.pointee.jq_set_attr(made, jq.pointee.jv_string("PROGRAM_ORIGIN"), jq.pointee.jv_string("."))
        guard jq.pointee.jq_compile(made, text) != 0 else {
            let reason = problem ?? "it does not compile"
            close()
            throw InputFailure("'\(TerminalText.escaped(text))' is not a valid jq program: \(reason)")
        }
    }

    /// Runs the program on one valid JSON text.
    ///
    /// - Parameter json: The text; not empty.
    /// - Returns: Its outputs, in their order.
    /// - Throws: jq's error when the program fails on the text; earlier outputs are lost.
    func run(_ json: ArraySlice<UInt8>) throws(InputFailure) -> [Output] {
        guard let jq, let state else { throw InputFailure("the program is not compiled") }
        onItsThread()
        let value = json.withUnsafeBytes { bytes in
            jq.pointee.jv_parse_sized(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: bytes.count))
        }
        guard jq.pointee.jv_get_kind(value) != JV_KIND_INVALID else {
            throw InputFailure(Self.message(of: value, jq))
        }
        problem = nil
        jq.pointee.jq_start(state, value, 0)
        let (result, isHalted) = JQWatch.watch(state, jq) { outputs(of: state, jq) }
        if isHalted { throw InputFailure("ended, because the run has to end and the program did not") }
        return try result.get()
    }

    /// The outputs of the program that was started.
    private func outputs(
        of state: OpaquePointer, _ jq: UnsafePointer<cdynamic_jq>
    ) -> Result<[Output], InputFailure> {
        var outputs: [Output] = []
        while true {
            let next = jq.pointee.jq_next(state)
            guard jq.pointee.jv_get_kind(next) != JV_KIND_INVALID else {
                if jq.pointee.jv_invalid_has_msg(jq.pointee.jv_copy(next)) != 0 {
                    return .failure(InputFailure(Self.message(of: next, jq)))
                }
                jq.pointee.jv_free(next)
                if jq.pointee.jq_halted(state) != 0 { return .failure(InputFailure("the program halted")) }
                return .success(outputs)
            }
            outputs.append(Self.output(next, jq))
        }
    }

    /// Frees the memory on the thread that created it; on any other thread it is left until the process ends.
    func close() {
        guard let jq, state != nil, thread == NativeThread.current else { return }
        jq.pointee.jq_teardown(&state)
        state = nil
    }

    private func onItsThread() {
        precondition(thread == NativeThread.current, "a jq program is used on one thread")
    }

    private static func output(_ value: jv, _ jq: UnsafePointer<cdynamic_jq>) -> Output {
        let string = jq.pointee.jv_get_kind(value) == JV_KIND_STRING ? bytes(of: jq.pointee.jv_copy(value), jq) : nil
        return Output(json: bytes(of: jq.pointee.jv_dump_string(value, 0), jq), string: string)
    }

    /// The bytes of a string, which is freed.
    private static func bytes(of string: jv, _ jq: UnsafePointer<cdynamic_jq>) -> [UInt8] {
        let count = Int(jq.pointee.jv_string_length_bytes(jq.pointee.jv_copy(string)))
        defer { jq.pointee.jv_free(string) }
        guard let start = jq.pointee.jv_string_value(string) else { return [] }
        return UnsafeRawBufferPointer(start: start, count: count).map { $0 }
    }

    /// The message of an invalid value, which is freed.
    private static func message(of value: jv, _ jq: UnsafePointer<cdynamic_jq>) -> String {
        let message = jq.pointee.jv_invalid_get_msg(value)
        let text = jq.pointee.jv_get_kind(message) == JV_KIND_STRING ? message : jq.pointee.jv_dump_string(message, 0)
        return String(decoding: bytes(of: text, jq), as: UTF8.self)
    }

    /// libjq calls it while it compiles, on the same thread.
    private static let keepProblem: jq_msg_cb = { context, message in
        guard let context else { return }
        // The pointer is to this program, which is alive while it compiles.
        let program = Unmanaged<JQProgram>.fromOpaque(context).takeUnretainedValue()
        guard let jq = program.jq else { return }
        let text = jq.pointee.jv_get_kind(message) == JV_KIND_STRING ? message : jq.pointee.jv_dump_string(message, 0)
        let problem = String(decoding: JQProgram.bytes(of: text, jq), as: UTF8.self)
        // The first message names the position; the later ones only count the errors.
        if program.problem == nil {
            program.problem = problem.split(separator: "\n").first.map { JQProgram.reason(String($0)) }
        }
    }

    /// jq's message without its name at the start and its guess about the shell at the end.
    private static func reason(_ text: String) -> String {
        var reason = text[...]
        if reason.hasPrefix("jq: error: ") { reason = reason.dropFirst("jq: error: ".count) }
        if let end = String(reason).range(of: " (Unix shell quoting issues?)") {
            return String(String(reason)[..<end.lowerBound])
        }
        return String(reason)
    }
}
