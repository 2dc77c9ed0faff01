import Foundation
import Testing

@testable import Hub

@Suite struct StatusPageTests {
    private let page = StatusPage(status: .sample, now: HubStatus.sampleNow).html.markup

    @Test func thePageIsServedWithAPolicyThatAllowsNoScripts() async throws {
        try await RunningServer.run { server in
            let answer = try await TestClient.get("/", at: server.address)
            #expect(answer.fields["content-type"] == "text/html; charset=utf-8")
            #expect(answer.fields["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'")
            #expect(answer.text.hasPrefix("<!DOCTYPE html>"))
            #expect(!answer.text.contains("<script"))
        }
    }

    @Test func everyTextIsEscaped() {
        #expect(page.contains("&lt;b&gt;unexpected&lt;/b&gt; &amp; &quot;odd&quot; answer"))
        #expect(!page.contains("<b>unexpected"))
        let text = #"<&>"' é"#
        #expect(("<p>\(text)</p>" as HTML).markup == "<p>&lt;&amp;&gt;&quot;&#39; é</p>")
    }

    @Test(arguments: ["ok", "failing", "load error", "disabled", "waiting"])
    func statesAreWords(word: String) {
        #expect(page.contains(">\(word)</span>"))
    }

    @Test func loadErrorsStandAboveTheTableAndSayWhatRuns() throws {
        let alert = try #require(page.range(of: "role=\"alert\""))
        let table = try #require(page.range(of: "<table>"))
        #expect(alert.lowerBound < table.lowerBound)
        #expect(page.contains("<strong>ups</strong> did not load. It is not running."))
        #expect(page.contains("<strong>smart</strong> did not load. The version before it is still running."))
    }

    @Test func everyTargetHasItsRowAndItsError() {
        #expect(page.contains("<span class=\"name\">living-room</span><span class=\"note\">192.168.0.1:23</span>"))
        #expect(page.contains("rtx: [2001:db8::7]:161: no response within 5 s (3 retries)"))
        #expect(page.contains("12 failures in a row, next try in 3.4 min"))
    }

    @Test func pushedGroupsAreShownWithTheirLabelsAndTimes() {
        #expect(page.contains("<h2>Pushed groups <small>2 groups, 1,204 samples</small></h2>"))
        #expect(page.contains("<span class=\"name\">&lt;i&gt;odd&lt;/i&gt;</span>"))
        #expect(page.contains("<span class=\"note\">host=&quot;&quot;nas&quot;&quot;</span>"))
        #expect(page.contains("<pre>the push 60 s ago was refused</pre>"))
        #expect(page.contains("data-label=\"Time left\">for ever</td>"))
        #expect(page.contains("data-label=\"Time left\">60 min</td>"))
    }

    @Test func endpointsAreShownWithWhatWaitsAndWhy() {
        #expect(page.contains("<span class=\"note\">version 2.0 · the queue is not on disk</span>"))
        #expect(page.contains("<pre>status 503: &lt;h1&gt;busy&lt;/h1&gt;</pre><span class=\"note\">12 s ago</span>"))
        #expect(page.contains("data-label=\"Waiting\">12,345</td><td class=\"n\" data-label=\"Oldest\">5 min</td>"))
        #expect(page.contains("data-label=\"Last success\">–</td>"))
    }

    @Test func relaysAreShownWithTheirConnection() {
        #expect(page.contains("<span class=\"note\">scraped as raspberrypi</span>"))
        #expect(page.contains("<span class=\"state ok\">connected</span>"))
        #expect(page.contains("<span class=\"state failing\">not connected</span>"))
        #expect(page.contains("<pre>cannot connect: &lt;refused&gt;</pre>"))
    }

