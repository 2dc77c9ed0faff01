import HTTPTypes
import NIOCore
import Testing

@testable import Hub

@Suite struct DiscoveryPageTests {
    private func page(_ path: String = "/sd", authority: String? = "pi:10100") throws -> (status: Int, text: String) {
        let reply = DiscoveryPage(status: .sample).reply(try RequestTarget(path), authority: authority)
        return (reply.status.code, String(buffer: reply.body))
    }

    private let livingRoom = """
        {"labels":{"__metrics_path__":"/probe","__param_plugin":"rtx","__param_target":"living-room",\
        "instance":"living-room","job":"rtx"},"targets":["pi:10100"]}
        """

    @Test func everyConfiguredTargetIsAScrapeOfTheHub() throws {
        let targets = PluginStatus.rtx.targets.map(\.name)
        let page = try page("/sd?plugin=rtx")
        #expect(page.status == 200)
        for name in targets { #expect(page.text.contains("\"__param_target\":\"\(name)\"")) }
        #expect(page.text.hasPrefix("[" + livingRoom + ","))
        #expect(try self.page().text.contains("\"__param_target\":\"localhost:8080\""))
        #expect(try !self.page().text.contains("certificates"), "a plugin without targets has nothing to list")
    }

    @Test func aDisabledPluginListsNothing() throws {
        var status = HubStatus.sample
        status.plugins = [.rtx]
        status.plugins[0].state = .disabled
        let reply = DiscoveryPage(status: status).reply(try RequestTarget("/sd"), authority: "pi")
        #expect(String(buffer: reply.body) == "[]\n")
    }

    @Test(arguments: [
        ("/sd?plugin=fan", 404, "no plugin \"fan\"\n"), ("/sd?plugin=", 400, "plugin must not be empty\n"),
    ])
    func aQueryWithoutSenseIsRefused(path: String, status: Int, text: String) throws {
        #expect(try page(path) == (status, text))
    }

    @Test(arguments: [nil, "", "a/b", "a\u{1}", "ä", "user@host", String(repeating: "a", count: 301)])
    func aNameThatCannotBeScrapedIsRefused(authority: String?) throws {
        let page = try page(authority: authority)
        #expect(page == (400, "the request must name the hub in its Host field\n"))
    }

    @Test func theHostFieldSaysWhatIsScraped() async throws {
        try await RunningServer.run { server in
            let answer = try await TestClient.get("/sd?plugin=rtx", at: server.address)
            #expect(answer.fields["content-type"] == "application/json")
            #expect(answer.text.contains("\"targets\":[\"test\"]"))
        }
    }
}
