package import FetchHTTP
package import FetchSystem
import CPosix
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A complete file gets its name.
extension BodyFile {
    /// What a file has become.
    package struct Published: Sendable {
        /// Its name, relative to the output directory.
        package let name: String
        /// The digests of its bytes.
        package let digests: [DigestAlgorithm: [UInt8]]
    }

    /// Verifies the file and gives it its final name in one step. It replaces a file of that name, unless existing files are
    /// kept, or the server chose the name.
    ///
    /// - Parameter headers: The fields of the response, which may have a time and a name for the file.
    /// - Throws: ``FetchError`` of kind `checksum-mismatch` for other bytes than were expected; of kind `io` otherwise. The
    ///   file is removed then.
    package func publish(_ headers: HeaderFields = HeaderFields()) throws(FetchError) -> Published {
        folder.promises.withLock { $0.forget(descriptor) }
        let sums: [DigestAlgorithm: [UInt8]]
        do throws(FetchError) {
            try checkLength()
            sums = try finishDigests()
            if let checksum = input.checksum, let mismatch = sums[checksum.algorithm].flatMap(checksum.mismatch) {
                throw mismatch
            }
        } catch {
            // What is there must not be continued.
            state.withLock { $0.progress = nil }
            discard()
            throw error
        }
        let (form, version) = state.withLock { ($0.form, $0.progress?.version) }
        if folder.saving.setsTime, let time = (headers["last-modified"] ?? version?.modified).flatMap(HTTPDate.parse) {
            cposix_set_modified(descriptor, time)
        }
        if folder.saving.asksForNewer { recordTag(headers) }
        // A close that fails (quota, NFS) means that bytes were not stored. An unnamed file is lost with its last
        // descriptor, so a duplicate is closed instead; a part is locked by it.
        let isWhole = !closeMayFail || close(dup(descriptor)) == 0
        defer { close(descriptor) }
        let remote = ContentDisposition.fileName(of: headers) ?? version?.fileName
        let target = folder.target(of: self, remote, sha256: sums[.sha256])
        let name = path.withParent(creates: form == .unnamed) { source -> String? in
            let name = target.path.withParent(creates: true) { parent in
                isWhole ? give(form, target, from: source, to: parent) : nil
            }
            let reason = errno
            if name == nil, form == .temporary { unlinkat(source, temporaryName, 0) }
            errno = reason
            return name
        }
        guard let name else {
            throw FetchError(.io, "cannot save \(target.path.name): \(Errno.last)", curlCode: .writeError)
        }
        let folderName = target.path.isPlain ? "" : target.path.name.dropLast(target.path.last.count)
        return Published(name: folderName + name, digests: sums)
    }

    private func recordTag(_ headers: HeaderFields) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        ExistingFile.record(headers, of: url, size: Int(status.st_size), in: descriptor)
    }

    /// The last look at a body that was not received as a whole.
    private func checkLength() throws(FetchError) {
        let (length, missing) = state.withLock { ($0.progress?.version?.length, $0.missing) }
        var status = stat()
        guard let length, fstat(descriptor, &status) == 0 else { return }
        guard Int(status.st_size) == length, missing?.isEmpty ?? true else {
            throw FetchError(
                .truncated, "the file has \(status.st_size) bytes instead of \(length)", curlCode: .partialFile)
        }
    }

    private func finishDigests() throws(FetchError) -> [DigestAlgorithm: [UInt8]] {
        guard let digests else { return [:] }
        var status = stat()
        guard !digests.isIncomplete, fstat(descriptor, &status) == 0,
            let sums = digests.finish(descriptor, size: Int(status.st_size))
        else { throw FetchError(.io, "the digest of \(path.name) cannot be computed", curlCode: .writeError) }
        return sums
    }

    /// Gives the file a name in a directory; nil with `errno` if that is not possible.
    private func give(_ form: Form, _ target: FileTarget, from source: Int32, to parent: Int32) -> String? {
        guard form == .part else { return rename(form, target, from: source, to: parent) }
        var name: String?
        _ = leavePart(in: source) {
            name = rename(form, target, from: source, to: parent)
            return name != nil
        }
        return name
    }

    private func rename(_ form: Form, _ target: FileTarget, from source: Int32, to parent: Int32) -> String? {
        let last = folder.freeName(target.path.last, in: parent)
        guard target.keepsExisting else { return replace(form, last, from: source, to: parent) ? last : nil }
        for number in 0..<10_000 {
            let name = number == 0 ? last : "\(last).\(number)"
            if link(form, name, from: source, to: parent) { return name }
            guard errno == EEXIST else { return nil }
        }
        return nil
    }

    /// Gives the file a name, in place of a file that has it.
    private func replace(_ form: Form, _ last: String, from source: Int32, to parent: Int32) -> Bool {
        switch form {
        case .unnamed:
            if cposix_link_unnamed(descriptor, parent, last) == 0 { return true }
            // link(2) replaces nothing, rename(2) does.
            guard errno == EEXIST else { return false }
            unlinkat(parent, temporaryName, 0)
            guard cposix_link_unnamed(descriptor, parent, temporaryName) == 0 else { return false }
            if renameat(parent, temporaryName, parent, last) == 0 { return true }
            let reason = errno
            unlinkat(parent, temporaryName, 0)
            errno = reason
            return false
        case .temporary:
            return isNamed(temporaryName, in: source) && renameat(source, temporaryName, parent, last) == 0
        case .part: return renameat(source, partName, parent, last) == 0
        case .segment: return false
        }
    }

    /// Gives the file a name that no file has.
    private func link(_ form: Form, _ last: String, from source: Int32, to parent: Int32) -> Bool {
        switch form {
        case .unnamed: cposix_link_unnamed(descriptor, parent, last) == 0
        case .temporary:
            isNamed(temporaryName, in: source) && SystemFile.move(temporaryName, from: source, to: last, in: parent)
        case .part: SystemFile.move(partName, from: source, to: last, in: parent)
        case .segment: false
        }
    }
}
