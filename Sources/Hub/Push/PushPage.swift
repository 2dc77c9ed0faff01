import Exposition
import HTTPTypes
import NIOCore
import NIOPosix

/// Pushgateway's API: pushes below `/metrics/job/`, and the admin API.
///
/// Status codes and the beginnings of texts are those of Pushgateway.
struct PushPage {
    /// How long the group is served from this push on, as in `5m`; `0` stands for ever.
    static let timeToLiveField = HTTPField.Name("X-Push-TTL")
    static let timeToLiveParameter = "ttl"

    let store: PushStore

    func reply(
        _ method: HTTPRequest.Method,
        _ target: RequestTarget,
        _ fields: HTTPFields,
        _ body: RequestBody?
    ) async -> Reply {
        do throws(GroupingKey.Problem) {
            let key = try GroupingKey(path: target.path)
            let access = PushAccess(store.configuration.jobs)
            guard access.allows(fields[.authorization], job: key.job) else { return refuse(access, job: key.job) }
            guard key.byteCount <= store.configuration.limits.key else {
                return reject(
                    "limit",
                    .badRequest,
                    "labels of a group must have at most \(store.configuration.limits.key) bytes"
                )
            }
            if method == .delete { return await delete(key) }
            return await push(key, method == .put ? .replace : .update, target, fields, body)
        } catch {
            return reject("malformed", .badRequest, error.reason)
        }
    }

    /// Removes all groups.
    func wipe(_ fields: HTTPFields) async -> Reply {
        let access = PushAccess(store.configuration.jobs)
        guard access.allows(fields[.authorization], job: nil) else { return refuse(access, job: nil) }
        let refusal = await store.submit(PushWrite(kind: .wipe, time: Clock.unixSeconds()))
        return refusal.map { answer($0) } ?? Reply(status: .accepted)
    }

    private func delete(_ key: GroupingKey) async -> Reply {
        let refusal = await store.submit(PushWrite(kind: .delete, key: key, time: Clock.unixSeconds()))
        if let refusal { return answer(refusal) }
        store.counters.count { $0.accepted["DELETE", default: 0] += 1 }
        return Reply(status: .accepted)
    }

    private func push(
        _ key: GroupingKey,
        _ kind: PushWrite.Kind,
        _ target: RequestTarget,
        _ fields: HTTPFields,
        _ body: RequestBody?
    ) async -> Reply {
        let asked: Duration?
        do throws(BadRequest) {
            asked = try Self.timeToLive(target, fields)
        } catch {
            return reject("malformed", .badRequest, error.reason)
        }
        let encoding = PushBody.Encoding(contentType: fields[.contentType], contentCoding: fields[.contentEncoding])
        let limits = store.configuration.limits
        let parsed = try? await NIOThreadPool.singleton.runIfActive { () -> Result<PushBody, PushBody.Failure> in
            do throws(PushBody.Failure) {
                return .success(
                    try PushBody.parse(body?.bytes ?? ByteBuffer(), encoding, key, limits) { count in
                        body?.grow(by: count) ?? true
                    }
                )
            } catch {
                return .failure(error)
            }
        }
        // Its room is taken until the push is answered.
        defer { withExtendedLifetime(body) {} }
        switch parsed {
        case .success(let content):
            let life = store.configuration.timeToLive(asked: asked).map { TimeAmount($0).inSeconds }
            let write = PushWrite(kind: kind, key: key, body: content, time: Clock.unixSeconds(), timeToLive: life)
            if let refusal = await store.submit(write) { return answer(refusal) }
            store.counters.count { $0.accepted[kind == .replace ? "PUT" : "POST", default: 0] += 1 }
            return Reply()
        case .failure(.malformed(let reason)): return reject("malformed", .badRequest, reason)
        case .failure(.tooLarge(let limit)):
            return reject("too_large", .contentTooLarge, "body must have at most \(limit) bytes or samples")
        case .failure(.noRoom):
            return reject("no_room", .serviceUnavailable, "too many bodies are being worked on")
        case nil: return reject("storage", .serviceUnavailable, "the hub is shutting down")
        }
    }

    private static func timeToLive(_ target: RequestTarget, _ fields: HTTPFields) throws(BadRequest) -> Duration? {
        let parameter = target.query.first { $0.name == timeToLiveParameter }?.value
        guard let text = parameter ?? timeToLiveField.flatMap({ fields[$0] }) else { return nil }
        if text == "0" { return .zero }
        guard let life = Quantity.duration.parse(text), life >= .zero else {
            throw BadRequest(reason: "ttl must be a duration such as 90s, 5m or 24h, got \"\(text)\"")
        }
        return life
    }

    // MARK: Refusals

    private func answer(_ refusal: PushRefusal) -> Reply {
        switch refusal {
        case .inconsistent(let reason):
            return reject(
                refusal.label,
                .badRequest,
                "pushed metrics are invalid or inconsistent with existing metrics: \(reason)"
            )
        case .limit(let reason): return reject(refusal.label, .init(code: 507), reason)
        case .diskFull(let reason): return reject(refusal.label, .init(code: 507), "disk is full: \(reason)")
        case .storage(let reason): return reject(refusal.label, .internalServerError, "cannot be stored: \(reason)")
        case .queueFull:
            var reply = reject(
                refusal.label,
                .serviceUnavailable,
                "more than \(store.configuration.limits.queue) pushes wait"
            )
            reply.fields[.retryAfter] = "1"
            return reply
        }
    }

    private func refuse(_ access: PushAccess, job: String?) -> Reply {
        var reply = reject("unauthorized", .unauthorized, "credentials are missing or wrong")
        reply.fields[.wwwAuthenticate] = access.challenge(job: job)
        return reply
    }

    private func reject(_ reason: String, _ status: HTTPResponse.Status, _ text: String) -> Reply {
        store.counters.count { $0.rejected[reason, default: 0] += 1 }
        return .text(status, text)
    }
}
