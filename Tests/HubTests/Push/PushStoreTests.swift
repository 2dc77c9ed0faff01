import Exposition
import Logging
import NIOCore
import Testing

@testable import Hub

@Suite struct PushStoreTests {
    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func push(_ text: String, to path: String, _ store: PushStore) async throws {
        let key = try GroupingKey(path: path)
        let body = try PushBody.parse(ByteBuffer(string: text), PushBody.Encoding(), key, PushLimits())
        let write = PushWrite(kind: .replace, key: key, body: body, time: 5, timeToLive: nil)
        #expect(await store.submit(write) == nil)
    }

    private func text(_ groups: [PushGroup]) -> String {
        let merged = merge([PushExposition.contribution(groups)])
        return String(decoding: encode(merged, as: ExpositionFormat(.text1, escaping: .allowUTF8)), as: UTF8.self)
    }

    @Test func namesOfAnyAlphabetAreTheSameAfterARestart() async throws {
        let tree = try TemporaryTree()
        let store = try PushStore(PushConfiguration(), folder: tree.root, logger: Self.logger)
        // Two keys that are one where names are escaped.
        for label in ["a.b", "a_b", "U__a_20_b", "日本", "q\"\\\n"] {
            try await push("{\"my.metric\",\"my.label\"=\"x\"} 1\nlegacy 2\n", to: "/metrics/job/j/\(label)/v", store)
        }
        let before = store.groups(at: 5)
        await store.shutdown()
        let again = try PushStore(PushConfiguration(), folder: tree.root, logger: Self.logger)
        #expect(again.groups(at: 5).map(\.key) == before.map(\.key))
        #expect(text(again.groups(at: 5)) == text(before))
        #expect(text(before).contains(#"{"my.metric","a b"="v",instance="",job="j","my.label"="x"} 1"#))
        #expect(before.count == 5)
        // Deleted under its name in either spelling.
        let delete = PushWrite(kind: .delete, key: try GroupingKey(path: "/metrics/job/j/U__a_2e_b/v"), time: 6)
        #expect(await again.submit(delete) == nil)
        #expect(again.groups(at: 6).count == 4)
        await again.shutdown()
    }
}
