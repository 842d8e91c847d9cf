package import FetchHTTP
package import FetchSystem
import Synchronization

/// Gives inputs the digests that their bodies must have, while they are read.
package final class InputChecksums: Sendable {
    private enum Source {
        /// One for all; the caller allows one input only.
        case one(Checksum)
        /// Bodies are not verified; the text says why.
        case refusal(String)
        case list(ChecksumList, savedName: @Sendable (Input, FetchURL) -> String?)
    }

    /// The inputs without a checksum.
    package struct Missing: Sendable {
        package var count = 0
        /// The first of them, without secrets.
        package var first = ""
    }

    private let source: Source
    private let missing = Mutex(Missing())

    /// One checksum for the only input.
    package init(_ checksum: Checksum) { source = .one(checksum) }

    /// No checksums: an input with its own gets no request, because its body would not be verified.
    ///
    /// - Parameter reason: Why not, and what to do; a sentence.
    package init(refusing reason: String) { source = .refusal(reason) }

    /// The checksums of a list.
    ///
    /// - Parameter savedName: The path that the body of an input is saved under; nil if it is not saved.
    package init(_ list: ChecksumList, savedName: @escaping @Sendable (Input, FetchURL) -> String?) {
        source = .list(list, savedName: savedName)
    }

    /// Inputs that the list does not have, so that their bodies are not verified.
    package var unlisted: Missing { missing.withLock { $0 } }

    /// Gives an input its checksum, unless it has its own.
    func apply(to input: inout Input) {
        if case .refusal(let reason) = source {
            if input.checksum != nil { input.request = .failure(FetchError(.invalidURL, reason)) }
            return
        }
        guard input.checksum == nil, case .success(let request) = input.request else { return }
        switch source {
        case .refusal: break
        case .one(let checksum): input.checksum = checksum
        case .list(let list, let savedName):
            if let checksum = list.checksum(of: request.url, savedAs: savedName(input, request.url)) {
                input.checksum = checksum
                return
            }
            missing.withLock { missing in
                if missing.count == 0 { missing.first = PrintableURL.text(of: input) }
                missing.count += 1
            }
        }
    }
}
