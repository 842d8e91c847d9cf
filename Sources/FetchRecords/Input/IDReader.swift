import FetchSystem

/// Reads ids in the order in which they were named, on its own thread and as far ahead as a bounded queue allows.
package final class IDReader: Sendable {
    private let ids: ReadAhead<String>

    /// Opens all sources and starts to read.
    ///
    /// - Parameters:
    ///   - arguments: Ids, ranges such as `1..50`, `-` for lines of standard input.
    ///   - lists: Files with one id per line; `-` is standard input.
    ///   - tables: CSV files (RFC 4180) with a header, and the column that contains the ids.
    ///   - dropsRepeated: Whether repeated ids are left out. All ids are kept in memory then.
    /// - Throws: ``InputFailure`` when a source cannot be read; no id has been returned then.
    package init(
        _ arguments: [String], lists: [String] = [], tables: [(path: String, column: String)] = [],
        dropsRepeated: Bool
    ) throws {
        guard (arguments + lists + tables.map(\.path)).count(where: { $0 == "-" }) <= 1 else {
            throw InputFailure("standard input (-) can be read only once")
        }
        var sources: [IDSource] = []
        do {
            for argument in arguments { sources.append(try IDSource.parse(argument)) }
            for path in lists { sources.append(.list(try Self.open(path))) }
            for table in tables { sources.append(.column(try Self.open(table.path), name: table.column)) }
            ids = try ReadAhead(queueLength: 8) { [sources] waker, push in
                defer { IDSource.close(sources) }
                var seen: Set<String> = []
                for source in sources {
                    var isWanted = true
                    let failure = source.read(waker) { chunk in
                        isWanted = push(dropsRepeated ? chunk.filter { seen.insert($0).inserted } : chunk)
                        return isWanted
                    }
                    if failure != nil || !isWanted { return failure }
                }
                return nil
            }
        } catch {
            IDSource.close(sources)
            throw error
        }
    }

    private static func open(_ path: String) throws(InputFailure) -> ListFile {
        path == "-" ? .standardInput : try ListFile.open(path, isOfURLs: false)
    }

    /// The next ids; nil at the end.
    func next() async -> [String]? { await ids.next() }

    /// Stops reading.
    func close() { ids.close() }

    /// The number of ids, once all are read.
    var total: Int? { ids.total }

    /// Why reading ended early; nil if it did not.
    var failure: InputFailure? { ids.failure }
}
