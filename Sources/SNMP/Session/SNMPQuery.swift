/// One request to an agent, however often it is sent.
package struct SNMPQuery: Sendable {
    package enum Kind: Hashable, Sendable {
        case get([ObjectIdentifier])
        case getNext(ObjectIdentifier)
        case getBulk(ObjectIdentifier, repetitions: Int)
    }

    package var kind: Kind
    /// What limits of requests are counted for, and what the address that answered is kept for.
    package var target: String
    /// In the order in which they are tried.
    package var addresses: [AgentAddress]
    package var credentials: SNMPCredentials
    package var options: SNMPOptions

    package init(
        _ kind: Kind,
        target: String,
        addresses: [AgentAddress],
        credentials: SNMPCredentials,
        options: SNMPOptions
    ) {
        self.kind = kind
        self.target = target
        self.addresses = addresses
        self.credentials = credentials
        self.options = options
    }

    func pdu(_ requestID: Int32) -> PDU {
        switch kind {
        case .get(let names):
            PDU(kind: .get, requestID: requestID, bindings: names.map { VariableBinding($0, .null) })
        case .getNext(let name):
            PDU(kind: .getNext, requestID: requestID, bindings: [VariableBinding(name, .null)])
        case .getBulk(let name, let repetitions):
            PDU(
                kind: .getBulk,
                requestID: requestID,
                index: Int32(clamping: repetitions),
                bindings: [VariableBinding(name, .null)]
            )
        }
    }
}

/// What an agent answered.
package struct SNMPAnswer: Sendable {
    package let bindings: [VariableBinding]
    package let status: ErrorStatus?
    /// Which object the error is about, from 1; 0 for none.
    package let errorIndex: Int
    /// What the GetBulk asked for in the end.
    package let repetitions: Int
}
