import NIOCore

/// `/clients`: the registered clients as Prometheus's http_sd takes them.
enum ClientList {
    /// A client of PushProx is listed as PushProx lists it; one of ours with every port that it serves, and labels.
    static func json(_ registrations: [Registration]) -> String {
        let groups = registrations.flatMap { registration -> [String] in
            guard !registration.services.isEmpty else {
                return ["{\"targets\":[\(quote(registration.name))],\"labels\":null}"]
            }
            return registration.services.map { service in
                let labels = service.labels.merging(["__meta_relay_client": registration.name]) { $1 }
                let pairs = labels.sorted { $0.key < $1.key }.map { "\(quote($0.key)):\(quote($0.value))" }
                let host = registration.name.contains(":") ? "[\(registration.name)]" : registration.name
                return
                    "{\"targets\":[\(quote("\(host):\(service.port)"))],\"labels\":{\(pairs.joined(separator: ","))}}"
            }
        }
        return "[\(groups.joined(separator: ","))]\n"
    }

    private static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
