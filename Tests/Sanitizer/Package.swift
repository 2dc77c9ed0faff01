// swift-tools-version: 6.2
import PackageDescription

// The sandbox by itself, so that its tests run under a sanitizer without building the program and what it depends on.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    // The C in CLua's headers becomes part of the Swift modules; the sanitizer has to be asked for once more there.
    .unsafeFlags(["-Xcc", "-fsanitize=address"]),
]

let package = Package(
    name: "sandbox",
    targets: [
        .systemLibrary(name: "CLua", path: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        .target(name: "LuaSandbox", dependencies: ["CLua"], path: "LuaSandbox", swiftSettings: strict),
        .target(name: "Attacks", path: "Attacks", swiftSettings: strict),
        .testTarget(
            name: "LuaSandboxTests",
            dependencies: ["Attacks", "LuaSandbox"],
            path: "LuaSandboxTests",
            swiftSettings: strict,
            // The default linker warns about hundreds of the sanitizer's symbols.
            linkerSettings: [.unsafeFlags(["-use-ld=lld"])]
        ),
    ],
    swiftLanguageModes: [.v6]
)
