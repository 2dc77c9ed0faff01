package import NIOCore
package import NIOHTTP1

/// A scrape of the client itself.
package struct LocalRequest: Sendable {
    package var method: String
    /// What the scraper calls the client, with the port where there is one.
    package var authority: String
    /// Path and query.
    package var target: String
    package var headers: HTTPHeaders
    package var body: ByteBuffer
}

/// What the client itself answers.
package struct LocalAnswer: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: ByteBuffer

    package init(status: Int, headers: HTTPHeaders, body: ByteBuffer) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
