import FetchHTTP
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The disk space that bodies of known length, which were begun, will still take: the free space counts for each body once.
struct PromisedSpace {
    /// The final sizes of the open files, by descriptor.
    private var sizes: [Int32: Int] = [:]

    /// A body of an open file was begun.
    mutating func promise(_ size: Int, to descriptor: Int32) { sizes[descriptor] = size }

    /// A file is not written any more.
    mutating func forget(_ descriptor: Int32) { sizes[descriptor] = nil }

    /// The number of bytes that are missing to all files but one.
    func missing(besides descriptor: Int32) -> Int {
        var sum = 0
        for (other, size) in sizes where other != descriptor {
            var status = stat()
            guard fstat(other, &status) == 0 else { continue }
            // A file that is fetched in segments has gaps, which take no space yet.
            sum += max(0, size - Int(status.st_blocks) * 512)
        }
        return sum
    }
}

extension BodySink {
    /// Why the file system cannot take a body of a length; nil if it can, and where the body goes to no file.
    ///
    /// - Parameters:
    ///   - length: The number of bytes that come.
    ///   - base: The number of bytes that are there.
    func spaceFailure(length: Int, base: Int) -> FetchError? {
        // A segment's space is promised to the whole file.
        guard length > DiskSpace.uncheckedSize, let file, !file.isSegment else { return nil }
        return file.folder.promises.withLock { promises in
            let promised = promises.missing(besides: file.descriptor)
            if let failure = DiskSpace(of: file.descriptor)?.failure(length: length, promised: promised) {
                return failure
            }
            // Where the system does not tell the space, any length is begun; the sum of them stays a number.
            promises.promise(base + min(length, 1 << 50), to: file.descriptor)
            return nil
        }
    }

    /// Why the file system cannot take more, asked each time that the run received so many bytes for files, and
    /// always while there was no room the last time.
    ///
    /// - Parameters:
    ///   - size: The number of bytes of the body with the last ones.
    ///   - count: The number of the last ones.
    func spaceFailure(size: Int, last count: Int) -> FetchError? {
        guard let file else { return nil }
        let folder = file.folder
        let all = folder.received.add(count, ordering: .relaxed).newValue
        guard all / DiskSpace.interval != (all - count) / DiskSpace.interval || folder.isFull.load(ordering: .relaxed)
        else { return nil }
        let failure = DiskSpace(of: file.descriptor)?.failure(written: size)
        folder.isFull.store(failure != nil, ordering: .relaxed)
        return failure
    }
}
