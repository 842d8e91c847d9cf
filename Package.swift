// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "fetchall",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "FetchCore", targets: ["FetchCore"]),
        .library(name: "FetchStore", targets: ["FetchStore"]),
        .executable(name: "fetchall", targets: ["fetchall"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .target(name: "CPosix"),
        // toml++ has no file to link with here: its headers are compiled into the target.
        .target(name: "CTOML"),
        .systemLibrary(
            name: "CBrotli", pkgConfig: "libbrotlidec",
            providers: [.apt(["libbrotli-dev"]), .brew(["brotli"])]),
        .systemLibrary(
            name: "CZstd", pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .systemLibrary(
            name: "CIDN2", pkgConfig: "libidn2",
            providers: [.apt(["libidn2-dev"]), .brew(["libidn2"])]),
        .systemLibrary(
            name: "CXML", pkgConfig: "libxml-2.0",
            providers: [.apt(["libxml2-dev"]), .brew(["libxml2"])]),
        .systemLibrary(
            name: "CPSL", pkgConfig: "libpsl",
            providers: [.apt(["libpsl-dev"]), .brew(["libpsl"])]),
        .systemLibrary(
            name: "CJQ",
            providers: [.apt(["libjq-dev"]), .brew(["jq"])]),
        .systemLibrary(
            name: "CCMark",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"]), .brew(["cmark-gfm"])]),
        .target(
            name: "CDynamic", dependencies: ["CCMark", "CJQ"],
            linkerSettings: [
                .linkedLibrary("jq", .when(platforms: [.macOS])), .linkedLibrary("xml2", .when(platforms: [.macOS])),
                .linkedLibrary("cmark-gfm", .when(platforms: [.macOS])),
                .linkedLibrary("cmark-gfm-extensions", .when(platforms: [.macOS])),
            ]),
        .target(
            name: "FetchSystem",
            dependencies: [
                "CCrypto", "CPosix", "CZlib",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .target(
            name: "FetchHTTP",
            dependencies: ["FetchSystem", "CIDN2"],
            swiftSettings: strict),
        .target(
            name: "FetchTransport",
            dependencies: [
                "FetchHTTP", "CCurl", "CPosix", "CBrotli", "CZstd",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .target(
            name: "FetchScheduling",
            dependencies: [
                "FetchTransport",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(
            name: "FetchHTML",
            dependencies: ["FetchHTTP", "CPSL", "CDynamic"],
            swiftSettings: strict),
        .target(
            name: "FetchRecords",
            dependencies: ["FetchHTML", "CDynamic", .product(name: "Histogram", package: "hdrhistogram-swift")],
            swiftSettings: strict),
        .target(
            name: "FetchWatch",
            dependencies: ["FetchRecords"],
            swiftSettings: strict),
        .target(
            name: "FetchSQLite",
            dependencies: ["CSQLite"],
            swiftSettings: strict),
        .target(
            name: "FetchStore",
            dependencies: [
                "FetchScheduling", "FetchRecords", "FetchSQLite",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .target(
            name: "FetchCrawl",
            dependencies: [
                "FetchStore",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(
            name: "FetchGitHub",
            dependencies: ["FetchStore"],
            swiftSettings: strict),
        .target(
            name: "FetchCore",
            dependencies: ["FetchScheduling", .product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: strict),
        // swift-argument-parser without Foundation; its settings are upstream's. See Vendor/README.md.
        .target(name: "FetchArgumentParser", path: "Vendor/ArgumentParser"),
        .executableTarget(
            name: "fetchall",
            dependencies: [
                "FetchCore", "FetchCrawl", "FetchGitHub", "FetchWatch", "CTOML",
                "FetchArgumentParser",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        .target(
            name: "TestSupport",
            dependencies: ["FetchTransport", "CPosix", "CZlib"],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        .executableTarget(
            name: "demo-server",
            dependencies: ["TestSupport"],
            path: "examples/demo-server",
            swiftSettings: strict),
        .executableTarget(
            name: "lesson",
            dependencies: ["FetchStore", "FetchCore", "TestSupport"],
            path: "examples/lesson",
            swiftSettings: strict),
        .executableTarget(
            name: "frontier-bench",
            dependencies: ["FetchCrawl"],
            path: "Benchmarks/frontier",
            swiftSettings: strict),
        .target(name: "CXMLLayout", dependencies: ["CDynamic", "CXML"], path: "Tests/CXMLLayout"),
        .testTarget(
            name: "FetchSQLiteTests",
            dependencies: ["FetchSQLite"],
            swiftSettings: strict),
        .testTarget(
            name: "FetchCoreTests",
            dependencies: [
                "FetchCrawl", "FetchGitHub", "FetchWatch", "FetchCore", "FetchSQLite", "TestSupport", "CXMLLayout",
                "CTOML",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TransportTests",
            dependencies: ["FetchScheduling", "FetchRecords", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "CLITests",
            dependencies: [
                "fetchall", "FetchStore", "TestSupport", "FetchSQLite", "demo-server",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// SwiftPM compiles a target again when the interface of one of its dependencies has changed. What lies below those is
// visible too: if its layout changed and the interfaces between did not, an object would keep the old layout, and the
// program would crash. So every target depends on all that is below it; the walls are the direct ones above.
let direct = Dictionary(
    uniqueKeysWithValues: package.targets.map { target in
        (
            target.name,
            target.dependencies.compactMap { dependency -> String? in
                if case .byNameItem(let name, _) = dependency { return name }
                return nil
            }
        )
    })

func below(_ name: String) -> Set<String> {
    (direct[name] ?? []).reduce(into: []) { found, next in found.formUnion(below(next).union([next])) }
}

for target in package.targets {
    let missing = below(target.name).subtracting(direct[target.name] ?? []).sorted()
    target.dependencies += missing.map { .byNameItem(name: $0, condition: nil) }
}
