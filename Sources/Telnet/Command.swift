/// The bytes of the telnet protocol (RFC 854).
package enum Command: UInt8, Sendable {
    case interpretAsCommand = 255
}
