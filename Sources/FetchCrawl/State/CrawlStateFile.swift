import FetchSQLite
package import FetchStore
import FetchSystem
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The file of a crawl's state: an SQLite database with a write-ahead log, locked by one process at a time.
///
/// A process may die at any moment: a transaction is stored completely or not at all, and the lock ends with the
/// process.
package final class CrawlStateFile: Sendable {
    /// "fcrw": the application ID in SQLite's header.
    static let applicationID: Int32 = 0x6663_7277

    /// What is wrong with a file that is a crawl state.
    private struct Damage: Error {
        let reason: String
    }

    /// The connection, which only one thread at a time uses.
    let connection: Mutex<SQLiteConnection>
    /// Its name, for messages.
    let path: String

    private init(connection: sending SQLiteConnection, path: String) {
        self.connection = Mutex(connection)
        self.path = path
    }

    /// Whether the file exists.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Opens an existing state, or creates a new one.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - identity: What identifies the crawl: seeds and options, by name. The state of another crawl is refused.
    ///   - isFresh: Whether to start again even if there is one.
    ///   - report: Receives a sentence when the state is damaged: it was renamed, and a new one is made.
    /// - Returns: The file, and whether it existed before.
    package static func resumeOrCreate(
        _ path: String, identity: [String: String], isFresh: Bool = false, report: (String) -> Void = { _ in }
    ) throws(StoreFailure) -> (file: CrawlStateFile, isResumed: Bool) {
        // A file that another crawl has locked, or another program's, must not be removed.
        let known = exists(path) ? try openUnlessDamaged(path, report) : nil
        if let file = known, !isFresh {
            do {
                try file.check(identity)
            } catch {
                try? file.close()
                throw error
            }
            return (file, true)
        }
        try known?.close()
        try create(path, identity)
        return (try existing(path), false)
    }

    /// Opens an existing state; renames a damaged one and returns nil.
    private static func openUnlessDamaged(
        _ path: String, _ report: (String) -> Void
    ) throws(StoreFailure) -> CrawlStateFile? {
        do {
            return try load(path)
        } catch let damage as Damage {
            let name = TerminalText.escaped(path)
            let aside: String
            do throws(StoreFailure) {
                aside = try DamagedFile.putAside(path)
            } catch {
                throw .damaged("\(name) is damaged (\(damage.reason)) and cannot be renamed: \(error.message)")
            }
            report(
                "\(name) is damaged (\(damage.reason)); it was renamed to \(TerminalText.escaped(aside)), and the crawl starts again"
            )
            return nil
        } catch {
            throw error as? StoreFailure ?? .io("\(path): \(error)")
        }
    }

    /// Opens an existing state for queries.
    package static func existing(_ path: String) throws(StoreFailure) -> CrawlStateFile {
        do {
            return try load(path)
        } catch let damage as Damage {
            throw .damaged("\(TerminalText.escaped(path)) is damaged (\(damage.reason)); it was left unchanged")
        } catch {
            throw error as? StoreFailure ?? .io("\(path): \(error)")
        }
    }

    /// - Throws: ``Damage`` for a crawl state that is damaged; `StoreFailure` for what is left unchanged in any case.
    private static func load(_ path: String) throws -> CrawlStateFile {
        let name = TerminalText.escaped(path)
        let isOurs = try checkHeader(path)
        do {
            let connection = try SQLiteConnection(path: path, mode: .readWrite)
            do {
                try configure(connection, creates: false)
                try validate(connection, name)
            } catch {
                try? connection.close()
                throw error
            }
            return CrawlStateFile(connection: connection, path: path)
        } catch let error as SQLiteError where error.showsDamage && isOurs {
            throw Damage(reason: error.message)
        } catch let error as SQLiteError {
            throw failure(error, name)
        }
    }

    /// Closes it after its write-ahead log was copied into it; a second call does nothing. If that fails, the log keeps
    /// what was written, and a later run continues with it.
    package func close() throws(StoreFailure) {
        do {
            try connection.withLock { connection in
                guard connection.isOpen else { return }
                defer { try? connection.close() }
                try connection.checkpoint()
                try connection.close()
            }
        } catch {
            throw .io("cannot write \(TerminalText.escaped(path)): \(error)")
        }
    }

    /// The seeds and options of its crawl.
    package func identity() throws(StoreFailure) -> [String: String] {
        do {
            return try connection.withLock { db in
                var identity: [String: String] = [:]
                let query = "SELECT key, value FROM identity WHERE key <> '\(CrawlSchema.identityCount)'"
                try db.prepare(query).forEach { identity[$0.text(0)] = $0.text(1) }
                return identity
            }
        } catch {
            throw Self.failure(error, TerminalText.escaped(path))
        }
    }

    private func check(_ identity: [String: String]) throws(StoreFailure) {
        let known = try self.identity()
        let names = Set(known.keys).union(identity.keys).filter { known[$0] != identity[$0] }.sorted()
        guard let name = names.first else { return }
        let before = known[name] ?? "none"
        throw .mismatch(
            "\(TerminalText.escaped(path)) is of a crawl with other \(name) (\(TerminalText.escaped(before))): give the same"
        )
    }

    /// Creates an empty state. It gets its name when it is complete, so that a process that dies here leaves nothing
    /// incomplete.
    private static func create(_ path: String, _ identity: [String: String]) throws(StoreFailure) {
        let temporary = path + ".new"
        let suffixes = ["", "-wal", "-journal", "-shm"]
        try remove(temporary, suffixes)
        var isNamed = false
        // A full disk has no use for a part of a state.
        defer { if !isNamed { for suffix in suffixes { unlink(temporary + suffix) } } }
        // The state of a crawl has the URLs that it saw: only its owner may read it. SQLite's files beside it get its mode.
        let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0, SystemFile.close(descriptor) else { throw unwritable(path) }
        do {
            let connection = try SQLiteConnection(path: temporary)
            try configure(connection, creates: true)
            do {
                try CrawlSchema.create(connection, identity: identity)
                // SQLite does so itself at the last close, and reports no failure there.
                guard try connection.checkpointCompletely() else {
                    throw StoreFailure.io("cannot write \(TerminalText.escaped(path)): SQLite kept its log")
                }
            } catch {
                try? connection.close()
                throw error
            }
            try connection.close()
        } catch let error as StoreFailure {
            throw error
        } catch {
            throw failure(error, TerminalText.escaped(path))
        }
        // The log of an older state does not belong to the new file.
        try remove(path, ["-wal", "-journal", "-shm"])
        guard rename(temporary, path) == 0 else { throw unwritable(path) }
        isNamed = true
    }

    /// Removes files that may exist.
    private static func remove(_ path: String, _ suffixes: [String]) throws(StoreFailure) {
        for suffix in suffixes {
            guard unlink(path + suffix) == 0 || errno == ENOENT else { throw unwritable(path + suffix) }
        }
    }

    private static func unwritable(_ path: String) -> StoreFailure {
        .io("cannot write \(TerminalText.escaped(path)): \(String(cString: strerror(errno)))")
    }

    private static func configure(_ db: SQLiteConnection, creates: Bool) throws(SQLiteError) {
        // Locked until the process ends, however it ends; so no shared memory is needed.
        try db.execute("PRAGMA locking_mode=EXCLUSIVE")
        try db.provideSeal()
        if creates { try db.execute("PRAGMA page_size=4096; PRAGMA journal_mode=WAL") }
        try db.execute("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-49152; PRAGMA wal_autocheckpoint=16000")
    }

    /// Checks that it is a crawl state of a supported version, locked by this process only, and complete.
    private static func validate(_ db: SQLiteConnection, _ name: String) throws {
        guard try db.pragma("application_id") == Int(applicationID) else {
            throw StoreFailure.damaged("\(name) is not a crawl state file; it was left unchanged")
        }
        // Takes the lock.
        try db.execute("BEGIN IMMEDIATE; COMMIT")
        let verdict = try db.prepare("PRAGMA quick_check(1)").first { $0.text(0) } ?? ""
        guard verdict == "ok" else { throw Damage(reason: verdict) }
        let version = try db.pragma("user_version")
        guard CrawlSchema.schema.isPlausible(version) else { throw Damage(reason: "its version is not valid") }
        // A file without seals gets them.
        guard try CrawlSchema.schema.upgrade(db) else {
            throw StoreFailure.mismatch(
                "\(name) was made by a newer fetchall (version \(version) of the state, this one knows up to \(CrawlSchema.schema.version)): use that one"
            )
        }
        if let damage = try StateSeal.damage(db) { throw Damage(reason: damage) }
    }

    /// Checks the first bytes before SQLite does, because SQLite takes an empty file for a new database.
    ///
    /// - Returns: Whether the file has the application ID of a crawl state.
    private static func checkHeader(_ path: String) throws -> Bool {
        let name = TerminalText.escaped(path)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreFailure.io("cannot read \(name): \(String(cString: strerror(errno)))") }
        defer { SystemFile.close(descriptor) }
        // https://www.sqlite.org/fileformat2.html#the_database_header
        var header = [UInt8](repeating: 0, count: 100)
        let count = header.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 16, header.starts(with: "SQLite format 3".utf8) else {
            throw StoreFailure.damaged("\(name) is not a crawl state file; it was left unchanged")
        }
        let isOurs = header[68..<72].reduce(0) { $0 << 8 | Int32($1) } == applicationID
        // SQLite takes a file with another version of the format for one that it must not write to.
        guard !isOurs || header[18...19].allSatisfy({ (1...2).contains($0) }) else {
            throw Damage(reason: "its header is not valid")
        }
        return isOurs
    }

    /// Converts an error of SQLite.
    static func failure(_ error: any Error, _ name: String) -> StoreFailure {
        guard let error = error as? SQLiteError else { return .io("\(name): \(error)") }
        switch error.code {
        case .busy, .locked: return .refused("\(name) is in use by another crawl")
        case _ where error.showsDamage: return .damaged("\(name) is damaged (\(error.message)); it was left unchanged")
        default: return .io("cannot use \(name): \(error.message)")
        }
    }
}
