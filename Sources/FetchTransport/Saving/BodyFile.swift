package import FetchHTTP
import FetchSystem
import CPosix
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A body that is being saved: a temporary file, which gets its final name when it is complete.
///
/// Until then it has no name at all if the file system supports that. A directory that changes once for each file instead
/// of three times takes a third less time, and a killed process leaves nothing behind. A large body that can be continued is
/// called `NAME.part` instead, with a note beside it (BodyFile+Part.swift).
package final class BodyFile: Sendable {
    /// How the file is found until it has its final name.
    package enum Form: Sendable {
        /// Only by its descriptor.
        case unnamed
        /// By a hidden name.
        case temporary
        /// As `NAME.part`.
        case part
        /// By another file that it is a segment of.
        case segment
    }

    struct State {
        var form: Form
        /// The progress; nil for a file that is not continued.
        var progress: PartProgress?
        /// The existing file, if the current request asks for a newer one.
        var existing: ExistingFile?
        /// Whether the response showed that the existing file is as new as the server's.
        var isCurrent = false
        /// Whether the user asked for a part of the body.
        var mayBePartial = false
        /// What is missing of a file that is fetched in segments; nil for one that has no gap.
        var missing: [Range<Int>]?
        /// Whether the server does not send segments.
        var refusesSegments = false
        /// Whether it was tried to keep the file as a part.
        var isKeepingTried = false
    }

    /// Open for writing until it is published or discarded.
    package let descriptor: Int32
    package let folder: BodyFolder
    let input: Input
    /// The URL of its input, for the note.
    let url: FetchURL
    /// The digests of its bytes; nil if none are needed.
    let digests: FileDigests?
    /// The path that was chosen when it was opened, after which its part is named.
    package let path: FolderPath
    let closeMayFail: Bool
    /// The display of the file that this is a segment of.
    let segments: SegmentProgress?
    let state: Mutex<State>

    /// Writes all bytes of a body to an open file.
    ///
    /// - Returns: Why it cannot, or nil.
    package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> FetchError? {
        do throws(Errno) {
            try SystemFile.writeAll(bytes, to: descriptor)
            return nil
        } catch {
            return FetchError(.io, "cannot save the body: \(error)", curlCode: .writeError)
        }
    }

    /// Writes bytes behind all earlier ones.
    ///
    /// - Returns: Why it cannot, or nil.
    package func write(_ bytes: UnsafeRawBufferPointer) -> FetchError? {
        digests?.update(bytes)
        return Self.write(bytes, to: descriptor)
    }

    /// Takes over an open temporary file.
    ///
    /// - Parameters:
    ///   - descriptor: The open file.
    ///   - path: Its final path.
    ///   - input: The input, whose index is part of its temporary name.
    ///   - form: How it is found.
    ///   - progress: Its progress, if it may be continued.
    ///   - missing: What is missing of it, if it has gaps.
    ///   - segments: The display of the file that this is a segment of.
    ///   - closeMayFail: Whether the file system may report at the close that bytes were lost.
    package init(
        descriptor: Int32, folder: BodyFolder, path: FolderPath, input: Input, url: FetchURL, form: Form,
        progress: PartProgress?, missing: [Range<Int>]? = nil, segments: SegmentProgress? = nil, closeMayFail: Bool
    ) {
        self.descriptor = descriptor
        self.folder = folder
        self.url = url
        self.input = input
        if case .segment = form { digests = nil } else { digests = FileDigests(folder.algorithms(for: input)) }
        self.closeMayFail = closeMayFail
        self.path = path
        self.segments = segments
        state = Mutex(State(form: form, progress: progress, missing: missing))
    }

    /// The temporary name of an input's file. Two runs in two containers may have one process ID.
    static func temporaryName(_ index: Int) -> String { ".fetchall-\(runID)-\(index).part" }

    private static let runID = "\(getpid())-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"

    /// Whether it is a segment of another file.
    var isSegment: Bool { state.withLock { $0.form } == .segment }

    var temporaryName: String { Self.temporaryName(input.index) }

    /// Empties the file for another attempt.
    package func rewind() {
        digests?.reset()
        _ = ftruncate(descriptor, 0)
        lseek(descriptor, 0, SEEK_SET)
    }

    /// Closes the file. What is there of it is kept if it can be continued, and otherwise removed; only a part that the
    /// server did not continue is put aside.
    package func discard() {
        folder.promises.withLock { $0.forget(descriptor) }
        defer { close(descriptor) }
        if isSegment { return }
        removeStrayNote()
        if isWorthKeeping, keep() {
            folder.keptCount.add(1, ordering: .relaxed)
            return
        }
        let (form, obstacle) = state.withLock { ($0.form, $0.progress?.obstacle) }
        switch form {
        case .unnamed, .segment: return
        case .temporary: _ = path.withParent(creates: false) { unlinkat($0, temporaryName, 0) }
        case .part: if let obstacle { folder.putAside(path, obstacle) } else { removePart() }
        }
    }
}

extension BodyFile: Hashable {
    /// Whether they are one file.
    package static func == (left: BodyFile, right: BodyFile) -> Bool { left === right }

    /// Hashes the identity.
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
