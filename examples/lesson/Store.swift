import FetchCore
import FetchStore

extension Lesson {
    /// A database that is open during a scope, is filled from responses, and is queried.
    static func store(_ site: String, _ fetcher: Fetcher) async throws -> Comparison {
        @Sendable func save(_ id: Int, in store: SQLiteStore) async throws {
            let json = try await fetcher.fetch("\(site)/profile/\(id)").json()
            try await store.execute(
                "INSERT INTO users VALUES (?, ?)", [.integer(Int64(id)), .text(json["name"]?.string ?? "")])
        }
        func fill(_ fetch: (SQLiteStore) async throws -> Void) async throws -> String {
            try await withStore("") { store in
                try await store.execute("CREATE TABLE users (id INTEGER, name TEXT)")
                try await fetch(store)
                let rows = try await store.rows("SELECT count(*) AS n, max(name) AS last FROM users WHERE id > ?", [3])
                guard case .integer(let count) = rows.first?["n"], case .text(let last) = rows.first?["last"] else {
                    return "nothing"
                }
                return "\(count) users, the last \(last)"
            }
        }
        let (_, oneByOne) = try await timed {
            try await fill { store in for id in 1...6 { try await save(id, in: store) } }
        }
        let (found, allAtOnce) = try await timed {
            try await fill { store in _ = try await gatherAll(1...6) { try await save($0, in: store) } }
        }
        return Comparison(found: "beyond id 3: \(found)", oneByOne: oneByOne, allAtOnce: allAtOnce)
    }
}
