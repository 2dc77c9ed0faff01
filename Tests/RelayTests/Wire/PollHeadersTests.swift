import NIOHTTP1
import Testing

@testable import Relay

struct PollHeadersTests {
    @Test func whatAClientSaysArrivesAsItWas() {
        let sent = PollHeaders(
            timeoutSeconds: 50,
            services: [
                .init(port: 10_100, labels: [:]),
                .init(port: 9_100, labels: ["site": "häuschen & co=1%", "__meta_relay_target": "[::1]:9100"]),
            ]
        )
        var headers = HTTPHeaders()
        sent.add(to: &headers)
        #expect(PollHeaders(headers) == sent)
        #expect(headers.allSatisfy { $0.value.utf8.allSatisfy { (0x20...0x7E).contains($0) } })
    }

    @Test(arguments: ["", "x", "0 a=b", "70000 a=b", "1 a", "1 1a=b", "1 a-b=c", "1 a=%zz", "1 a=%ff"])
    func aServiceThatMakesNoSenseIsPassedOver(value: String) {
        #expect(PollHeaders([PollHeaders.serviceField: value]).services.isEmpty)
    }

    @Test(arguments: ["0", "-1", "x", "99999"])
    func aTimeoutThatMakesNoSenseIsNone(value: String) {
        #expect(PollHeaders([PollHeaders.timeoutField: value]).timeoutSeconds == nil)
    }

    @Test func noMoreServicesAreTakenThanTheLimit() {
        let headers = HTTPHeaders((1...200).map { (PollHeaders.serviceField, "\($0) ") })
        #expect(PollHeaders(headers).services.count == PollHeaders.serviceLimit)
    }
}
