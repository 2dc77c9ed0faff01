import Exposition
import LuaSandbox

/// Families as Lua tables: `{ name, kind, help, unit, samples = { { name, labels, value, timestamp } } }`.
enum ExpositionTables {
    /// As much as a state of some 32 MiB can hold as tables, at about 400 bytes a sample.
    static let options: ParseOptions = {
        var options = ParseOptions()
        options.maximumSamples = 50_000
        options.maximumBytes = 8 << 20
        options.maximumMetadataBytes = 8 << 20
        return options
    }()

    static func plan(_ families: [FamilyBlock]) -> Plan {
        var plan = Plan()
        plan.beginTable(items: families.count)
        for (index, family) in families.enumerated() {
            push(family, to: &plan)
            plan.item(index + 1)
        }
        return plan
    }

    private static func push(_ family: FamilyBlock, to plan: inout Plan) {
        let descriptor = family.descriptor
        plan.beginTable(fields: 5)
        plan.field("name") { $0.push(descriptor.name) }
        plan.field("kind") { $0.push(descriptor.kind.rawValue) }
        plan.field("help") { $0.push(descriptor.help) }
        plan.field("unit") { $0.push(descriptor.unit) }
        plan.field("samples") { plan in
            plan.beginTable(items: family.sampleCount)
            for number in 0..<family.sampleCount {
                push(family.sample(at: number), of: descriptor, to: &plan)
                plan.item(number + 1)
            }
        }
    }

    private static func push(_ sample: Sample, of family: FamilyDescriptor, to plan: inout Plan) {
        plan.beginTable(fields: sample.timestamp == nil ? 3 : 4)
        plan.field("name") { $0.push(family.sampleName(sample.suffix)) }
        plan.field("value") { $0.push(sample.value) }
        // Seconds, as everywhere in the API.
        if let timestamp = sample.timestamp { plan.field("timestamp") { $0.push(Double(timestamp) / 1000) } }
        plan.field("labels") { plan in
            plan.beginTable(fields: sample.labels.count)
            for label in sample.labels { plan.field(label.name) { $0.push(label.value) } }
        }
    }
}
