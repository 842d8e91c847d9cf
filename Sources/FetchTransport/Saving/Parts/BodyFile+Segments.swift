package import FetchHTTP
import FetchSystem
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A part that is fetched in segments, several at once. What is missing is in its note, which says so before the first byte
/// behind a gap is written, and claims none that is not.
extension BodyFile {
    /// Starts to fetch what is missing in segments.
    ///
    /// - Parameter maxBodySize: The maximum number of bytes of the body.
    /// - Returns: Nil if it is fetched with one request: there is too little of it, nothing that identifies the body, or no
    ///   room, which is for the next response to say; or the server refuses.
    package func segmentPlan(maxBodySize: Int?) -> SegmentPlan? {
        let count = folder.saving.segments
        let missing = state.withLock { state -> [Range<Int>]? in
            guard count > 1, !state.refusesSegments, let resume = state.progress?.resume, let length = resume.length,
                resume.offset < length
            else { return nil }
            return state.missing ?? [resume.offset..<length]
        }
        guard let missing else { return leaveSegments() }
        let plan = SegmentPlan(missing, count: count)
        let hasGaps = state.withLock { $0.missing != nil }
        guard hasGaps || plan.missingCount >= SegmentPlan.worthwhile, hasRoom(plan, maxBodySize), keep(), note(missing)
        else {
            return leaveSegments()
        }
        return plan
    }

    /// Falls back to one request for all that follows the first gap. What is behind it is lost, and the note says so.
    @discardableResult
    func leaveSegments() -> SegmentPlan? {
        state.withLock { state in
            guard let missing = state.missing, let version = state.progress?.version else { return }
            var size = stat()
            let start = missing.first?.lowerBound ?? (fstat(descriptor, &size) == 0 ? Int(size.st_size) : 0)
            guard ftruncate(descriptor, off_t(start)) == 0 else { return }
            state.missing = nil
            state.progress?.move(to: start)
            _ = path.withParent(creates: false) { parent in
                isNamed(partName, in: parent) && rewrite(PartNote(url, version), in: parent)
            }
        }
        return nil
    }

    /// No further segments are asked for.
    package func refuseSegments() { state.withLock { $0.refusesSegments = true } }

    /// The file for a segment, which is written through a descriptor of its own.
    ///
    /// - Parameters:
    ///   - range: Its bytes.
    ///   - progress: The display of the whole.
    package func segment(_ range: Range<Int>, _ progress: SegmentProgress) throws(FetchError) -> BodyFile {
        guard let version = state.withLock({ $0.progress?.version }) else {
            throw FetchError(.io, "\(path.name) has no version", curlCode: .writeError)
        }
        let own = path.withParent(creates: false) { parent -> Int32? in
            let own = openat(parent, partName, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
            guard own >= 0 else { return nil }
            if isNamed(partName, in: parent) { return own }
            SystemFile.close(own)
            errno = ESTALE
            return nil
        }
        guard let own else {
            throw FetchError(
                .io, "cannot write to \(path.name)\(Self.partEnding): \(Errno.last)", curlCode: .writeError)
        }
        return BodyFile(
            descriptor: own, folder: folder, path: path, input: input, url: url, form: .segment,
            progress: PartProgress(segment: range, of: version), segments: progress, closeMayFail: closeMayFail)
    }

    /// How many bytes of a segment are written.
    package func written(of segment: Range<Int>) -> Int {
        guard state.withLock({ $0.progress?.isAppending }) == true else { return 0 }
        return min(segment.count, max(0, Int(lseek(descriptor, 0, SEEK_CUR)) - segment.lowerBound))
    }

    /// Whether the server did not send the range that was asked for.
    package var isRefused: Bool { state.withLock { $0.progress?.obstacle != nil } }

    /// Records what is missing now.
    ///
    /// - Returns: Whether a later run will know it.
    @discardableResult
    package func note(_ missing: [Range<Int>]) -> Bool {
        state.withLock { state in
            guard state.form == .part, let version = state.progress?.version else { return false }
            state.missing = missing
            return path.withParent(creates: false) { parent -> Bool? in
                isNamed(partName, in: parent) && rewrite(PartNote(url, version, missing: missing), in: parent)
                    ? true : nil
            } ?? false
        }
    }

    /// The display of the whole.
    package func segmentProgress(_ plan: SegmentPlan) -> SegmentProgress {
        let missing = plan.missingCount
        return SegmentProgress(
            length: state.withLock { $0.progress?.version?.length } ?? missing, missing: missing)
    }

    /// Whether the disk can take what is missing, and the body is as small as it must be.
    private func hasRoom(_ plan: SegmentPlan, _ maxBodySize: Int?) -> Bool {
        let length = state.withLock { $0.progress?.version?.length } ?? 0
        if let maxBodySize, length > maxBodySize { return false }
        return BodySink.file(self).spaceFailure(length: plan.missingCount, base: length - plan.missingCount) == nil
    }
}
