import Foundation

/// Objects for every feature of snmp_exporter's modules, on a real agent.
enum SNMPFeatures {
    static let root = "1.3.6.1.4.1.99999"

    /// Lines of snmpd.conf; what `override` has no type for comes from a script by `pass`.
    static func lines(in workspace: Workspace) throws -> [String] {
        let script = try workspace.write(passScript, to: "pass.sh")
        return ["sysName \"a \\\\ and \\\"b\\\"\""] + overrides.map { "override \(root).\($0)" }
            + passes.map { "pass \(root).\($0) /bin/sh \(script)" }
    }

    /// Lines of snmpd.conf for objects that stand in a file below `root`, one in a line: what follows, type, value.
    static func lines(of file: URL, below root: String, in workspace: Workspace) throws -> [String] {
        let text = try String(contentsOf: file, encoding: .utf8)
        var lines: [String] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard parts.count == 3 else { throw HarnessError(description: "\(file.path): \(line)") }
            let object = "\(root).\(parts[0])"
            if ["integer", "uinteger", "counter", "object_id", "octet_str"].contains(parts[1]) {
                lines.append("override \(object) \(parts[1]) \(parts[2])")
                continue
            }
            // Others only a program can answer with, which is registered for what is before the `.0`.
            guard object.hasSuffix(".0") else { throw HarnessError(description: "\(file.path): \(line)") }
            let script = """
                case "$1:$2" in -g:*.0) name=$2 ;; -n:*.0) exit ;; -n:*) name=$2.0 ;; *) exit ;; esac
                printf '%s\\n' "$name" '\(parts[1])' '\(parts[2])'

                """
            let path = try workspace.write(script, to: "pass-\(parts[0]).sh")
            lines.append("pass \(object.dropLast(2)) /bin/sh \(path)")
        }
        return lines
    }

    static let row = "2.1.7.2.65.66.2.1.255.9.8.0.26.43.60.77.94.10.0.0.1.1.4.192.0.2.1.1.120.121"

    private static let overrides = [
        "9.0 integer 99", "1.1.0 integer -42", "1.2.0 counter 4294967295", "1.8.0 object_id 1.3.6.1.4.1.8072.3.2.10",
        "1.13.0 integer 2", "1.14.0 integer 9", "1.15.0 integer 3", "1.16.0 integer 7", "1.17.0 integer 1",
        "1.18.0 octet_str \"12.75 V on\"", "1.19.0 integer 1", "1.23.0 octet_str \"\"", "1.24.0 uinteger 4000000000",
        "1.28.0 octet_str \"text\"", "\(row) integer 1", "2.2.1.192.0.2.9 integer 2", "2.3.5 integer 3",
        "2.4.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1 integer 4", "2.5.3.2.7.8.44 integer 5",
        "2.6.3 octet_str \"three\"", "3.1.7 integer 70", "3.2.70 octet_str \"card seventy\"",
        "3.3.7.1 octet_str \"macmac\"",
    ]

    private static let passes = [3, 4, 5, 6, 7, 9, 10, 11, 12, 20, 22, 26, 27, 29].map { "1.\($0)" }

    /// Answers `-g OID` and `-n OID` as snmpd.conf(5) describes it under `pass`.
    private static let passScript = """
        case "$2" in
          *.1.3|*.1.3.0) V='string
        a "quoted" \\ back' ;;
          *.1.4|*.1.4.0) V='octet
        7F 80 FF 00' ;;
          *.1.5|*.1.5.0) V='octet
        00 1A 2B 3C 4D FE' ;;
          *.1.6|*.1.6.0) V='octet
        C0 00 02 07' ;;
          *.1.7|*.1.7.0) V='octet
        20 01 0D B8 00 00 00 00 00 00 00 00 00 00 00 09' ;;
          *.1.9|*.1.9.0) V='octet
        07 E2 08 0F 08 01 0F 00 2B 02 00' ;;
          *.1.10|*.1.10.0) V='octet
        07 E2 08 0F 08 01 0F 00' ;;
          *.1.11|*.1.11.0) V='octet
        00 01 02' ;;
          *.1.12|*.1.12.0) V='octet
        C0 01' ;;
          *.1.20|*.1.20.0) V='octet
        0A 00 00 01' ;;
          *.1.22|*.1.22.0) V='octet
        0A 00 00 02' ;;
          *.1.26|*.1.26.0) V='timeticks
        123456' ;;
          *.1.27|*.1.27.0) V='counter64
        19007199254740992' ;;
          *.1.29|*.1.29.0) V='ipaddress
        192.0.2.33' ;;
          *) exit 0 ;;
        esac
        case "$1:$2" in
          -n:*.0) exit 0 ;;
          -n:*) echo "$2.0" ;;
          *:*.0) echo "$2" ;;
          *) exit 0 ;;
        esac
        echo "$V"

        """
}
