import CZlib
import NIOCore

/// Undoes the content codings gzip and deflate (RFC 9110 section 8.4.1), a piece at a time.
///
/// What a few bytes grow to is handed on in pieces and can be refused at any of them, so that a small answer cannot take
/// much memory.
final class Inflater {
    /// Bytes of one piece.
    private static let pieceSize = 64 << 10
    /// The largest window, plus 32 for gzip or zlib, whichever the header says (zlib.h).
    private static let windowBits: CInt = 15 + 32

    // zlib's state points back at its stream, so the stream must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var hasStarted = false
    /// The last member has come to its end.
    private var isAtEnd = false

    /// Nil when there is no memory for the state (some 40 KiB).
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_inflateInit2(stream, Self.windowBits) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Whether the codings of a response are one that this undoes.
    static func undoes(_ coding: String) -> Bool { ["gzip", "x-gzip", "deflate"].contains(coding.lowercased()) }

    /// Why the body is not complete; nil when it is, or when there was none.
    var incompleteness: String? { hasStarted && !isAtEnd ? "the compressed body is cut off" : nil }

    /// Hands on what `bytes` stand for; the answer is nil, or why there is no sense in going on.
    func inflate(_ bytes: ByteBuffer, _ take: (ByteBuffer) -> String?) -> String? {
        hasStarted = hasStarted || bytes.readableBytes > 0
        var input = [UInt8](bytes.readableBytesView)
        return input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            defer { stream.pointee.next_in = nil }
            while true {
                let (piece, status) = nextPiece()
                if piece.readableBytes > 0, let refusal = take(piece) { return refusal }
                switch status {
                case Z_OK, Z_BUF_ERROR:
                    if stream.pointee.avail_out > 0 { return nil }
                case Z_STREAM_END:
                    isAtEnd = true
                    guard stream.pointee.avail_in > 0 else { return nil }
                    inflateReset(stream)
                default:
                    // Behind a member another one may follow, or bytes that mean nothing.
                    return isAtEnd ? nil : "the compressed body is broken"
                }
            }
        }
    }

    private func nextPiece() -> (ByteBuffer, status: CInt) {
        var status: CInt = Z_OK
        var piece = ByteBuffer()
        piece.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.pieceSize) { space in
            stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(Self.pieceSize)
            status = CZlib.inflate(stream, Z_NO_FLUSH)
            return Self.pieceSize - Int(stream.pointee.avail_out)
        }
        return (piece, status)
    }
}
