import CDynamic

/// A jq program, compiled once and run on many JSON texts: libjq behind one wrapper.
///
/// libjq keeps state for each thread, so all of it happens on one: the first use compiles, and every use checks that it
/// is on the same thread. jq 1.6 reads numbers as doubles: an integer beyond 2^53 comes out rounded.
///
/// Sendable without the compiler's proof: the state is nil until the first use, is touched by the thread that made it and
/// no other (``onItsThread`` ends the process rather than let another in), and a program crosses threads only before.
final class JQProgram: @unchecked Sendable {
    /// What a program gives for a text.
    struct Output: Sendable, Hashable {
        /// The value as JSON text on one line.
        var json: [UInt8]
        /// The bytes of a value that is a string, without quotes and escapes; nil for all others.
        var string: [UInt8]?
    }

    /// The program as it was written.
    let text: String
    /// libjq's functions; nil until the first use.
    private var jq: UnsafePointer<cdynamic_jq>?
    private var state: OpaquePointer?
    private var thread: UInt = 0
    private var problem: String?

    /// Takes a program without looking at it.
    init(_ text: String) { self.text = text }

    /// Compiles the program: 10 to 25 ms, as jq reads its own library first.
    ///
    /// - Throws: ``InputFailure`` with what jq says is wrong with it.
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
        // Where `import` looks: nowhere.
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
    /// - Throws: What jq says when the program fails on the text; outputs before that are lost.
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
        var outputs: [Output] = []
        while true {
            let next = jq.pointee.jq_next(state)
            guard jq.pointee.jv_get_kind(next) != JV_KIND_INVALID else {
                if jq.pointee.jv_invalid_has_msg(jq.pointee.jv_copy(next)) != 0 {
                    throw InputFailure(Self.message(of: next, jq))
                }
                jq.pointee.jv_free(next)
                if jq.pointee.jq_halted(state) != 0 { throw InputFailure("the program halted") }
                return outputs
            }
            outputs.append(Self.output(next, jq))
        }
    }

    /// Gives the memory back, on the thread that made it; on any other it is left for the end of the process.
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

    /// The bytes of a string, which is given back.
    private static func bytes(of string: jv, _ jq: UnsafePointer<cdynamic_jq>) -> [UInt8] {
        let count = Int(jq.pointee.jv_string_length_bytes(jq.pointee.jv_copy(string)))
        defer { jq.pointee.jv_free(string) }
        guard let start = jq.pointee.jv_string_value(string) else { return [] }
        return UnsafeRawBufferPointer(start: start, count: count).map { $0 }
    }

    /// What an invalid value says, which is given back.
    private static func message(of value: jv, _ jq: UnsafePointer<cdynamic_jq>) -> String {
        let message = jq.pointee.jv_invalid_get_msg(value)
        let text = jq.pointee.jv_get_kind(message) == JV_KIND_STRING ? message : jq.pointee.jv_dump_string(message, 0)
        return String(decoding: bytes(of: text, jq), as: UTF8.self)
    }

    /// libjq calls it while it compiles, on the same thread.
    private static let keepProblem: jq_msg_cb = { context, message in
        guard let context else { return }
        // It is ours: the program is alive while it compiles.
        let program = Unmanaged<JQProgram>.fromOpaque(context).takeUnretainedValue()
        guard let jq = program.jq else { return }
        let text = jq.pointee.jv_get_kind(message) == JV_KIND_STRING ? message : jq.pointee.jv_dump_string(message, 0)
        let problem = String(decoding: JQProgram.bytes(of: text, jq), as: UTF8.self)
        // The first complaint names the position; the ones behind it only count.
        if program.problem == nil {
            program.problem = problem.split(separator: "\n").first.map { JQProgram.reason(String($0)) }
        }
    }

    /// What jq says, without its name before it and its guess at the shell behind it.
    private static func reason(_ text: String) -> String {
        var reason = text[...]
        if reason.hasPrefix("jq: error: ") { reason = reason.dropFirst("jq: error: ".count) }
        if let end = String(reason).range(of: " (Unix shell quoting issues?)") {
            return String(String(reason)[..<end.lowerBound])
        }
        return String(reason)
    }
}
