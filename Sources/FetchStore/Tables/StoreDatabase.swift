import FetchSQLite
import FetchSystem

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A SQLite file that several processes may use concurrently: WAL, one writer at a time, and a busy timeout.
struct StoreDatabase {
    /// The purpose of a file.
    struct Kind: Sendable {
        /// The application ID in the file's header, so that a file of another program is not written to.
        let applicationID: Int32
        /// The steps that create the tables of this version from any earlier version.
        let schema: SQLiteSchema
    }

    let connection: SQLiteConnection

    /// How long to wait for another process that writes, in milliseconds.
    private static let patience: Int32 = 10_000

    /// Opens a file, and creates it (mode 0600) if it does not exist.
    init(path: String, kind: Kind) throws(StoreFailure) {
        // Only a new one: closing a descriptor of the file releases SQLite's locks on it (fcntl(2)).
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            SystemFile.close(descriptor)
        } else if errno != EEXIST {
            throw .io(String(cString: strerror(errno)))
        }
        switch Self.header(path, kind.applicationID) {
        case .foreign: throw .refused("is a database of another program")
        case .damaged: throw .damaged("its header is not valid")
        case .usable: break
        }
        do {
            connection = try SQLiteConnection(path: path, busyTimeout: Self.patience)
        } catch {
            throw StoreFailure(error)
        }
        do {
            try Self.prepare(connection, kind)
        } catch let failure as StoreFailure {
            try? close()
            throw failure
        } catch {
            try? close()
            throw StoreFailure(error)
        }
    }

    private enum Header {
        case usable, foreign, damaged
    }

    /// Judges the file's header: it has our application ID, or is that of an empty database. SQLite cannot be asked,
    /// because it changes a header when it is told to use WAL. SQLite decides on a file that is not a database.
    private static func header(_ path: String, _ applicationID: Int32) -> Header {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .usable }
        // A process that has the file open already would lose its locks with this descriptor; ours opens it once.
        defer { SystemFile.close(descriptor) }
        var header = [UInt8](repeating: 0, count: 100)
        guard SystemFile.readSome(descriptor, into: &header) == 100,
            header.starts(with: "SQLite format 3\0".utf8)
        else { return .usable }
        func number(_ range: Range<Int>) -> Int { header[range].reduce(0) { $0 << 8 | Int($1) } }
        let id = number(68..<72)
        // https://www.sqlite.org/fileformat2.html#the_database_header: the size in pages, the application ID.
        guard id == Int(applicationID) || id == 0 && number(28..<32) <= 1 else { return .foreign }
        // SQLite takes a file with another version of the format for one that it must not write to.
        return header[18...19].allSatisfy { (1...2).contains($0) } ? .usable : .damaged
    }

    private static func prepare(_ connection: SQLiteConnection, _ kind: Kind) throws {
        try connection.provideSeal()
        guard try connection.startWriteAheadLog() else { throw StoreFailure.io("cannot have a write-ahead log") }
        try connection.execute("PRAGMA synchronous = NORMAL")
        if try connection.pragma("application_id") == 0 {
            try connection.execute("PRAGMA application_id = \(kind.applicationID)")
        }
        guard try kind.schema.upgrade(connection) else {
            guard kind.schema.isPlausible(try kind.schema.version(of: connection)) else {
                throw StoreFailure.damaged("its version is not valid")
            }
            throw StoreFailure.mismatch("was made by a newer version")
        }
    }

    /// Closes the file after its write-ahead log was copied into it. Without that the log keeps what was written.
    func close() throws(StoreFailure) {
        do throws(SQLiteError) {
            try connection.checkpoint()
            try connection.close()
        } catch {
            try? connection.close()
            throw StoreFailure(error)
        }
    }
}

extension StoreFailure {
    /// An error of a statement of this program, with SQLite's text.
    init(_ error: any Error) {
        guard let error = error as? SQLiteError else {
            self = .io("\(error)")
            return
        }
        self = error.showsDamage ? .damaged(error.message) : .io(error.message)
    }
}
