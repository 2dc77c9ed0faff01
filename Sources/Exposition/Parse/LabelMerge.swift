/// Joins the labels of one line with those to add where some of the line's have to be renamed.
struct LabelMerge {
    private struct Entry {
        /// In `names`, without quotes and escapes.
        let name: Range<Int>
        /// In the line's labels, with its quotes; nil for a label that is added.
        let value: Range<Int>?
        let isQuoted: Bool
        /// The number of a label that is added.
        let added: Int

        /// Labels with an empty value count for none.
        var isEmpty: Bool { value.map { $0.count <= 2 } ?? false }
    }

    private static let prefix = Array("exported_".utf8)

    private var names: [UInt8] = []
    /// Sorted by name.
    private var entries: [Entry] = []
    private var renamed: [Entry] = []
    /// How many labels the last line got.
    private(set) var count = 0

    /// Writes `labels`, which have the arena's form, with those of `added`.
    mutating func write(_ labels: UnsafeRawBufferPointer, _ added: AddedLabels, to output: inout [UInt8]) {
        names.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        renamed.removeAll(keepingCapacity: true)
        count = 0
        read(labels)
        for number in added.labels.indices { add(added, number) }
        // Shorter names are renamed first, as Prometheus does.
        if renamed.count > 1 { renamed.sort { $0.name.count < $1.name.count } }
        for entry in renamed { rename(entry) }
        output.removeAll(keepingCapacity: true)
        for entry in entries {
            if !output.isEmpty { output.append(UInt8(ascii: ",")) }
            append(entry, labels, added, to: &output)
        }
    }

    private mutating func read(_ labels: UnsafeRawBufferPointer) {
        var scanner = LabelScanner(labels)
        while let pair = scanner.next() {
            let bytes = UnsafeRawBufferPointer(rebasing: labels[pair.name])
            let name = pair.isQuoted ? keep(scanner.unescaped(pair.name)) : keep(bytes)
            let value = pair.value.lowerBound - 1..<pair.value.upperBound + 1
            entries.append(Entry(name: name, value: value, isQuoted: pair.isQuoted, added: 0))
        }
    }

    private mutating func keep(_ name: UnsafeRawBufferPointer) -> Range<Int> {
        let start = names.count
        names.append(contentsOf: name)
        return start..<names.count
    }

    private mutating func keep(_ name: String) -> Range<Int> {
        let start = names.count
        names.append(contentsOf: name.utf8)
        return start..<names.count
    }

    private mutating func add(_ added: AddedLabels, _ number: Int) {
        added.labels[number].name.withUnsafeBytes { name in
            let (place, isTaken) = find(name)
            let ifPresent = added.labels[number].ifPresent
            if isTaken, ifPresent == .keep { return }
            if isTaken {
                let own = entries.remove(at: place)
                if !own.isEmpty, ifPresent == .rename { renamed.append(own) }
            }
            count += 1
            entries.insert(Entry(name: keep(name), value: nil, isQuoted: false, added: number), at: place)
        }
    }

    /// Puts `exported_` in front of a name until it is free.
    private mutating func rename(_ entry: Entry) {
        var start = entry.name
        while true {
            let end = names.count
            names.append(contentsOf: Self.prefix)
            names.append(contentsOf: names[start])
            start = end..<names.count
            let name = start
            let (place, isTaken) = names.withUnsafeBytes { find(UnsafeRawBufferPointer(rebasing: $0[name])) }
            if isTaken {
                guard entries[place].isEmpty else { continue }
                entries.remove(at: place)
            }
            entries.insert(Entry(name: name, value: entry.value, isQuoted: entry.isQuoted, added: 0), at: place)
            return
        }
    }

    /// Where a name is or belongs.
    private func find(_ name: UnsafeRawBufferPointer) -> (Int, isTaken: Bool) {
        names.withUnsafeBytes { names in
            var place = 0
            while place < entries.count {
                let other = UnsafeRawBufferPointer(rebasing: names[entries[place].name])
                if !ByteCompare.precedes(other, name) { return (place, ByteCompare.isEqual(other, name)) }
                place += 1
            }
            return (place, false)
        }
    }

    private func append(
        _ entry: Entry,
        _ labels: UnsafeRawBufferPointer,
        _ added: AddedLabels,
        to output: inout [UInt8]
    ) {
        guard let value = entry.value else {
            output.append(contentsOf: added.labels[entry.added].text)
            return
        }
        if entry.isQuoted {
            output.append(UInt8(ascii: "\""))
            LabelText.appendEscaped(names[entry.name], to: &output)
            output.append(UInt8(ascii: "\""))
        } else {
            output.append(contentsOf: names[entry.name])
        }
        output.append(UInt8(ascii: "="))
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: labels[value]))
    }
}
