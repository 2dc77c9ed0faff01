import Testing

@testable import Hub

/// URLs, read so strictly that nobody can read another host out of the same text.
@Suite struct RequestURLTests {
    @Test(arguments: [
        ("http://host", "http://host:80/", "host"), ("HTTP://HOST./", "http://host:80/", "host"),
        ("https://host/a/b?c=d#e", "https://host:443/a/b?c=d", "host"), ("http://host?x", "http://host:80/?x", "host"),
        ("http://host#x", "http://host:80/", "host"), ("http://[::1]:8080/x", "http://[::1]:8080/x", "[::1]:8080"),
        ("http://user:pw@host:81/", "http://host:81/", "host:81"), ("http://127.1/", "http://127.1:80/", "127.1"),
        ("http://good@evil/", "http://evil:80/", "evil"), ("http://good:80@evil/", "http://evil:80/", "evil"),
        ("http://good%2f@evil/", "http://evil:80/", "evil"), ("http://a@b@evil/", "http://evil:80/", "evil"),
        ("http://good#@evil/", "http://good:80/", "good"), ("http://good/@evil", "http://good:80/@evil", "good"),
        ("http://good?@evil", "http://good:80/?@evil", "good"),
        ("http+unix://%2frun%2Fx.sock/a", "http+unix://%2Frun%2Fx.sock/a", "localhost"),
    ])
    func theHostIsWhatFollowsTheUserInformation(text: String, expected: String, header: String) throws {
        let url = try #require(RequestURL(text))
        #expect(url.text == expected)
        #expect(url.hostHeader == header)
    }

    @Test(arguments: [
        "host", "//host", "ftp://host/", "http:/host", "http:host", "http://", "http:///x", "http://:80/", "http://@/",
        "http://u@/", "http://host:/", "http://host:0/", "http://host:65536/", "http://host:+1/", "http://host:80:80/",
        "http://ho st/", "http://host/a b", " http://host/", "http://host/\n", "http://ho\tst/", "http://host\\x",
        "http://good\\@evil/", "http://good%2eevil/", "http://%67ood/", "http://[::1", "http://[::1]x/",
        "http://[::1%lo]/",
        "http://[::1%25lo]/", "http://[host]/", "http://::1/", "http://hö.st/", "http://host\u{7f}/",
        "http://u%zz@host/",
        "http://u%00@host/", "http://u%+1@host/", "http+unix://run/x", "http+unix://%2Frun%2F..%2Fx/",
        "http+unix://%2Frun%00/",
        "http+unix:///run/x.sock", "http+unix://u@%2Frun%2Fx/", "file:///etc/passwd", "",
    ])
    func whatCouldBeReadInTwoWaysIsRefused(text: String) {
        #expect(RequestURL(text) == nil)
    }

    @Test(arguments: [
        ("http://user:pw@host/", "user", "pw"), ("http://user@host/", "user", ""), ("http://:pw@host/", "", "pw"),
        ("http://us%3Aer:p%40w%2F@host/", "us:er", "p@w/"), ("http://a@b:c@host/", "a@b", "c"),
    ])
    func userInformationIsDecoded(text: String, username: String, password: String) throws {
        let credentials = try #require(RequestURL(text)?.credentials)
        #expect(credentials == (username, password))
    }

    @Test(arguments: [
        ("http://other/x", "http://other:80/x"), ("//other/x", "http://other:80/x"), ("/x?y", "http://host:8080/x?y"),
        ("x", "http://host:8080/a/x"), ("?q", "http://host:8080/a/b?q"), ("https://host/", "https://host:443/"),
        ("/login?from=http://host/", "http://host:8080/login?from=http://host/"),
        ("x?to=a://b", "http://host:8080/a/x?to=a://b"), ("http://u:p@other/", "http://other:80/"),
    ])
    func aRedirectionIsReadRelativeToTheRequest(location: String, expected: String) throws {
        let url = try #require(RequestURL("http://host:8080/a/b?c"))
        #expect(url.redirected(to: location)?.text == expected)
    }

    @Test(arguments: [
        "ftp://other/", "mailto:a", "javascript:x", "http://good\\@evil/", "http://", "/a b", "file:///etc/passwd",
    ])
    func aRedirectionToWhatCannotBeFetchedIsRefused(location: String) throws {
        let url = try #require(RequestURL("http://host/"))
        #expect(url.redirected(to: location) == nil)
    }

    @Test func theOriginIsSchemeHostAndPort() throws {
        let url = try #require(RequestURL("http://host/a"))
        #expect(try url.hasSameOrigin(as: #require(RequestURL("http://HOST.:80/b"))))
        for other in ["https://host/a", "http://host:81/a", "http://other/a"] {
            #expect(try !url.hasSameOrigin(as: #require(RequestURL(other))))
        }
    }
}
