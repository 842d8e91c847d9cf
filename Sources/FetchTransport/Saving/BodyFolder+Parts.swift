import FetchHTTP
import FetchSystem
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Unfinished files in the output directory.
extension BodyFolder {
    /// The names of files that have a part in the directory.
    static func parts(in folder: Int32) -> Set<String> {
        let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { return [] }
        defer { closedir(stream) }
        var names: Set<String> = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            if let name, name.hasSuffix(BodyFile.partEnding), !name.hasPrefix(".") {
                names.insert(String(name.dropLast(BodyFile.partEnding.count)))
            }
        }
        return names
    }

    /// Takes up the part of an input's file.
    ///
    /// - Returns: The open file and where it broke off; nil without a part, and for one that cannot be continued,
    ///   which is then put aside.
    /// - Throws: ``FetchError`` when another run has it.
    func takePart(
        _ path: FolderPath, of url: FetchURL, for index: Int
    ) throws(FetchError) -> (descriptor: Int32, resume: ResumePoint)? {
        let name = path.last + BodyFile.partEnding
        let part = path.withParent(creates: false) { parent -> Int32? in
            let part = openat(parent, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
            return part >= 0 ? part : nil
        }
        guard let part else { return nil }
        guard flock(part, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            SystemFile.close(part)
            throw FetchError(.io, "\(path.name)\(BodyFile.partEnding) is in use by another run", curlCode: .writeError)
        }
        // Another run may have finished it since.
        guard isStill(part, path, name), claimPart(of: path.name, for: index) else {
            SystemFile.close(part)
            return nil
        }
        switch judge(part, path, url) {
        case .resume(let point): return (part, point)
        case .foreign: break
        case .useless(let reason): putAside(path, reason)
        }
        SystemFile.close(part)
        return nil
    }

    private enum Judgement {
        case resume(ResumePoint)
        /// Nothing says that it is a part of ours.
        case foreign
        case useless(String)
    }

    private func judge(_ part: Int32, _ path: FolderPath, _ url: FetchURL) -> Judgement {
        var status = stat()
        guard fstat(part, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return .foreign }
        guard let bytes = readNote(path) else { return .foreign }
        guard let note = PartNote(bytes) else { return .useless("its note is damaged") }
        guard note.isAbout(url) else { return .useless("it is of another URL") }
        let size = Int(status.st_size)
        guard note.length.map({ size <= $0 }) ?? true else { return .useless("it is longer than the file") }
        guard size > 0 else { return .useless("it is empty") }
        return .resume(ResumePoint(offset: size, validator: note.validator, length: note.length))
    }

    private func isStill(_ part: Int32, _ path: FolderPath, _ name: String) -> Bool {
        var opened = stat()
        var named = stat()
        guard fstat(part, &opened) == 0 else { return false }
        let isThere = path.withParent(creates: false) { parent -> Bool? in
            fstatat(parent, name, &named, AT_SYMLINK_NOFOLLOW) == 0 ? true : nil
        }
        return isThere == true && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
    }

    /// The content of the note beside a part; nil without one.
    private func readNote(_ path: FolderPath) -> [UInt8]? {
        path.withParent(creates: false) { parent -> [UInt8]? in
            let note = openat(parent, path.last + BodyFile.noteEnding, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
            guard note >= 0 else { return nil }
            defer { SystemFile.close(note) }
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while bytes.count <= PartNote.largestSize {
                let count = SystemFile.readSome(note, into: &buffer)
                guard count > 0 else { break }
                bytes += buffer[..<count]
            }
            return bytes
        }
    }

    /// Renames a part that cannot be continued, with its note, and reports it: nothing is lost.
    private func putAside(_ path: FolderPath, _ reason: String) {
        let name = path.last + BodyFile.partEnding
        let aside = path.withParent(creates: false) { parent -> String? in
            for number in 1..<10_000 {
                let other = "\(name).\(number)"
                guard faccessat(parent, other, F_OK, AT_SYMLINK_NOFOLLOW) != 0 else { continue }
                guard renameat(parent, name, parent, other) == 0 else { return nil }
                _ = renameat(parent, path.last + BodyFile.noteEnding, parent, other + ".json")
                return other
            }
            return nil
        }
        let shown = path.name + BodyFile.partEnding
        guard let aside else { return report("\(shown) cannot be continued (\(reason)) and cannot be renamed") }
        report("\(shown) cannot be continued (\(reason)); it was renamed to \(aside)")
    }

    /// Gives the names of a part and its note to no other file; false if another input has them.
    func claimPart(of name: String, for index: Int) -> Bool {
        state.withLock { state in
            if let owner = state.parts[name] { return owner == index }
            guard !state.names.contains(name + BodyFile.partEnding) else { return false }
            state.parts[name] = index
            state.names.insert(name + BodyFile.partEnding)
            state.names.insert(name + BodyFile.noteEnding)
            return true
        }
    }

    /// A name that is not that of an unfinished file of another run: the name itself for nearly all.
    func freeName(_ last: String, in parent: Int32) -> String {
        guard saving.continues, last.hasSuffix(BodyFile.partEnding) else { return last }
        var name = last
        while faccessat(parent, name + ".json", F_OK, AT_SYMLINK_NOFOLLOW) == 0 { name += "_" }
        return name
    }
}
