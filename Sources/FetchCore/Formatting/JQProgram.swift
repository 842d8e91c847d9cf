import CJQ

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

    /// Why there is no output, in jq's words.
    struct Failure: Error, Sendable, Hashable {
        let message: String
    }

    /// The program as it was written.
    let text: String
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
        guard let made = jq_init() else { throw InputFailure("there is no memory for jq") }
        thread = NativeThread.current
        state = made
        jq_set_error_cb(made, Self.keepProblem, Unmanaged.passUnretained(self).toOpaque())
        // Where `import` looks: nowhere.
        jq_set_attr(made, jv_string("JQ_LIBRARY_PATH"), jv_array())
        jq_set_attr(made, jv_string("PROGRAM_ORIGIN"), jv_string("."))
        guard jq_compile(made, text) != 0 else {
            let reason = problem ?? "it does not compile"
            close()
            throw InputFailure("'\(TerminalText.escaped(text))' is no jq program: \(reason)")
        }
    }

    /// Runs the program on one valid JSON text.
    ///
    /// - Parameter json: The text; not empty.
    /// - Returns: Its outputs, in their order.
    /// - Throws: What jq says when the program fails on the text; outputs before that are lost.
    func run(_ json: ArraySlice<UInt8>) throws(Failure) -> [Output] {
        guard let state else { throw Failure(message: "the program is not compiled") }
        onItsThread()
        let value = json.withUnsafeBytes { bytes in
            jv_parse_sized(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: bytes.count))
        }
        guard jv_is_valid(value) != 0 else { throw Failure(message: Self.message(of: value)) }
        problem = nil
        jq_start(state, value, 0)
        var outputs: [Output] = []
        while true {
            let next = jq_next(state)
            guard jv_is_valid(next) != 0 else {
                if jv_invalid_has_msg(jv_copy(next)) != 0 { throw Failure(message: Self.message(of: next)) }
                jv_free(next)
                if jq_halted(state) != 0 { throw Failure(message: "the program halted") }
                return outputs
            }
            outputs.append(Self.output(next))
        }
    }

    /// Gives the memory back, on the thread that made it; on any other it is left for the end of the process.
    func close() {
        guard state != nil, thread == NativeThread.current else { return }
        jq_teardown(&state)
        state = nil
    }

    private func onItsThread() {
        precondition(thread == NativeThread.current, "a jq program is used on one thread")
    }

    private static func output(_ value: jv) -> Output {
        let string = jv_get_kind(value) == JV_KIND_STRING ? bytes(of: jv_copy(value)) : nil
        return Output(json: bytes(of: jv_dump_string(value, 0)), string: string)
    }

    /// The bytes of a string, which is given back.
    private static func bytes(of string: jv) -> [UInt8] {
        let count = Int(jv_string_length_bytes(jv_copy(string)))
        defer { jv_free(string) }
        guard let start = jv_string_value(string) else { return [] }
        return UnsafeRawBufferPointer(start: start, count: count).map { $0 }
    }

    /// What an invalid value says, which is given back.
    private static func message(of value: jv) -> String {
        let message = jv_invalid_get_msg(value)
        let text = jv_get_kind(message) == JV_KIND_STRING ? message : jv_dump_string(message, 0)
        return String(decoding: bytes(of: text), as: UTF8.self)
    }

    /// libjq calls it while it compiles, on the same thread.
    private static let keepProblem: jq_msg_cb = { context, message in
        let text = jv_get_kind(message) == JV_KIND_STRING ? message : jv_dump_string(message, 0)
        let problem = String(decoding: JQProgram.bytes(of: text), as: UTF8.self)
        guard let context else { return }
        // It is ours: the program is alive while it compiles.
        let program = Unmanaged<JQProgram>.fromOpaque(context).takeUnretainedValue()
        // The first complaint names the place; the ones behind it only count.
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
