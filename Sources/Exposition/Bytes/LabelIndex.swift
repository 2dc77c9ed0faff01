/// Finds the number of an entry by a hash of its bytes: open addressing, linear probing, at most half full.
///
/// The bytes stay with the owner, who compares what `next` proposes.
struct LabelIndex: Sendable {
    struct Probe {
        fileprivate var position: Int
        fileprivate let hash: UInt32
    }

    /// High half the hash, low half the entry plus 1; 0 is free.
    private var slots: [UInt64] = []
    private(set) var count = 0
    /// Label values come from outside; an unknown seed keeps anyone from choosing values that collide.
    private static let seed = UInt64.random(in: .min ... .max)

    /// A hash of `bytes`, different in each process.
    @inline(__always)
    static func hash(_ bytes: UnsafeRawBufferPointer, salt: UInt8 = 0) -> UInt32 {
        var state = seed ^ UInt64(salt) &* 0xa076_1d64_78bd_642f
        guard let base = bytes.baseAddress else { return finish(state, 0) }
        var offset = 0
        while offset &+ 8 <= bytes.count {
            state = mix(state ^ base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset &+= 8
        }
        var rest: UInt64 = 0
        while offset < bytes.count {
            rest = rest << 8 | UInt64(base.load(fromByteOffset: offset, as: UInt8.self))
            offset &+= 1
        }
        return finish(mix(state ^ rest), bytes.count)
    }

    @inline(__always)
    private static func mix(_ word: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: 0xe703_7ed1_a0b4_28db)
        return product.high ^ product.low
    }

    @inline(__always)
    private static func finish(_ state: UInt64, _ length: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: mix(state ^ UInt64(truncatingIfNeeded: length)) >> 16)
    }

    @inline(__always)
    func probe(_ hash: UInt32) -> Probe {
        Probe(position: Int(hash), hash: hash)
    }

    /// The next entry that may be the one looked for; nil when it is not in the index.
    @inline(__always)
    func next(_ probe: inout Probe) -> Int? {
        slots.withUnsafeBufferPointer { slots in
            let mask = slots.count &- 1
            guard mask >= 0 else { return nil }
            while true {
                let slot = slots[probe.position & mask]
                if slot == 0 { return nil }
                probe.position = (probe.position & mask) &+ 1
                if UInt32(truncatingIfNeeded: slot >> 32) == probe.hash { return Int(slot & 0xffff_ffff) &- 1 }
            }
        }
    }

    /// Adds an entry that `next` did not find.
    @inline(__always)
    mutating func insert(_ entry: Int, hash: UInt32) {
        if (count &+ 1) &* 2 > slots.count { resize(to: max(16, slots.count &* 2)) }
        place(UInt64(hash) << 32 | UInt64(UInt32(truncatingIfNeeded: entry &+ 1)))
        count &+= 1
    }

    mutating func reserve(_ entries: Int) {
        var size = max(16, slots.count)
        while size < entries &* 2 { size &*= 2 }
        if size > slots.count { resize(to: size) }
    }

    private mutating func resize(to size: Int) {
        let old = slots
        slots = [UInt64](repeating: 0, count: size)
        for slot in old where slot != 0 { place(slot) }
    }

    @inline(__always)
    private mutating func place(_ slot: UInt64) {
        slots.withUnsafeMutableBufferPointer { slots in
            let mask = slots.count &- 1
            var position = Int(slot >> 32) & mask
            while slots[position] != 0 { position = (position &+ 1) & mask }
            slots[position] = slot
        }
    }

    mutating func removeAll(keepingCapacity: Bool) {
        guard keepingCapacity else {
            self = LabelIndex()
            return
        }
        for position in slots.indices { slots[position] = 0 }
        count = 0
    }
}
