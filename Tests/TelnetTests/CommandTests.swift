import Telnet
import Testing

@Test func theEscapeIs255() { #expect(Command.interpretAsCommand.rawValue == 255) }
