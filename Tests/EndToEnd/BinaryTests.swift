import Foundation
import Testing

extension EndToEndTests {
    @Suite struct BinaryTests {
        /// Full Foundation alone would be another 38 MB.
        @Test func theProgramIsSmallerThan45Megabytes() throws {
            let attributes = try FileManager.default.attributesOfItem(atPath: Hub.binary)
            let size = try #require(attributes[.size] as? Int)
            #expect(size <= 45_000_000, "\(size) bytes")
        }

        @Test func theProgramNeedsNoSwiftLibraryOfTheMachine() async throws {
            let ldd = try await run("ldd", [Hub.binary])
            #expect(ldd.status == 0)
            #expect(ldd.output.contains { $0.contains("libc.so") })
            #expect(ldd.output.filter { $0.contains("libswift") || $0.contains("libFoundation") } == [])
        }

        @Test(arguments: [["--help"], ["serve", "--help"], ["run", "--help"], ["check", "--help"]])
        func helpIsPrintedAndEndsWell(arguments: [String]) async throws {
            let help = try await run(Hub.binary, arguments)
            #expect(help.status == 0)
            #expect(help.output.contains { $0.contains("USAGE") })
        }
    }
}
