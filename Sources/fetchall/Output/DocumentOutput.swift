import FetchRecords
import SystemPackage

/// The destination of the records. A document that cannot be continued keeps what was written and gets its end where
/// that is possible: JSON is valid in every ending.
struct DocumentOutput {
    let console: Console
    let file: OutputFile
    /// Whether each record is a line of JSON.
    let isLines: Bool
    /// The bytes whose write failed, and how many of them were written.
    private var cut: (bytes: [UInt8], written: Int)?
    private var readerIsGone = false

    init(console: Console, file: OutputFile, isLines: Bool) {
        self.console = console
        self.file = file
        self.isLines = isLines
    }

    /// Writes bytes that begin at the end of a record, or at the beginning of the document.
    mutating func write(_ bytes: [UInt8]) throws(OutputFailure) {
        var written = 0
        do throws(OutputFailure) {
            try console.write(bytes, to: file, written: &written)
        } catch {
            if case .closed = error { readerIsGone = true } else { cut = (bytes, written) }
            throw error
        }
    }

    /// Ends the document of a run that failed.
    ///
    /// If the document itself could not be written (a full disk), its last record is cut off where it is not whole, and
    /// the end takes its place. A failure here adds nothing to the one that was reported.
    ///
    /// - Parameters:
    ///   - bytes: What is not written yet: whole records and the end, or nothing.
    ///   - ending: The end of the document; empty where each line stands for itself.
    mutating func end(_ bytes: [UInt8], with ending: [UInt8]) {
        guard !readerIsGone else { return }
        guard let cut else {
            _ = try? write(bytes)
            return
        }
        guard let end = file.position,
            let kept = wholePart(of: cut.bytes, written: cut.written, ending: ending)
        else { return }
        do throws(Errno) {
            try file.cut(to: end - Int64(cut.written - kept))
            var written = 0
            try? console.write(ending, to: file, written: &written)
        } catch {
            // The file stays as the failure left it.
        }
    }

    /// The number of bytes up to the end of the last record that was written whole; nil where records cannot be told
    /// apart. No record contains a line break.
    private func wholePart(of bytes: [UInt8], written: Int, ending: [UInt8]) -> Int? {
        if isLines { return bytes[..<written].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0 }
        guard ["\n]\n", "\n}\n"].contains(where: { ending.elementsEqual($0.utf8) }) else { return nil }
        for end in stride(from: written, through: 0, by: -1) {
            let rest = bytes[end...]
            if rest.starts(with: ",\n".utf8) || rest.elementsEqual(ending) { return end }
        }
        // Not one record: what remains is the bracket that opens the document.
        return written > 0 && (bytes.starts(with: "[\n".utf8) || bytes.starts(with: "{\n".utf8)) ? 1 : nil
    }
}
