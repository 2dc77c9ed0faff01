import Glibc

/// One collection of one part after the other.
extension SeriesTable {
    /// Begins the collection of one part: `labels` are added to its samples where they have none of that name.
    ///
    /// `time` in milliseconds is that of samples without one of their own.
    package mutating func begin(part name: String, labels: [Label], time: Int64) {
        part = partNumber(name)
        parts[part].labels = labels
        parts[part].generation &+= 1
        self.time = time
    }

    func existingPart(_ name: String) -> Int? { partNumbers[name] }

    mutating func partNumber(_ name: String) -> Int {
        if let number = partNumbers[name] { return number }
        let number = parts.count
        parts.append(Part(name: name, labels: []))
        partNumbers[name] = number
        return number
    }

    /// The samples that follow have this name and belong to this family.
    package mutating func begin(section name: String, of family: MetricMetadata) {
        let key = Section.Key(part: part, name: name, family: family)
        if let known = sectionNumbers[key] {
            section = known
        } else if let free = freeSections.popLast() {
            section = free
            sections[free] = Section(key: key)
            sectionNumbers[key] = free
        } else {
            section = sections.count
            sections.append(Section(key: key))
            sectionNumbers[key] = section
        }
    }

    /// Takes a sample; `labels` are escaped label pairs, `a="x",b="y"`.
    package mutating func add(labels: UnsafeRawBufferPointer, value: Double, time ownTime: Int64? = nil) {
        let hash = ByteHash.hash(labels, seed: UInt64(section) &* 0x9E37_79B9_7F4A_7C15)
        let known = index.find(hash) { entry in
            sources[entry].hash == hash && sources[entry].section == section && sources[entry].labels.hasBytes(labels)
        }
        guard let source = known ?? insertSource(labels, hash, hasOwnTime: ownTime != nil) else { return drop(.series) }
        append(source, value, ownTime)
    }

    private mutating func append(_ source: Int, _ value: Double, _ ownTime: Int64?) {
        sources[source].generation = parts[part].generation
        guard let place = place(of: source, hasOwnTime: ownTime != nil) else { return }
        if series[place].owner != source {
            // Another source has the same labels after relabelling.
            guard series[place].owner == nil else { return drop(.duplicate) }
            series[place].owner = source
        }
        let time = ownTime ?? self.time
        guard time > series[place].lastTime else {
            // A sample that keeps its own time is seen again until there is a newer one.
            if ownTime == nil { drop(.order) }
            return
        }
        series[place].lastTime = time
        let sample = SeriesSample(series: series[place].number, timestamp: time, value: value)
        intake.append(sample, shard: series[place].shard, size: size(of: place))
    }

    /// The place of the series that a source is sent as; nil, counted, when it is not sent.
    private mutating func place(of source: Int, hasOwnTime: Bool) -> Int? {
        if case .series(let place, let number) = sources[source].target {
            if series[place].number == number { return place }
            // Its series belonged to another source and has ended: now it is this one's.
            sources[source].target = sources[source].labels.withUnsafeBytes { resolve($0, hasOwnTime: hasOwnTime) }
        }
        switch sources[source].target {
        case .series(let place, _): return place
        case .relabelled: drop(.relabel)
        case .invalid: drop(.labels)
        }
        return nil
    }

    /// Ends the collection of the part: what was not seen in it has ended.
    package mutating func endPart() {
        let generation = parts[part].generation
        if parts[part].sources.contains(where: { sources[$0].generation != generation }) {
            let own = parts[part].sources
            parts[part].sources = own.filter { sources[$0].generation == generation }
            for source in own where sources[source].generation != generation { end(source: source) }
        }
        let orphans = parts[part].orphans
        parts[part].orphans = []
        for (place, number) in orphans where series[place].number == number && series[place].owner == nil {
            ending.append((place, number, time))
        }
    }

    /// What has come in since the last call, with stale markers for what has ended meanwhile.
    ///
    /// A series that one part no longer has and another now has goes on.
    package mutating func takeIntake() -> Intake {
        for (place, number, time) in ending where series[place].number == number && series[place].owner == nil {
            end(series: place, time: time)
        }
        ending.removeAll(keepingCapacity: true)
        defer { intake = Intake(shards: shards, limit: rowLimit) }
        return intake
    }

