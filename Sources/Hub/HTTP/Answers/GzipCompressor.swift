import CZlib
import NIOCore
import Synchronization

/// A deflate state that makes gzip members (RFC 1952), one after the other.
struct GzipCompressor: ~Copyable {
    /// Smaller bodies fit into one packet anyway.
    static let smallestBody = 1_024
    /// The cheapest level: exposition text shrinks to a tenth with it, and higher ones cost several times the CPU.
    private static let level: CInt = 1
    /// The largest window, plus 16 for gzip's header and trailer instead of zlib's (zlib.h).
    private static let windowBits: CInt = 15 + 16
    /// zlib's default.
    private static let memoryLevel: CInt = 8

    // zlib's state points back at its stream, so the stream must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil when there is no memory for the state (256 KiB).
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_deflateInit2(stream, Self.level, Self.windowBits, Self.memoryLevel) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// The body as one gzip member; nil when zlib refuses.
    func compress(_ body: ByteBuffer) -> ByteBuffer? {
        guard deflateReset(stream) == Z_OK else { return nil }
        let bound = Int(deflateBound(stream, UInt(body.readableBytes)))
        var packed = ByteBuffer()
        let isWhole = body.withUnsafeReadableBytes { input in
            var status = Z_OK
            packed.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { output in
                stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: input.bindMemory(to: UInt8.self).baseAddress
                )
                stream.pointee.avail_in = UInt32(clamping: input.count)
                stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = UInt32(clamping: output.count)
                status = deflate(stream, Z_FINISH)
                return output.count - Int(stream.pointee.avail_out)
            }
            return status == Z_STREAM_END
        }
        return isWhole ? packed : nil
    }
}

/// Keeps one compressor between requests: setting one up costs more than compressing a small body.
final class SharedCompressor: Sendable {
    private let shared = Mutex<GzipCompressor?>(nil)

    /// The body as one gzip member; nil when zlib refuses.
    func compress(_ body: ByteBuffer) -> ByteBuffer? {
        let packed = shared.withLockIfAvailable { compressor -> ByteBuffer? in
            if compressor == nil { compressor = GzipCompressor() }
            return compressor?.compress(body)
        }
        if let packed { return packed }
        // Another thread is at it; a state for once is better than a thread that waits.
        return GzipCompressor()?.compress(body)
    }
}
