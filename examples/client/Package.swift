// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "client",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "fetchall", path: "../..")],
    targets: [
        .executableTarget(
            name: "client", dependencies: [.product(name: "FetchCore", package: "fetchall")],
            swiftSettings: [.treatAllWarnings(as: .error)])
    ],
    swiftLanguageModes: [.v6]
)
