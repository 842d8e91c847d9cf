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

/// The output directory: opened once, so that nothing outside it can be reached by name afterwards.
package final class BodyFolder: Sendable {
    let folder: Int32
    let template: FileNameTemplate
    package let saving: SavingOptions
    /// Receives a sentence about what was found in the directory.
    let report: @Sendable (String) -> Void

    struct State {
        var names = NameRegistry()
        /// Names that were chosen before their inputs started.
        var reserved: [Int: String] = [:]
        /// Whether files may be unnamed until they are complete.
        var allowsUnnamed: Bool
        /// The inputs whose unfinished files have names.
        var parts: [String: Int] = [:]
    }

    let state: Mutex<State>
    /// The disk space that is promised to bodies of known length.
    let promises = Mutex(PromisedSpace())
    /// The number of bytes that were received for files.
    let received = Atomic<Int>(0)
    /// The number of unfinished files that this run has left.
    let keptCount = Atomic<Int>(0)
    /// Whether there was no room for more the last time it was looked at.
    let isFull = Atomic<Bool>(false)
    /// Whether the result of a close must be checked.
    private let closeMayFail: Bool
    /// The unfinished files of earlier runs in the directory itself, so that most files need not be looked for.
    private let oldParts: Set<String>

    /// The path of a file of the directory from the working directory, for records.
    package func path(of name: String) -> String { prefix + name }
    private let prefix: String

    /// Opens the directory, and creates it if it does not exist, with all above it.
    ///
    /// - Parameters:
    ///   - path: The directory; as ``ByteText`` if its name is not UTF-8.
    ///   - template: The template for file names.
    ///   - saving: How files are saved.
    ///   - report: Receives a sentence about what was found in the directory.
    /// - Throws: ``FetchError`` of kind `io` when it is not a directory that can be written.
    package convenience init(
        path: String, template: FileNameTemplate, saving: SavingOptions = SavingOptions(),
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(FetchError) {
        try self.init(path: path, template: template, saving: saving, allowsUnnamed: true, report: report)
    }

    /// The same, for file systems without unnamed files.
    init(
        path: String, template: FileNameTemplate, saving: SavingOptions = SavingOptions(), allowsUnnamed: Bool,
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(FetchError) {
        self.template = template
        self.saving = saving
        self.report = report
        // Such a file gets its name through /proc.
        state = Mutex(State(allowsUnnamed: allowsUnnamed && access("/proc/self/fd", X_OK) == 0))
        let shown = ByteText.shown(path)
        prefix = shown == "." ? "" : shown.hasSuffix("/") ? shown : shown + "/"
        guard Self.makeDirectories(path) else { throw FetchError(.io, "\(shown): \(Errno.last)") }
        folder = ByteText.withCString(path) { openat(AT_FDCWD, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard folder >= 0 else { throw FetchError(.io, "\(shown): \(Errno.last)") }
        guard faccessat(folder, ".", W_OK, 0) == 0 else {
            let reason = Errno.last
            SystemFile.close(folder)
            throw FetchError(.io, "\(shown): \(reason)")
        }
        closeMayFail = cposix_close_may_fail(folder) != 0
        oldParts = saving.continues ? Self.parts(in: folder) : []
        // The lock ends with the process. On a file system without locks there is no warning.
        if saving.continues, flock(folder, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            report("\(shown): another run saves files here too")
        }
    }

    /// Closes the descriptor, and tells how many unfinished files there are. No file may be open.
    package func close() {
        SystemFile.close(folder)
        switch keptCount.load(ordering: .relaxed) {
        case 0: break
        case 1: report("one unfinished file is kept (NAME\(BodyFile.partEnding)); the same command continues it")
        case let count:
            report("\(count) unfinished files are kept (NAME\(BodyFile.partEnding)); the same command continues them")
        }
    }

    /// Opens a temporary file for the body of an input, or the part that an earlier run left. The final name is chosen
    /// here, in the order of the list, and not at the end, in the order of the responses: the same list gives the same
    /// names.
    package func open(for input: Input, _ url: FetchURL) throws(FetchError) -> BodyFile {
        let name =
            state.withLock { $0.reserved.removeValue(forKey: input.index) } ?? claim(for: input, url)
        let path = FolderPath(top: folder, name: name)
        // A directory below may be on another file system.
        let closeMayFail = closeMayFail || !path.isPlain
        let continues = saving.continues && (try? input.request.get()).map(ResumePoint.allows) ?? false
        if continues, !path.isPlain || oldParts.contains(name),
            let (part, progress, missing) = try takePart(path, of: url, for: input.index)
        {
            let file = BodyFile(
                descriptor: part, folder: self, path: path, input: input, url: url, form: .part, progress: progress,
                missing: missing, closeMayFail: closeMayFail)
            if saving.segments == 1 { file.leaveSegments() }
            return file
        }
        var isUnnamed = state.withLock { $0.allowsUnnamed }
        let descriptor = path.withParent(creates: true) { parent -> Int32? in
            if isUnnamed {
                let descriptor = cposix_open_unnamed(parent)
                if descriptor >= 0 { return descriptor }
                isUnnamed = false
                state.withLock { $0.allowsUnnamed = false }
            }
            // O_EXCL: an existing file, above all a planted link, is never written to.
            let temporaryName = BodyFile.temporaryName(input.index)
            let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
            var descriptor = openat(parent, temporaryName, flags, 0o666)
            // No other run has this name.
            if descriptor < 0, errno == EEXIST, unlinkat(parent, temporaryName, 0) == 0 {
                descriptor = openat(parent, temporaryName, flags, 0o666)
            }
            return descriptor >= 0 ? descriptor : nil
        }
        guard let descriptor else { throw failure(name) }
        return BodyFile(
            descriptor: descriptor, folder: self, path: path, input: input, url: url,
            form: isUnnamed ? .unnamed : .temporary,
            progress: continues ? PartProgress(probes: saving.segments > 1) : nil,
            closeMayFail: closeMayFail)
    }

    /// Chooses the name of an input's file now. A resumed run does so for all inputs, in the order of the list, so that
    /// no existing file is taken for another input's.
    ///
    /// - Parameter isDone: Whether its file exists already and will not be opened.
    package func reserve(for input: Input, isDone: Bool) {
        guard case .success(let request) = input.request else { return }
        let name = claim(for: input, request.url)
        if !isDone { state.withLock { $0.reserved[input.index] = name } }
    }

    /// Gives a name that a file of an earlier run has to no other.
    package func keep(_ name: String) { state.withLock { $0.names.insert(name) } }

    /// The digests that are computed of an input's body.
    func algorithms(for input: Input) -> Set<DigestAlgorithm> {
        var algorithms: Set<DigestAlgorithm> = []
        if let hash = saving.hash { algorithms.insert(hash) }
        if let checksum = input.checksum { algorithms.insert(checksum.algorithm) }
        if template.needsDigest { algorithms.insert(.sha256) }
        return algorithms
    }

    func claim(for input: Input, _ url: FetchURL) -> String {
        let wanted = allowed(template.name(for: input, url: url))
        return state.withLock { $0.names.claim(wanted, index: input.index) }
    }

    private func failure(_ name: String) -> FetchError {
        FetchError(.io, "cannot save \(name): \(Errno.last)", curlCode: .writeError)
    }

    /// Makes a directory and all above it (`mkdir -p`); false with `errno` if one cannot be made.
    private static func makeDirectories(_ path: String) -> Bool {
        if ByteText.withCString(path, { mkdir($0, 0o777) }) == 0 || errno == EEXIST { return true }
        guard errno == ENOENT, let end = path.utf8.dropLast().lastIndex(of: UInt8(ascii: "/")), end > path.startIndex
        else { return false }
        guard makeDirectories(String(path[..<end])) else { return false }
        return ByteText.withCString(path) { mkdir($0, 0o777) } == 0 || errno == EEXIST
    }
}
