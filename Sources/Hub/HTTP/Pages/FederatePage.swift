import Exposition
import HTTPTypes
import NIOCore

/// `/federate`: the last samples that selectors in `match[]` name, as Prometheus answers it.
struct FederatePage {
    let service: any HubService

    /// `form` is the body of a POST request.
    func reply(_ target: RequestTarget, _ form: ByteBuffer?, _ fields: HTTPFields) async -> Reply {
        var request = FederateRequest()
        do throws(BadRequest) {
            request.selectors = try Self.selectors(target, form, fields[.contentType])
        } catch {
            return .badRequest(error)
        }
        request.timeout = MetricsPage.timeout(in: fields)
        request.accepted = AcceptedFormats(accept: fields[.accept])
        switch await service.federate(request) {
        case .refused(let reason): return .text(.unprocessableContent, reason)
        case .answered(let format, let body):
            return Reply(fields: [.contentType: format.contentType, .vary: "Accept"], body: body)
        }
    }

    private static func selectors(
        _ target: RequestTarget,
        _ form: ByteBuffer?,
        _ type: String?
    ) throws(BadRequest) -> [MetricSelector] {
        var query = target.query
        let media = type?.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        if let form, media == "application/x-www-form-urlencoded" {
            query = try RequestTarget.parseQuery(String(buffer: form)[...]) + query
        }
        var selectors: [MetricSelector] = []
        for (name, value) in query where name == "match[]" {
            do throws(SelectorError) {
                selectors.append(try MetricSelector(value))
            } catch {
                throw BadRequest(reason: error.description)
            }
        }
        return selectors
    }
}