    /// Ends all series of a part.
    package mutating func end(part name: String, time: Int64) {
        guard let number = partNumbers[name] else { return }
        begin(part: name, labels: parts[number].labels, time: time)
        endPart()
    }

    /// Ends all series of the parts that are not among these.
    package mutating func endParts(except names: Set<String>, time: Int64) {
        for part in parts where !names.contains(part.name) && !(part.sources.isEmpty && part.orphans.isEmpty) {
            end(part: part.name, time: time)
        }
    }

    // MARK: Beginning and ending

    private mutating func insertSource(_ labels: UnsafeRawBufferPointer, _ hash: UInt64, hasOwnTime: Bool) -> Int? {
        guard index.count < limit else { return nil }
        let target = resolve(labels, hasOwnTime: hasOwnTime)
        let source = Source(hash: hash, section: Int32(section), labels: Array(labels), target: target)
        let number: Int
        if let free = freeSources.popLast() {
            number = free
            sources[free] = source
        } else {
            number = sources.count
            sources.append(source)
        }
        index.insert(number, hash: hash)
        sections[section].count += 1
        parts[part].sources.append(number)
        return number
    }

    /// What these labels are sent as, under the current section's name.
    private mutating func resolve(_ text: UnsafeRawBufferPointer, hasOwnTime: Bool) -> Target {
        let key = sections[section].key
        var labels = ExpositionLabels.parse(text)
        labels.append(Label(Label.metricName, key.name))
        for extra in parts[part].labels where !labels.contains(where: { $0.name == extra.name }) {
            labels.append(extra)
        }
        guard relabel(&labels) else { return .relabelled }
        guard let set = LabelSet(labels) else { return .invalid }
        if let place = byLabels[set] { return .series(place: place, number: series[place].number) }
        let (family, isNew) = families.number(of: key.family)
        if isNew { intake.newFamilies.append((family, key.family)) }
        let record = SeriesRecord(labels: set, family: family)
        let number = nextSeries
        nextSeries += 1
        intake.newSeries.append(.init(number: number, record: record, part: parts[part].name))
        return .series(place: insert(number, record, lastTime: .min, hasOwnTime: hasOwnTime), number: number)
    }

    mutating func insert(_ number: Int64, _ record: SeriesRecord, lastTime: Int64, hasOwnTime: Bool) -> Int {
        let shard = shard(of: record.labels)
        let new = Series(number: number, record: record, shard: shard, lastTime: lastTime, hasOwnTime: hasOwnTime)
        let place: Int
        if let free = freeSeries.popLast() {
            place = free
            series[free] = new
        } else {
            place = series.count
            series.append(new)
        }
        byLabels[record.labels] = place
        byNumber[number] = place
        families.retain(record.family)
        return place
    }

    private mutating func end(source number: Int) {
        let source = sources[number]
        index.remove(number, hash: source.hash)
        sources[number].labels = []
        freeSources.append(number)
        let section = Int(source.section)
        sections[section].count -= 1
        if sections[section].count == 0 {
            sectionNumbers[sections[section].key] = nil
            freeSections.append(section)
        }
        guard case .series(let place, let target) = source.target, series[place].number == target,
            series[place].owner == number
        else { return }
        series[place].owner = nil
        ending.append((place, target, time))
    }

    /// Keys, lengths, value and time take about this much beside the labels.
    private static let sampleSize = 24

    @inline(__always)
    private func size(of place: Int) -> Int { series[place].record.labels.bytes.count + Self.sampleSize }

    private mutating func end(series place: Int, time: Int64) {
        let old = series[place]
        if !old.hasOwnTime {
            // Never at or before the last sample, even where the clock was set back.
            let time = max(time, old.lastTime &+ 1)
            let marker = SeriesSample(series: old.number, timestamp: time, bits: SeriesSample.staleMarker)
            intake.append(marker, shard: old.shard, size: size(of: place))
        }
        intake.ended.append(old.number)
        byLabels[old.record.labels] = nil
        byNumber[old.number] = nil
        families.release(old.record.family)
        series[place].number = 0
        series[place].owner = nil
        freeSeries.append(place)
    }
}

extension [UInt8] {
    @inline(__always)
    fileprivate func hasBytes(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard count > 0, let base = other.baseAddress else { return true }
        return withUnsafeBytes { own in
            guard let start = own.baseAddress else { return false }
            return memcmp(start, base, own.count) == 0
        }
    }
}
