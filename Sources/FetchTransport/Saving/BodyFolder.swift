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
    private let folder: Int32
    private let template: FileNameTemplate
    private struct State {
        var names = NameRegistry()
        /// Names that were chosen before their inputs started.
        var reserved: [Int: String] = [:]
        /// Whether files may be unnamed until they are complete.
        var allowsUnnamed: Bool
    }

    private let state: Mutex<State>
    /// Whether the result of a close must be checked.
    private let closeMayFail: Bool

    /// Opens the directory, and creates it if it does not exist.
    ///
    /// - Parameters:
    ///   - path: The directory; as ``ByteText`` if its name is not UTF-8.
    ///   - template: The template for file names.
    /// - Throws: ``FetchError`` of kind `io` when it is not a directory that can be written.
    package convenience init(path: String, template: FileNameTemplate) throws(FetchError) {
        try self.init(path: path, template: template, allowsUnnamed: true)
    }

    /// The same, for file systems without unnamed files.
    init(path: String, template: FileNameTemplate, allowsUnnamed: Bool) throws(FetchError) {
        self.template = template
        // Such a file gets its name through /proc.
        state = Mutex(State(allowsUnnamed: allowsUnnamed && access("/proc/self/fd", X_OK) == 0))
        let shown = ByteText.shown(path)
        if ByteText.withCString(path, { mkdir($0, 0o777) }) != 0, errno != EEXIST {
            throw FetchError(.io, "\(shown): \(Errno.last)")
        }
        folder = ByteText.withCString(path) { openat(AT_FDCWD, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard folder >= 0 else { throw FetchError(.io, "\(shown): \(Errno.last)") }
        guard faccessat(folder, ".", W_OK, 0) == 0 else {
            let reason = Errno.last
            SystemFile.close(folder)
            throw FetchError(.io, "\(shown): \(reason)")
        }
        closeMayFail = cposix_close_may_fail(folder) != 0
    }

    /// Closes the descriptor. No file may be open.
    package func close() { SystemFile.close(folder) }

    /// Opens a temporary file for the body of an input, unnamed if the file system supports that. The final name is
    /// chosen here, in the order of the list, and not at the end, in the order of the responses: the same list gives
    /// the same names.
    package func open(for input: Input, _ url: FetchURL) throws(FetchError) -> BodyFile {
        let name =
            state.withLock { $0.reserved.removeValue(forKey: input.index) } ?? claim(for: input, url)
        let path = FolderPath(top: folder, name: name)
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
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
            var descriptor = openat(parent, temporaryName, flags, 0o666)
            if descriptor < 0, errno == EEXIST, unlinkat(parent, temporaryName, 0) == 0 {
                descriptor = openat(parent, temporaryName, flags, 0o666)
            }
            return descriptor >= 0 ? descriptor : nil
        }
        guard let descriptor else { throw failure(name) }
        return BodyFile(
            descriptor: descriptor, path: path, index: input.index, isUnnamed: isUnnamed,
            // A directory below may be on another file system.
            closeMayFail: closeMayFail || !path.isPlain)
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

    private func claim(for input: Input, _ url: FetchURL) -> String {
        let wanted = template.name(for: input, url: url)
        return state.withLock { $0.names.claim(wanted, index: input.index) }
    }

    private func failure(_ name: String) -> FetchError {
        FetchError(.io, "cannot save \(name): \(Errno.last)", curlCode: .writeError)
    }
}
