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
    /// - Returns: The open file and how much of which body it has; nil without a part, and for one that cannot be continued,
    ///   which is then put aside.
    /// - Throws: ``FetchError`` when another run has it.
    func takePart(
        _ path: FolderPath, of url: FetchURL, for index: Int
    ) throws(FetchError) -> (descriptor: Int32, progress: PartProgress, missing: [Range<Int>]?)? {
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
        case .resume(let progress, let missing): return (part, progress, missing)
        case .foreign: break
        case .useless(let reason): putAside(path, reason)
        }
        SystemFile.close(part)
        return nil
    }

    private enum Judgement {
        case resume(PartProgress, missing: [Range<Int>]?)
        /// Nothing says that it is a part of ours.
        case foreign
        case useless(String)
    }

    private func judge(_ part: Int32, _ path: FolderPath, _ url: FetchURL) -> Judgement {
        var status = stat()
        guard fstat(part, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return .foreign }
        guard let bytes = path.withParent(creates: false, { readNote(path, in: $0) }) else { return .foreign }
        guard let note = PartNote(bytes) else { return .useless("its note is damaged") }
        guard note.isAbout(url) else { return .useless("it is of another URL") }
        let size = Int(status.st_size)
        guard note.version.length.map({ size <= $0 }) ?? true else { return .useless("it is longer than the file") }
        guard size > 0 else { return .useless("it is empty") }
        let missing = note.missing(size: size)
        let start = missing.first?.lowerBound ?? size
        guard !note.gaps.isEmpty else {
            return start > 0
                ? .resume(PartProgress(size: start, of: note.version), missing: nil) : .useless("it is empty")
        }
        let kept = (note.version.length ?? size) - missing.reduce(0) { $0 + $1.count }
        guard start > 0 || saving.segments > 1 else { return .useless("its beginning is missing") }
        return .resume(PartProgress(size: start, kept: kept, of: note.version), missing: missing)
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
    func readNote(_ path: FolderPath, in parent: Int32) -> [UInt8]? {
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

    /// Renames a part that cannot be continued, with its note, and reports it: nothing is lost.
    func putAside(_ path: FolderPath, _ reason: String) {
        let name = path.last + BodyFile.partEnding
        let aside = path.withParent(creates: false) { parent -> String? in
            for number in 1..<10_000 {
                let other = "\(name).\(number)"
                // The note first: without a part it is ignored.
                let note = path.last + BodyFile.noteEnding
                guard SystemFile.move(note, from: parent, to: other + ".json", in: parent) || errno == ENOENT else {
                    continue
                }
                if SystemFile.move(name, from: parent, to: other, in: parent) { return other }
                let isTaken = errno == EEXIST
                _ = SystemFile.move(other + ".json", from: parent, to: note, in: parent)
                guard isTaken else { return nil }
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
            guard !state.names.contains(name + BodyFile.partEnding), !state.names.contains(name + BodyFile.noteEnding)
            else { return false }
            state.parts[name] = index
            state.names.insert(name + BodyFile.partEnding)
            state.names.insert(name + BodyFile.noteEnding)
            return true
        }
    }
}
