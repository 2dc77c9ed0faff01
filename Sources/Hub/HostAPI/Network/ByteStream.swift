import NIOCore

/// A connection as the functions of the plugin API use it; a recorded case plays one without a socket.
///
/// Lives on the plugin's thread.
protocol ByteStream: AnyObject {
    var inbox: StreamInbox { get }
    /// The address that was reached in the end.
    var peer: String { get }
    /// Writes all bytes; `completion` gets nil or the reason, maybe before this returns.
    ///
    /// Secret bytes are kept out of recordings and transcripts.
    func send(_ bytes: [UInt8], isSecret: Bool, completion: @escaping (String?) -> Void)
    /// May be called again.
    func close()
}

/// What has come and was not taken yet.
final class StreamInbox {
    enum Event {
        case bytes(ByteBuffer)
        /// With the reason, when the peer did not simply close.
        case end(String?)
    }

    /// Bytes that may wait while nobody asks for them.
    static let idleLimit = 64 << 10
    /// Bytes that may wait now; when as many do, no more are read from the socket.
    var limit = StreamInbox.idleLimit {
        didSet { if oldValue <= count, !isFull { onRoom?() } }
    }

    private var buffer = ByteBuffer()
    /// Called when `count` has changed.
    var onCount: ((Int) -> Void)?
    /// Nothing more will come.
    private(set) var isAtEnd = false
    /// Why it ended, when the peer did not simply close.
    private(set) var failure: String?
    /// Called when bytes or the end have come.
    var onChange: (() -> Void)?
    /// Sees everything that comes, before anybody else.
    var tap: ((Event) -> Void)?
    /// Called when there is room again.
    var onRoom: (() -> Void)?

    var count: Int { buffer.readableBytes }
    var isFull: Bool { count >= limit }

    func append(_ bytes: ByteBuffer) {
        tap?(.bytes(bytes))
        var bytes = bytes
        buffer.writeBuffer(&bytes)
        onCount?(count)
        onChange?()
    }

    func end(_ failure: String? = nil) {
        guard !isAtEnd else { return }
        tap?(.end(failure))
        isAtEnd = true
        self.failure = failure
        onChange?()
    }

    /// Takes up to `count` bytes.
    func take(_ count: Int) -> [UInt8] {
        let wasFull = isFull
        let bytes = buffer.readBytes(length: min(count, buffer.readableBytes)) ?? []
        // Not after every line: what is left has to be moved.
        if buffer.readerIndex > buffer.readableBytes { buffer.discardReadBytes() }
        onCount?(self.count)
        if wasFull, !isFull { onRoom?() }
        return bytes
    }

    /// Bytes up to and with the first line feed at or after `start`; nil when there is none.
    func lineLength(from start: Int) -> Int? {
        let view = buffer.readableBytesView
        guard start < view.count else { return nil }
        let from = view.index(view.startIndex, offsetBy: start)
        return view[from...].firstIndex(of: 0x0A).map { view.distance(from: view.startIndex, to: $0) + 1 }
    }
}
