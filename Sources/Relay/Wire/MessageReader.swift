package import NIOCore

/// Takes a serialised message apart as its bytes come in: its head, the pieces of its body, its end.
///
/// Keeps the bytes of an unfinished head or chunk line and nothing else; body bytes are handed on at once.
package struct MessageReader {
    /// Bytes of a head; Go's net/http stops at 1 MiB, and no exporter has a hundredth of it.
    package static let defaultHeadLimit = 64 << 10
    /// Bytes of one line of the chunked coding, with its extensions.
    private static let chunkLineLimit = 1_024

    package enum Event: Equatable {
        case head(MessageHead)
        case body(ByteBuffer)
        case end
    }

    private enum State: Equatable {
        case head
        case length(Int)
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailer
        case toEnd
        case over
        case ended
    }

    private let headLimit: Int
    private var state = State.head
    private var buffer = ByteBuffer()

    package init(headLimit: Int = defaultHeadLimit) {
        self.headLimit = headLimit
    }

    package mutating func receive(_ bytes: ByteBuffer) {
        var bytes = bytes
        buffer.discardReadBytes()
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeBuffer(&bytes) }
    }

    /// The next event; nil when more bytes are needed.
    package mutating func next() throws(WireError) -> Event? {
        while true {
            switch state {
            case .head: return try readHead().map { .head($0) }
            case .length(0): state = .over
            case .length(let left):
                guard let piece = readPiece(left) else { return nil }
                state = .length(left - piece.readableBytes)
                return .body(piece)
            case .chunkSize:
                guard let size = try readChunkSize() else { return nil }
                state = size == 0 ? .trailer : .chunk(size)
            case .chunk(0): state = .chunkEnd
            case .chunk(let left):
                guard let piece = readPiece(left) else { return nil }
                state = .chunk(left - piece.readableBytes)
                return .body(piece)
            case .chunkEnd:
                guard let line = try readLine() else { return nil }
                guard line.isEmpty else { throw .malformed("malformed chunk: no line end after its bytes") }
                state = .chunkSize
            case .trailer:
                guard let line = try readLine() else { return nil }
                if line.isEmpty { state = .over }
            case .toEnd:
                guard let piece = readPiece(.max) else { return nil }
                return .body(piece)
            case .over:
                state = .ended
                return .end
            case .ended:
                // What follows the message belongs to nobody.
                buffer.clear()
                return nil
            }
        }
    }

    /// The message has no body whatever its head says, as the answer to HEAD; called right after its head.
    package mutating func expectNoBody() {
        state = .over
    }

    /// The bytes have ended.
    ///
    /// - Returns: The end of a message whose body goes on to the end; nil when the end has been told.
    package mutating func finish() throws(WireError) -> Event? {
        switch state {
        case .toEnd, .over, .length(0):
            state = .ended
            return .end
        case .ended: return nil
        default: throw .truncated
        }
    }

    private mutating func readHead() throws(WireError) -> MessageHead? {
        let view = buffer.readableBytesView
        guard let length = Self.headLength(view) else {
            guard view.count <= headLimit else { throw .headTooLarge(limit: headLimit) }
            return nil
        }
        guard length <= headLimit else { throw .headTooLarge(limit: headLimit) }
        let head = try MessageHead(parsing: view.prefix(length))
        buffer.moveReaderIndex(forwardBy: length)
        switch try head.framing() {
        case .none: state = .over
        case .length(let length): state = .length(length)
        case .chunked: state = .chunkSize
        case .toEnd: state = .toEnd
        }
        return head
    }

    /// The bytes up to and with the empty line; nil when it has not come.
    private static func headLength(_ bytes: ByteBufferView) -> Int? {
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let length = end - start
            if start > bytes.startIndex, length == 0 || (length == 1 && bytes[start] == UInt8(ascii: "\r")) {
                return end + 1 - bytes.startIndex
            }
            start = end + 1
        }
        return nil
    }

    private mutating func readPiece(_ limit: Int) -> ByteBuffer? {
        guard buffer.readableBytes > 0 else { return nil }
        return buffer.readSlice(length: min(limit, buffer.readableBytes))
    }

    private mutating func readChunkSize() throws(WireError) -> Int? {
        guard let line = try readLine() else { return nil }
        let digits = line.prefix { $0 != ";" && $0 != " " }
        guard digits.utf8.count <= 15, let size = Int(digits, radix: 16), size >= 0, digits.first != "-" else {
            throw .malformed("malformed chunk size \"\(line.prefix(40))\"")
        }
        return size
    }

    private mutating func readLine() throws(WireError) -> String? {
        let view = buffer.readableBytesView
        guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else {
            guard view.count <= Self.chunkLineLimit else { throw .malformed("line of the chunked coding is too long") }
            return nil
        }
        var line = view[..<end]
        guard line.count <= Self.chunkLineLimit else { throw .malformed("line of the chunked coding is too long") }
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        buffer.moveReaderIndex(to: end + 1)
        return String(decoding: line, as: UTF8.self)
    }
}
