import FoundationEssentials
import Testing

@Suite("Modules import downwards only, and the table of them is right")
struct ModuleTableTests {
    /// A target as Package.swift declares it, or as the table describes it.
    private struct Module: Equatable {
        var name: String
        var modules: Set<String>
        var libraries: Set<String>
    }

    private let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL

    private func text(_ path: String) throws -> String {
        try String(decoding: Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    /// Swift and C targets in Sources, in the order of Package.swift.
    private func declared() throws -> (swift: [Module], libraries: Set<String>) {
        let package = try text("Package.swift")
        let libraries = Set(package.matches(of: #/name: "(C[A-Z]\w*)"/#).map { String($0.output.1) })
        let vendored = Set(package.matches(of: #/name: "(\w+)", path: "Vendor/#).map { String($0.output.1) })
        var modules: [Module] = []
        for target in package.split(separator: #/\n        \.(executableT|t)arget\(/#).dropFirst() {
            guard let name = target.firstMatch(of: #/name: "([\w-]+)"/#)?.output.1 else { continue }
            guard !libraries.contains(String(name)), !target.contains("path: ") else { continue }
            let list = target.firstMatch(of: #/dependencies: \[((?:[^\[\]])*)\]/#)?.output.1 ?? ""
            let plain = list.replacing(#/\.product\([^)]*\)/#, with: "")
            let names = Set(plain.matches(of: #/"(\w+)"/#).map { String($0.output.1) }).subtracting(vendored)
            modules.append(
                Module(
                    name: String(name), modules: names.subtracting(libraries),
                    libraries: names.intersection(libraries)))
        }
        return (modules, libraries)
    }

    /// The rows of the table in docs/internals.md.
    private func described() throws -> [Module] {
        let page = try text("docs/internals.md")
        let table = try #require(page.split(separator: "| module | holds |").last)
        return table.split(separator: "\n").drop { !$0.hasPrefix("| `") }.prefix { $0.hasPrefix("| `") }.map { row in
            let cells = row.split(separator: "|", omittingEmptySubsequences: false).dropFirst().map {
                Set($0.matches(of: #/`(\w+)`/#).map { String($0.output.1) })
            }
            return Module(name: cells[0].first ?? "", modules: cells[2], libraries: cells[3])
        }
    }

    @Test("docs/internals.md has every module with the modules directly below it, as Package.swift has them")
    func table() throws {
        let (modules, libraries) = try declared()
        let described = try described()
        #expect(modules.count > 10)
        #expect(described.filter { !libraries.contains($0.name) } == modules)
    }

    @Test("No file imports a module that its own does not stand on")
    func imports() throws {
        let (modules, libraries) = try declared()
        let names = Set(modules.map(\.name)).union(libraries)
        let direct = Dictionary(uniqueKeysWithValues: modules.map { ($0.name, $0) })
        func below(_ name: String) -> Set<String> {
            direct[name]?.modules.reduce(into: []) { $0.formUnion(below($1).union([$1])) } ?? []
        }
        for module in modules {
            let allowed = below(module.name).union(module.libraries)
            let files = try swiftFiles(in: "Sources/" + module.name)
            #expect(!files.isEmpty)
            for file in files {
                for match in try text(file).matches(of: #/import (?:\w+ )?(\w+)/#.anchorsMatchLineEndings()) {
                    let name = String(match.output.1)
                    #expect(!names.contains(name) || allowed.contains(name), "\(file) imports \(name)")
                }
            }
        }
    }

    @Test("A folder holds at most fifteen files")
    func folders() throws {
        for module in try declared().swift {
            let folders = Dictionary(grouping: try swiftFiles(in: "Sources/" + module.name)) { file in
                file.split(separator: "/").dropLast().joined(separator: "/")
            }
            for (folder, files) in folders {
                // HTMLEntityTable and its like are one table in a file; sixteen groups of options are one subject.
                #expect(files.count <= 16, "\(folder) holds \(files.count) files")
            }
        }
    }

    @Test("Each public name is in the catalogue of a library, and each library has at most sixty")
    func catalogue() throws {
        let pages = try ["FetchCore", "FetchStore"].map { try text("Sources/\($0)/\($0).docc/\($0).md") }.joined()
        var names: Set<String> = []
        for module in try declared().swift {
            for file in try swiftFiles(in: "Sources/" + module.name) {
                let declaration = #/^public (?:final )?(?:actor|class|enum|func|protocol|struct|typealias) (\w+)/#
                for match in try text(file).matches(of: declaration.anchorsMatchLineEndings()) {
                    names.insert(String(match.output.1))
                }
            }
        }
        #expect(names.count > 30 && names.count <= 60)
        for name in names.sorted() {
            #expect(pages.contains("``\(name)``") || pages.contains("``\(name)("), "\(name) is public")
        }
    }

    private func swiftFiles(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path())
            .filter { $0.hasSuffix(".swift") }.map { folder + "/" + $0 }
    }
}
