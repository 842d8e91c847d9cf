import FoundationEssentials
import TestSupport
import Testing

/// Damage of files, the same in every run: flipped bits, bytes overwritten, ranges of zeros, a block of the file at
/// another place, and cuts. `FETCHALL_DAMAGE=2000` tries that many for each kind of file.
enum Damage {
    static let count = ProcessInfo.processInfo.environment["FETCHALL_DAMAGE"].flatMap { Int($0) } ?? 150

    /// Damages one of the files; returns its name and the first byte that was changed.
    static func apply(_ files: inout [String: [UInt8]], _ random: inout SeededRandom) -> (file: String, offset: Int) {
        // The main file is the one with the shortest name; it is damaged as often as all that stand beside it.
        let names = files.filter { !$0.value.isEmpty }.keys.sorted { $0.count < $1.count }
        let name = Bool.random(using: &random) ? names[0] : names.randomElement(using: &random) ?? names[0]
        var bytes = files[name] ?? []
        let before = bytes
        while bytes == before { change(&bytes, &random) }
        files[name] = bytes
        return (name, zip(before, bytes).prefix { $0 == $1 }.count)
    }

    private static func change(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        let offset = Int.random(in: 0..<bytes.count, using: &random)
        func end(_ size: Int) -> Int { min(bytes.count, offset + size) }
        switch Int.random(in: 0..<8, using: &random) {
        case 0...2:
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        case 3:
            for index in offset..<end(Int.random(in: 1...40, using: &random)) {
                bytes[index] = UInt8.random(in: 0 ... .max, using: &random)
            }
        case 4: for index in offset..<end(Int.random(in: 1...5000, using: &random)) { bytes[index] = 0 }
        case 5:
            let start = offset / 512 * 512
            for index in start..<min(bytes.count, start + 512) { bytes[index] = 0 }
        case 6:
            let size = [512, 4096].randomElement(using: &random) ?? 512
            guard bytes.count >= 2 * size else { return }
            let places = (0..<2).map { _ in Int.random(in: 0..<bytes.count / size, using: &random) * size }
            bytes.replaceSubrange(places[0]..<places[0] + size, with: bytes[places[1]..<places[1] + size])
        default: bytes.removeLast(bytes.count - offset)
        }
    }

    /// Runs the body with the name of a folder, which is removed.
    static func inFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path() + "fetchall-damage-" + UUID().uuidString + "/"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        do { try await body(folder) } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    /// All files of a folder but SQLite's shared memory, which is no part of the data.
    static func read(_ folder: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !name.hasSuffix("-shm") {
            files[name] = try Array(Data(contentsOf: URL(filePath: folder + name)))
        }
        return files
    }

    static func write(_ files: [String: [UInt8]], to folder: String) throws {
        for (name, bytes) in files { try Data(bytes).write(to: URL(filePath: folder + name)) }
    }
}
