import SNMP

/// Why an agent's objects are not to be had, with the agent in the text: `192.0.2.1:161: no response within 5 s (3 retries)`.
enum SNMPFailure: Error, Equatable {
    /// The agent's name cannot be resolved, or it is not granted.
    case network(NetworkError)
    case agent(Endpoint, SNMPError)

    var text: String {
        switch self {
        case .network(let error): error.text
        // The reasons of addresses begin with them; a lone one of an address is not named twice.
        case .agent(let endpoint, let error):
            error.text.hasPrefix("\(endpoint): ") ? error.text : "\(endpoint): \(error.text)"
        }
    }

    /// What the waiting function answers; a missing capability is raised.
    var result: OperationResult {
        switch self {
        case .network(let error): error.result
        case .agent: .failure(text)
        }
    }
}
