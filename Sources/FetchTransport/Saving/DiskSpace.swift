import FetchHTTP
import FetchSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The space of the file system that a body is saved to, and whether it is enough.
///
/// A reserve stays free, so that a large body does not take what the run's own output, and everything else on the machine,
/// needs: one percent of the file system, at least 16 MiB and at most 1 GiB, but never more than an eighth of it.
struct DiskSpace: Hashable {
    /// Bodies of up to this many bytes are saved without a look at the space.
    static let uncheckedSize = 1 << 20
    /// The number of written bytes after which the space is looked at again.
    static let interval = 8 << 20

    /// The number of bytes that the user may write.
    let free: Int
    /// The number of bytes that stay free.
    let reserve: Int

    init(free: Int, reserve: Int) {
        self.free = free
        self.reserve = reserve
    }

    /// The space of the file system of an open file; nil if the system does not tell.
    init?(of descriptor: Int32) {
        var system = statvfs()
        guard fstatvfs(descriptor, &system) == 0 else { return nil }
        let unit = Int(clamping: system.f_frsize)
        let (free, _) = Int(clamping: system.f_bavail).multipliedReportingOverflow(by: unit)
        let (size, isTooLarge) = Int(clamping: system.f_blocks).multipliedReportingOverflow(by: unit)
        // Some network file systems do not count, and say 0.
        guard size > 0, !isTooLarge, free >= 0 else { return nil }
        self.init(free: free, reserve: Self.reserve(of: size))
    }

    /// The number of bytes that stay free on a file system of a size.
    static func reserve(of size: Int) -> Int { min(max(size / 100, 16 << 20), 1 << 30, size / 8) }

    /// Why a body of a length is not begun, or nil.
    ///
    /// - Parameter promised: The number of bytes that bodies which were begun will still take.
    func failure(length: Int, promised: Int = 0) -> FetchError? {
        guard length > Self.uncheckedSize, length > free - reserve - promised else { return nil }
        var text = "\(HumanText.size(length)) wanted, \(HumanText.size(free)) free"
        if length <= free, length > free - reserve {
            text += ", of which \(HumanText.size(reserve)) are the reserve"
        } else if length <= free - reserve {
            text += ", of which \(HumanText.size(promised)) are for the bodies that are on their way"
        }
        return FetchError(.io, text, curlCode: .writeError)
    }

    /// Why a body that may have no end is not continued, or nil.
    func failure(written: Int) -> FetchError? {
        guard free < reserve else { return nil }
        return FetchError(
            .io,
            "\(HumanText.size(free)) free after \(HumanText.size(written)), less than the reserve of \(HumanText.size(reserve))",
            curlCode: .writeError)
    }
}
