@testable import SNMP

/// An agent in memory: objects, users, an engine, and the limits and faults of real ones.
struct FakeAgent {
    /// In the order in which it gives them.
    var objects: [VariableBinding]
    var users: [USMUser] = []
    var engineID: [UInt8] = [0x80, 0, 0, 0, 1, 2, 3, 4, 5]
    var boots: Int32 = 1
    /// When it was booted.
    var bootedAt: Duration = .zero
    /// Objects that fit into one of its answers.
    var room = Int.max
    /// Answers in place of the honest ones.
    var malice: Malice?
    /// Whether it says nothing to users, as many do when they cannot decipher a request.
    var isDeaf = false
    private(set) var requests = 0
    private var ring = KeyRing()
    private var salt: UInt64 = 7

    init(_ objects: [VariableBinding]) { self.objects = objects }

    /// `count` gauges below `root`.
    init(count: Int, below root: ObjectIdentifier = ObjectIdentifier([1, 3, 6, 1, 9])) {
        objects = (0..<count).map { VariableBinding(root.appending([UInt32($0) + 1]), .gauge32(UInt32($0))) }
    }

    mutating func answer(_ bytes: [UInt8], now: Duration) -> [UInt8]? {
        requests += 1
        var whole = BERReader(bytes)
        guard var reader = try? whole.enter(), let version = try? reader.integer32() else { return nil }
        if version == V3Message.version { return answerSecurely(&reader, bytes, now) }
        guard let message = try? CommunityMessage(version: version, &reader), let pdu = try? message.pdu.pdu(),
            message.community == Array("public".utf8)
        else { return nil }
        var writer = BERWriter()
        let answer = answer(pdu, isV1: version == CommunityMessage.v1)
        writer.wrap(BERTag.sequence) { writer in
            writer.answer(answer)
            writer.octetString(message.community)
            writer.integer(version)
        }
        return writer.bytes
    }

    private func next(_ name: ObjectIdentifier) -> Int? { objects.firstIndex { $0.name > name } }

    private mutating func answer(_ pdu: PDU, isV1: Bool) -> PDU {
        let honest = honestAnswer(pdu, isV1: isV1)
        return malice?.spoil(honest, to: pdu) ?? honest
    }

    private func honestAnswer(_ pdu: PDU, isV1: Bool) -> PDU {
        var answer = PDU(kind: .response, requestID: pdu.requestID, bindings: pdu.bindings)
        var found: [VariableBinding] = []
        for (index, binding) in pdu.bindings.enumerated() {
            switch pdu.kind {
            case .get:
                let known = objects.first { $0.name == binding.name }
                guard known != nil || !isV1 else { return fail(&answer, 2, index + 1) }
                found.append(known ?? VariableBinding(binding.name, .noSuchObject))
            default:
                let count = pdu.kind == .getBulk ? Int(pdu.index) : 1
                guard let start = next(binding.name) else {
                    guard !isV1 else { return fail(&answer, 2, index + 1) }
                    found.append(VariableBinding(binding.name, .endOfMibView))
                    continue
                }
                found += objects[start...].prefix(count)
            }
        }
        guard found.count <= room else { return fail(&answer, 1, 0) }
        answer.bindings = found
        return answer
    }

    private func fail(_ answer: inout PDU, _ status: Int32, _ index: Int) -> PDU {
        answer.status = status
        answer.index = Int32(index)
        return answer
    }
}

// MARK: Version 3

extension FakeAgent {
    private mutating func answerSecurely(_ reader: inout BERReader, _ bytes: [UInt8], _ now: Duration) -> [UInt8]? {
        guard let message = try? V3Message(bytes, &reader) else { return nil }
        let security = message.security
        guard security.engineID == engineID else { return report(4, message, now) }
        guard !isDeaf else { return nil }
        guard let user = users.first(where: { Array($0.name.utf8) == security.userName }) else {
            return report(3, message, now)
        }
        guard message.level.rank <= user.level.rank else { return report(1, message, now) }
        let keys = ring.keys(of: user, engineID: engineID)
        var header = try? message.plainPDU()
        if message.level.isAuthenticated, let algorithm = user.authentication?.algorithm {
            guard message.isAuthentic(algorithm, key: keys.authentication) else { return report(5, message, now) }
            let time = Int64((now - bootedAt).components.seconds)
            guard security.boots == boots, abs(Int64(security.time) - time) <= 150 else {
                var known = user
                known.level = .authNoPriv
                return report(2, message, now, as: known)
            }
        }
        if message.level.isPrivate, let cipher = user.privacy?.algorithm {
            header = message.pdu(cipher, key: keys.privacy)
            guard header != nil else { return report(6, message, now) }
        }
        guard let pdu = try? header?.pdu() else { return nil }
        var asked = user
        asked.level = message.level
        return encode(answer(pdu, isV1: false), message.id, asked, now)
    }

    private mutating func report(
        _ number: UInt32,
        _ message: V3Message,
        _ now: Duration,
        as user: USMUser = USMUser("")
    ) -> [UInt8] {
        let name = ObjectIdentifier([1, 3, 6, 1, 6, 3, 15, 1, 1, number, 0])
        let requestID = (try? message.plainPDU())?.requestID ?? 0
        let pdu = PDU(kind: .report, requestID: requestID, bindings: [VariableBinding(name, .counter32(1))])
        return encode(pdu, message.id, user, now)
    }

    mutating func encode(_ pdu: PDU, _ id: Int32, _ user: USMUser, _ now: Duration) -> [UInt8] {
        var scoped = BERWriter()
        scoped.wrap(BERTag.sequence) { writer in
            writer.answer(pdu)
            writer.octetString([])
            writer.octetString(engineID)
        }
        return encode(scoped: scoped.bytes, id, user, now)
    }

    /// A message that is protected as it should be, whatever is in it.
    mutating func encode(scoped: [UInt8], _ id: Int32, _ user: USMUser, _ now: Duration) -> [UInt8] {
        let keys = ring.keys(of: user, engineID: engineID)
        var security = SecurityParameters()
        (security.engineID, security.boots) = (engineID, boots)
        security.time = Int32((now - bootedAt).components.seconds)
        security.userName = Array(user.name.utf8)
        var data = scoped
        if user.level.isPrivate, let cipher = user.privacy?.algorithm {
            salt += 1
            let salt = PrivacySalt(salt, for: cipher, boots: boots, time: security.time)
            security.salt = salt.bytes
            data = cipher.encrypt(data, key: keys.privacy, salt) ?? []
        }
        let algorithm = user.level.isAuthenticated ? user.authentication?.algorithm : nil
        var writer = BERWriter()
        var mark = 0
        writer.wrap(BERTag.sequence) { writer in
            if user.level.isPrivate { writer.octetString(data) } else { writer.append(data) }
            mark = security.write(to: &writer, digestSize: algorithm?.digestSize ?? 0)
            writer.wrap(BERTag.sequence) { writer in
                writer.integer(3)
                writer.octetString([V3Message.Flags(user.level).rawValue])
                writer.integer(65_507)
                writer.integer(id)
            }
            writer.integer(3)
        }
        var bytes = writer.bytes
        if let algorithm {
            let start = bytes.count - mark
            bytes.replaceSubrange(
                start..<start + algorithm.digestSize,
                with: algorithm.digest(bytes, key: keys.authentication)
            )
        }
        return bytes
    }
}

extension SecurityLevel {
    fileprivate var rank: Int { SecurityLevel.allCases.firstIndex(of: self) ?? 0 }
}