    @Test func whatIsNotConfiguredHasNoSection() {
        var status = HubStatus.sample
        (status.pushes, status.remoteWrite, status.relays) = (nil, [], [])
        let html = StatusPage(status: status, now: HubStatus.sampleNow).html.markup
        for title in ["Pushed groups", "Remote write", "Relays"] { #expect(!html.contains(title)) }
    }

    @Test func ofThousandsOfGroupsTheFirstAreShownAndTheOthersCounted() throws {
        let groups = (0..<10_000).map { number in
            var group = PushGroup(key: GroupingKey(["job": "job-\(100_000 + number)"]))
            (group.pushed, group.failed) = (10, number == 9_999 ? 11 : 0)
            return group
        }
        var status = HubStatus.sample
        status.plugins = []
        status.pushes = PushStatus(groups)
        let page = StatusPage(status: status, now: HubStatus.sampleNow).html.markup
        #expect(page.matches(of: /class="name">job-/).count == PushStatus.listed)
        let first = try #require(page.firstMatch(of: /class="name">(job-[0-9]+)</))
        #expect(first.output.1 == "job-109999", "the refused one comes first")
        #expect(page.contains("<summary>500 more</summary>") && page.contains("9,480 more in /api/v1/metrics."))
        try expectEveryElementClosed(page)
    }

    private static func page(targets count: Int) -> String {
        var status = HubStatus.sample
        status.plugins = [.rtx]
        status.plugins[0].targets = (0..<count).map { number in
            var target = PluginStatus.rtx.targets[number % 50 == 49 ? 1 : 0]
            target.name = "router-\(number)"
            return target
        }
        return StatusPage(status: status, now: HubStatus.sampleNow).html.markup
    }

    @Test func ofManyTargetsThoseThatFailComeFirstAndMostAreFolded() throws {
        let page = Self.page(targets: 500)
        #expect(page.contains("Targets: 10 failing, 490 ok"))
        #expect(page.contains("<summary>More targets: 480 ok</summary>"))
        let fold = try #require(page.range(of: "<details>"))
        let shown = page[..<fold.lowerBound]
        #expect(shown.matches(of: /class="name">router-/).count == StatusRows.shownTargets)
        for number in stride(from: 49, to: 500, by: 50) { #expect(shown.contains(">router-\(number)<")) }
        #expect(page.matches(of: /class="name">router-/).count == 500)
        try expectEveryElementClosed(page)
    }

    @Test func thousandsOfTargetsDoNotMakeThePageLong() throws {
        let page = Self.page(targets: 10_000)
        #expect(page.matches(of: /class="name">router-/).count == StatusRows.shownTargets + StatusRows.foldedTargets)
        #expect(page.contains("9,480 more in the status as JSON."))
        #expect(page.utf8.count < 500_000)
        try expectEveryElementClosed(page)
    }

    @Test func aFewTargetsAreNotFolded() {
        let page = Self.page(targets: StatusRows.shownTargets)
        #expect(!page.contains("<details>"))
        #expect(!page.contains("Targets:"))
    }

    @Test func aHubWithoutPluginsSaysWhatToDo() {
        var status = HubStatus.sample
        status.plugins = []
        (status.pushes, status.remoteWrite, status.relays) = (nil, [], [])
        let html = StatusPage(status: status, now: HubStatus.sampleNow).html.markup
        #expect(html.contains("No plugins."))
        #expect(!html.contains("<table"))
    }

    /// The page's markup is well formed, which also shows that no text broke out of it.
    @Test func everyElementIsClosed() throws { try expectEveryElementClosed(page) }

    private func expectEveryElementClosed(_ page: String) throws {
        var open: [Substring] = []
        for match in page.matches(of: #/<(/?)([a-z0-9]+)[^>]*>/#) {
            let name = match.output.2
            if ["meta"].contains(name) { continue }
            if match.output.1.isEmpty {
                open.append(name)
            } else {
                let last = open.popLast()
                #expect(last == name)
            }
        }
        #expect(open.isEmpty)
    }

    @Test(arguments: [
        (0.0004, "0.4 ms"), (0.0123, "12 ms"), (1, "1 s"), (3.21, "3.2 s"), (42, "42 s"), (300, "5 min"),
        (7_200, "2 h"), (864_000, "10 d"), (.nan, "–"), (-1, "–"),
    ])
    func durationsAreReadable(seconds: Double, text: String) {
        #expect(Figures.duration(seconds) == text)
    }

    @Test(arguments: [(0, "0 B"), (999, "999 B"), (1_468_006, "1.4 MiB"), (33_554_432, "32 MiB")])
    func sizesAreReadable(bytes: Int, text: String) {
        #expect(Figures.bytes(bytes) == text)
    }

    @Test func otherFiguresAreReadable() {
        #expect(Figures.count(1_234_567) == "1,234,567")
        #expect(Figures.count(-12) == "-12")
        #expect(Figures.uptime(273_900) == "3 d 4 h")
        #expect(Figures.uptime(59) == "59 s")
        #expect(Figures.moment(100, now: 100.4) == "just now")
        #expect(Figures.moment(100, now: 112) == "12 s ago")
        #expect(Figures.moment(130, now: 100) == "in 30 s")
    }
}
