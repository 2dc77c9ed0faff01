import Exposition
import HTTPTypes
import NIOCore
import Testing

@testable import Hub

@Suite struct SNMPPageTests {
    private func parse(_ query: String) throws -> SNMPRequest {
        try SNMPPage.parse(try RequestTarget("/snmp?" + query))
    }

    @Test func parametersAreThoseOfSNMPExporter() throws {
        var request = SNMPRequest(target: "192.0.2.1:161")
        #expect(try parse("target=192.0.2.1:161&foo=bar") == request)
        request.modules = ["a", "b", "c"]
        request.auth = "x"
        request.context = "ctx"
        request.engineID = "80004f"
        request.isStrict = true
        let query = "target=192.0.2.1:161&module=a,b&module=b,,c&auth=x&snmp_context=ctx&snmp_engineid=80004f&strict=1"
        #expect(try parse(query) == request)
        #expect(try parse("target=udp6://[::1]:161").target == "[::1]:161")
    }

    @Test(arguments: [
        ("module=a", "'target' parameter must be specified once"),
        ("target=", "'target' parameter must be specified once"),
        ("target=a&module=", "'module' parameter must contain at least one module name"),
        ("target=a&snmp_engineid=1&snmp_engineid=2", "'snmp_engineid' parameter must only be specified once"),
        (
            "target=a&snmp_engineid=zz",
            "'snmp_engineid' parameter must be up to 32 bytes in hexadecimal, got \"zz\""
        ),
        ("target=tcp://a", "only udp is supported, got \"tcp://\""),
        ("target=a&strict=2", "strict must be 1 or 0, got \"2\""),
    ])
    func whatMakesNoSenseIsRefused(query: String, reason: String) {
        #expect(throws: BadRequest(reason: reason)) { try parse(query) }
    }

    @Test func answersHaveTheStatusOfTheirKind() async throws {
        let hub = try FakeHub()
        let page = SNMPPage(service: hub)
        let target = try RequestTarget("/snmp?target=a")
        hub.answerSNMP(.failed("no response"))
        let failed = await page.reply(target, [:])
        #expect(failed.status == .internalServerError)
        #expect(String(buffer: failed.body) == "An error has occurred while serving metrics:\n\nno response\n")
        hub.answerSNMP(.refused(status: 400, "Unknown module 'x'"))
        #expect(await page.reply(target, [:]).status == .badRequest)
        hub.answerSNMP(.answered(try TestExposition.gauges(1)))
        let answered = await page.reply(target, [:])
        #expect(answered.status == .ok)
        #expect(answered.fields[.contentType]?.hasPrefix("text/plain") == true)
        #expect(hub.snmpAsked.count == 3)
    }
}
