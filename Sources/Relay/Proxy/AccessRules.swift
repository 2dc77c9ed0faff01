package import NIOHTTP1

/// Who may poll under which name and who may scrape; without any rule, anyone may do either, as with PushProx.
package struct AccessRules: Sendable, Equatable {
    /// A client's name, or `*.` with a domain, and its token.
    package struct Client: Sendable, Equatable {
        package var name: String
        /// Nil when only a certificate opens the name.
        package var token: Token?

        package init(name: String, token: Token?) {
            self.name = ClientName.canonical(name)
            self.token = token
        }

        func covers(_ name: String) -> Bool {
            guard self.name.hasPrefix("*.") else { return self.name == name }
            return name.hasSuffix(self.name.dropFirst()) && name.utf8.count > self.name.utf8.count - 1
        }
    }

    /// Somebody who may scrape: by password, or by a token alone.
    package struct Scraper: Sendable, Equatable {
        /// Nil for a bearer token.
        package var username: String?
        package var password: Token

        package init(username: String?, password: Token) {
            self.username = username
            self.password = password
        }
    }

    package enum Verdict: Equatable {
        case allowed
        /// No credentials, or none that are known.
        case unknown
        /// Known, but not under this name.
        case forbidden
    }

    package var clients: [Client] = []
    package var scrapers: [Scraper] = []
    /// Certificates are checked against an authority of the relay's own, so that their names count.
    package var acceptsCertificates = false

    package init() {}

    /// Whether somebody may poll and push as `name`, which is canonical.
    ///
    /// - Parameters:
    ///   - name: The client's name.
    ///   - authorization: The header of that name: a bearer token, or the password of basic authentication.
    ///   - certificateNames: The names in the checked certificate of the connection.
    /// - Returns: What to tell the client.
    package func client(_ name: String, authorization: String?, certificateNames: [String]) -> Verdict {
        guard !clients.isEmpty || acceptsCertificates else { return .allowed }
        if acceptsCertificates, certificateNames.contains(where: { Client(name: $0, token: nil).covers(name) }) {
            return .allowed
        }
        guard let given = authorization.flatMap({ Credentials($0) }) else {
            return certificateNames.isEmpty ? .unknown : .forbidden
        }
        let known = clients.filter { $0.token?.matches(given.secret) == true }
        if known.contains(where: { $0.covers(name) }) { return .allowed }
        return known.isEmpty ? .unknown : .forbidden
    }

    /// Whether somebody may scrape, and by which header that was shown.
    package func scraper(_ headers: HTTPHeaders) -> (Verdict, field: String?) {
        guard !scrapers.isEmpty else { return (.allowed, nil) }
        for field in ["Proxy-Authorization", "Authorization"] {
            guard let given = headers.first(name: field).flatMap({ Credentials($0) }) else { continue }
            if scrapers.contains(where: { $0.username == given.username && $0.password.matches(given.secret) }) {
                return (.allowed, field)
            }
        }
        return (.unknown, nil)
    }
}
