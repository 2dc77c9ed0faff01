/// Names one run of one target of a plugin, across all versions of the plugin.
struct RunKey: Hashable, Sendable {
    let target: Int
    let run: Int
}

/// What a run is to collect, and how.
struct RunRequest: Sendable {
    /// Where address, settings and labels come from.
    enum Subject: Sendable, Hashable {
        /// A target of hub.yml by its place in the list; 0 where there is none.
        case configured(Int)
        /// A target that only a probe has named.
        case adHoc(AdHocTarget)
    }

    let key: RunKey
    let subject: Subject
    /// Notes what the run does; nil when nobody is going to read it.
    var transcript: RunTranscript?

    init(_ key: RunKey, _ subject: Subject, transcript: RunTranscript? = nil) {
        self.key = key
        self.subject = subject
        self.transcript = transcript
    }

    /// The subject is the target of the key.
    init(_ key: RunKey) { self.init(key, .configured(key.target)) }
}

/// A target that is not configured but allowed.
struct AdHocTarget: Sendable, Hashable {
    /// What the plugin gets as its address: a host, with a port or without, or a URL; in canonical form.
    let address: String
    /// What the run may connect to, as `needs.network` writes it, and nothing else while it lasts; nil for what the plugin
    /// is granted.
    let grants: [String]?
    /// The configured target whose settings and rights it has, where it is one that is asked in another way.
    var base: Int?
    /// What goes over the settings for this run alone.
    var settings: [String: SettingValue] = [:]
}
