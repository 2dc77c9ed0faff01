import NIOCore
import Testing

@testable import Hub

@Suite struct AddressFormatterTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1", "http://127.0.0.1:80"),
        ("::", "::", "http://[::]:80"),
        ("2001:db8::7", "2001:db8::7", "http://[2001:db8::7]:80"),
        ("::ffff:1.2.3.4", "1.2.3.4", "http://1.2.3.4:80"),
        ("fe80::1%lo", "fe80::1%lo", "http://[fe80::1%25lo]:80"),
    ])
    func addressesAreSpelledForPeopleAndAsURLs(text: String, host: String, url: String) throws {
        var address = try #require(SystemResolver.literal(text))
        address.port = 80
        #expect(AddressFormatter.host(address) == host)
        #expect(AddressFormatter.url(address) == url)
    }

    @Test(arguments: ["hub.home", "localhost", "1", "1.2"])
    func namesAreNoLiterals(text: String) {
        #expect(SystemResolver.literal(text) == nil)
    }
}
