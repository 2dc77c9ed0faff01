// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// The hub starts its threads itself, those of the libraries included; see `ThreadStarter`.
let startsThreads: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "--export-dynamic-symbol=pthread_create"])]

let package = Package(
    name: "exporter-hub",
    products: [
        .executable(name: "exporter-hub", targets: ["Hub"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "LuaSandbox", dependencies: ["CLua"], swiftSettings: strict),
        .target(name: "LinearRegex", swiftSettings: strict),
        .target(name: "Exposition", dependencies: ["LinearRegex"], swiftSettings: strict),
        .target(name: "CharacterSets", swiftSettings: strict),
        .target(name: "Telnet", dependencies: ["CharacterSets"], swiftSettings: strict),
        .target(
            name: "SNMP",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Relay",
            dependencies: [
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: strict),
        .target(
            name: "RemoteWrite",
            dependencies: [
                "CSnappy", "SQLite",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Hub",
            dependencies: [
                "CLinux",
                "CSnappy",
                "CYAML",
                "CZlib",
                "CharacterSets",
                "Exposition",
                "LinearRegex",
                "LuaSandbox",
                "Relay",
                "RemoteWrite",
                "SNMP",
                "SQLite",
                "Telnet",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            exclude: ["Push/Protobuf/metrics.proto"],
            swiftSettings: strict,
            linkerSettings: startsThreads
        ),
        .testTarget(name: "ExpositionTests", dependencies: ["Exposition"], swiftSettings: strict),
        .testTarget(name: "LinearRegexTests", dependencies: ["LinearRegex"], swiftSettings: strict),
        .testTarget(name: "RelayTests", dependencies: ["Relay"], swiftSettings: strict),
        .testTarget(
            name: "RemoteWriteTests",
            dependencies: ["RemoteWrite", "SQLite", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["Schema"],
            swiftSettings: strict
        ),
        .testTarget(name: "SNMPTests", dependencies: ["SNMP"], swiftSettings: strict),
        .testTarget(name: "SQLiteTests", dependencies: ["SQLite"], swiftSettings: strict),
        .testTarget(name: "TelnetTests", dependencies: ["Telnet"], swiftSettings: strict),
        .target(name: "Attacks", path: "Tests/Attacks", swiftSettings: strict),
        .target(name: "TestAgents", path: "Tests/TestAgents", swiftSettings: strict),
        .testTarget(name: "LuaSandboxTests", dependencies: ["Attacks", "LuaSandbox"], swiftSettings: strict),
        .testTarget(
            name: "HubTests",
            dependencies: [
                "CLinux",
                "CSnappy",
                "CZlib",
                "Exposition",
                "Hub",
                "LuaSandbox",
                "Relay",
                "RemoteWrite",
                "SNMP",
                "TestAgents",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["SNMPModules/Fixtures"],
            swiftSettings: strict,
            linkerSettings: startsThreads
        ),
        .testTarget(
            name: "EndToEnd",
            dependencies: ["Attacks", "TestAgents"],
            exclude: ["Fixtures"],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
