// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "dashboard",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "fetchall", path: "../.."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
    ],
    targets: [
        .executableTarget(
            name: "dashboard",
            dependencies: [
                .product(name: "FetchCore", package: "fetchall"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)])
    ],
    swiftLanguageModes: [.v6]
)
