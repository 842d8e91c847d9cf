/// Reads ids in the order they were named, on a thread of its own and as far ahead as a bounded queue allows.
public final class IDReader: Sendable {
    private let ids: ReadAhead<String>

    /// Opens everything that is named and starts to read.
    ///
    /// - Parameters:
    ///   - arguments: Ids, ranges such as `1..50`, `-` for lines of standard input.
    ///   - lists: Files with an id on each line; `-` is standard input.
    ///   - tables: CSV files (RFC 4180) with a header, and the column that has the ids.
    ///   - dropsRepeated: Whether an id that comes again is left out. All ids are remembered then.
    /// - Throws: ``InputFailure`` when something cannot be read; nothing has been given out then.
    public init(
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

    /// How many there are, once all are read.
    var total: Int? { ids.total }

    /// Why the end came early, if it did.
    var failure: InputFailure? { ids.failure }
}
