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
    /// kept.
    ///
    /// - Parameter headers: The fields of the response, which may have a time and a name for the file.
    /// - Throws: ``FetchError`` of kind `checksum-mismatch` for other bytes than were expected; of kind `io` otherwise. The
    ///   file is removed then.
    package func publish(_ headers: HeaderFields = HeaderFields()) throws(FetchError) -> Published {
        let sums: [DigestAlgorithm: [UInt8]]
        do throws(FetchError) {
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
        let form = state.withLock { $0.form }
        if folder.saving.setsTime, let time = headers["last-modified"].flatMap(HTTPDate.parse) {
            cposix_set_modified(descriptor, time)
        }
        // A close that fails (quota, NFS) means that bytes were not stored. An unnamed file is lost with its last
        // descriptor, so a duplicate is closed instead; a part is locked by it.
        let isWhole = !closeMayFail || close(dup(descriptor)) == 0
        defer { close(descriptor) }
        let target = folder.target(of: self, headers, sha256: sums[.sha256])
        let name = path.withParent(creates: form == .unnamed) { source -> String? in
            let name = target.withParent(creates: true) { parent in
                isWhole ? give(form, target.last, from: source, to: parent) : nil
            }
            let reason = errno
            if name == nil, form == .temporary { unlinkat(source, temporaryName, 0) }
            errno = reason
            return name
        }
        guard let name else {
            throw FetchError(.io, "cannot save \(target.name): \(Errno.last)", curlCode: .writeError)
        }
        if form == .part { removeNote() }
        return Published(
            name: target.isPlain ? name : target.name.dropLast(target.last.count) + name, digests: sums)
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
    private func give(_ form: Form, _ last: String, from source: Int32, to parent: Int32) -> String? {
        guard folder.saving.keepsExisting else {
            let last = folder.freeName(last, in: parent)
            return replace(form, last, from: source, to: parent) ? last : nil
        }
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
        case .temporary: return renameat(source, temporaryName, parent, last) == 0
        case .part: return isNamed(partName, in: source) && renameat(source, partName, parent, last) == 0
        }
    }

    /// Gives the file a name that no file has.
    private func link(_ form: Form, _ last: String, from source: Int32, to parent: Int32) -> Bool {
        switch form {
        case .unnamed: return cposix_link_unnamed(descriptor, parent, last) == 0
        case .temporary, .part:
            let name = form == .part ? partName : temporaryName
            guard form == .temporary || isNamed(name, in: source) else { return false }
            if linkat(source, name, parent, last, 0) == 0 {
                unlinkat(source, name, 0)
                return true
            }
            // Not every file system has hard links.
            guard errno == EPERM || errno == EOPNOTSUPP else { return false }
            guard faccessat(parent, last, F_OK, AT_SYMLINK_NOFOLLOW) != 0 else {
                errno = EEXIST
                return false
            }
            return renameat(source, name, parent, last) == 0
        }
    }
}
