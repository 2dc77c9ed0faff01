/// Selectors, good and bad, that Prometheus and the hub must answer alike.
enum SelectorTable {
    /// Those that a version of Prometheus (its first two numbers) knows.
    static func all(since version: (Int, Int)) -> [[String]] { common + (version >= (3, 0) ? since3 : []) }

    /// Whether an older version has other words for the error.
    static func isWordedOtherwise(_ selectors: [String], before version: (Int, Int)) -> Bool {
        version < (2, 53) && (selectors.first == "" || selectors.contains { $0.contains("\"(?i\"") })
    }

    private static var common: [[String]] {
        good.map { [$0] } + unions + expressions.map { [#"{room=~"\#($0)"}"#] }
            + expressions.map { [#"{__name__=~".+",room!~"\#($0)"}"#] } + bad.map { [$0] }
    }

    /// The text of an error; what stands behind the position and the reason is free for errors of expressions, whose
    /// fragments Go shows as it compiled them.
    static func message(_ text: String) -> String {
        let line = text.split(separator: "\n").first.map(String.init) ?? ""
        guard let range = line.firstRange(of: "error parsing regexp: ") else { return line }
        let reason = line[range.upperBound...].prefix { $0 != ":" }
        return String(line[..<range.upperBound] + reason)
    }

    private static let good = [
        "up", "demo_temperature_celsius", "nothing", #"{job="node"}"#, #"{job!="node",__name__=~"demo_.*"}"#,
        #"{job=~"no.*"}"#, #"{job!~"no.*",__name__!=""}"#, #"{__name__="up"}"#, #"{__name__=~".*"}"#,
        #"{__name__=~".+"}"#,
        #"{__name__=~"demo_duration_seconds_(sum|count)"}"#, #"demo_duration_seconds_bucket{le="0.1"}"#,
        #"demo_duration_seconds_bucket{le=~"0.1|1.0|\\+Inf"}"#, #"{le!=""}"#, #"{le=""}"#, "{}", #"{floor="1"}"#,
        #"{floor=~"1|2"}"#, #"demo_temperature_celsius{room="kitchen",floor="0"}"#,
        #"demo_temperature_celsius{room="kitchen",floor="1"}"#, #"demo_temperature_celsius{room='attic'}"#,
        "demo_temperature_celsius{room=`attic`}", #"demo_temperature_celsius{room="attic",}"#,
        #" demo_temperature_celsius { room = "attic" } "#, "demo_temperature_celsius{}", "{ }",
        #"demo_temperature_celsius{room="a \"quoted\" \\ room"}"#,
        #"demo_temperature_celsius{room='a "quoted" \\ room'}"#,
        #"demo_temperature_celsius{room="two\nlines"}"#, "demo_temperature_celsius{room=\"\u{65e5}\u{672c}\"}",
        #"demo_temperature_celsius{room="\u65e5\u672c"}"#,
        #"demo_temperature_celsius{room="\xe6\x97\xa5\346\234\254"}"#,
        #"demo_temperature_celsius{room="\141ttic"}"#, #"{room="\U0001F600"}"#, #"{absent=""}"#, #"{absent!=""}"#,
        #"{absent=~".*",job="demo"}"#, #"{absent=~".+"}"#, #"{absent!~".+",job="demo"}"#,
        #"{instance=""}"#, #"{instance!=""}"#, "sum", "avg", "by", "offset", "and", "or", "unless", "count_values",
        #"min{job="x"}"#, "a:b:c", ":a", #"demo_requests_total{code=~"[45].."}"#,
        #"demo_requests_total{code!~"[45].."}"#,
        #"demo_requests_total{__name__="demo_requests_total"}"#, #"demo_requests_total{__name__="other"}"#,
        "demo_requests_total # a comment", "demo_requests_total{ # inside\ncode=\"200\"}",
    ]

    /// Names in quotes, and a dot that takes line feeds.
    private static let since3 =
        [
            #"{"dotted.metric"}"#, #"{"dotted.metric","dotted.label"="x y"}"#, #"{'dotted.metric'}"#,
            #"{"dotted.metric","dotted.label"="other"}"#, #"{"dotted.metric",}"#, "{`dotted.metric`}",
            #"{"dotted.label"="x y","dotted.metric"}"#, #"{"dotted.label"=~"x.*"}"#,
            #"{"dotted.label"!="",job="demo"}"#, #"{"demo_temperature_celsius"}"#, #"{"room"="attic"}"#,
            #"{"demo_temperature_celsius","room"="attic"}"#, #"{__name__="dotted.metric"}"#,
            #"{__name__=~"dotted[.].*"}"#, #"{"__name__"="dotted.metric"}"#, #"{"up"}"#, #"{"no.such"}"#,
            #"{"dotted.metric",__name__!="up"}"#, #"{"dotted\u002emetric"}"#, #"{"dotted.metric" # comment"# + "\n}",
            #"{room=~"two.lines"}"#, #"{room!~"two.lines",job="demo"}"#, #"{room=~"(?-s)two.lines"}"#,
            #"demo_temperature_celsius{"up"}"#, #"{"up","dotted.metric"}"#, #"up{"up"}"#, #"{"up",__name__="up"}"#,
            #"{""}"#, #"{"up"}{}"#, #"{"up" "x"}"#, #"{"up"=}"#, #"{"a.b"="c""#, #"{""="x"}"#,
            #"{"dotted.metric"="x"}"#, #"{"up",,}"#, #"{,"up"}"#, #"{"up"="up"}"#, #"{"up"=~"("}"#,
            #"{"dotted.metric"[5m]}"#, #"{"unclosed}"#, #"demo_temperature_celsius{__name__="up"}"#, #"{"\xff"}"#,
            #"{"a"!"b"}"#, #"{"up" offset 5m}"#,
        ].map { [$0] } + [
            [#"{"dotted.metric"}"#, "up"], [#"{"dotted.metric"}"#, #"{"dotted.label"="x y"}"#],
        ]

    private static let unions = [
        ["up", "demo_requests_total"], ["up", "up"], ["up", "nothing"], [#"{job="node"}"#, #"{job="demo"}"#],
        [#"{job="node"}"#, "up"],
        [#"demo_temperature_celsius{floor="1"}"#, #"demo_temperature_celsius{room="kitchen"}"#],
        ["up", "{"], ["{}", "up"], ["", "up"],
    ]

    /// Escaped once for the selector's own quotes.
    private static let expressions = [
        "kitchen", "kitch", "itchen", "k.*n", "^kitchen$", "^kitchen", "kitchen$", "kitchen|attic", "(kitchen|attic)",
        "k|a.*", "(?:kit)(chen)", "(?P<name>attic)", "[a-k]itchen", "[^a-k]itchen", "[[:alpha:]]+", "[[:^alpha:]]+",
        "at{2}ic",
        "at{1,3}ic", "at{3,}ic", "at{,2}ic", "a{0}ttic", "[0-9]*", "\\\\d+", "\\\\w+", "\\\\W+", ".*\\\\s.*",
        ".*\\\\bquoted\\\\b.*",
        ".*\\\\Bquoted.*", "\\\\p{L}+", "\\\\pL+", "\\\\P{L}+", "\\\\p{^L}+", "\\\\p{Lu}+", "\\\\Qattic\\\\E",
        "(?i)ATTIC", "(?i:ATT)ic",
        "(?i)[A-Z]+", "(?-i)ATTIC", "(?s).*", "(?s)two.lines", "(?m)two$\\n^lines", "two\\\\nlines", "two[^a]lines", "",
        "()", "(|a)ttic",
        "attic|", "(a*)*ttic", "(a|b)*ttic", "(a?)+ttic", "a+?t*?tic", "\\\\x61ttic", "\\\\x{61}ttic", "\\\\141ttic",
        "日.", "..", "[日-本]+",
        "a \\\"quoted\\\" \\\\\\\\ room", "a .quoted. . room", "a.*\\\\\\\\.*", ".{5}", ".{1,5}", "\\\\Aattic\\\\z",
        "[]a]ttic", "[a-]ttic", "[\\\\d\\\\w]+",
        "a{2", "{", "x{,5}", "[[:word:]]{5}", "(?U)a.*c", "\\\\.", "\\\\-", "[\\\\-a]ttic", "(", ")", "a)", "[", "[a",
        "[z-a]", "a**", "*a", "+", "?",
        "a{1001}", "a{2,1}", "(?z)a", "(?P<n", "(?P<>a)", "(?P=n)", "(?=a)", "(?!a)", "\\\\1", "(a)\\\\1", "\\\\C",
        "\\\\k", "[[:no:]]", "\\\\pX",
        "\\\\p{No", "\\\\x{110000}", "\\\\x6", "(a{100}){100}", "a{1000}{2}", "(?i", "(?i-)a", "a|*", "(*)",
    ]

    private static let bad = [
        "rate(up[5m])", "up[5m]", "up offset 5m", "up + up", "up == 1", "5", "1.5e3", "5m", "\"up\"", "up up", "up,",
        "{", "}", "up{", "up}",
        "{a", "{a=", "{a=b}", "{a=\"b\"", "{a=\"b\" c=\"d\"}", "{a=\"b\",,}", "{,}", "{a}", "{a==\"b\"}", "{a=!\"b\"}",
        "{a>\"b\"}", "{a!\"b\"}",
        "{1a=\"b\"}", "{a:b=\"c\"}", "{=\"b\"}", "{a=\"b}", "{a='b}", "{a=`b}", "{a=\"b\nc\"}", "{a=\"\\q\"}",
        "{a=\"\\x4\"}", "{a=\"\\u12\"}",
        "{a=\"\\ud800\"}", "{a=\"\\400\"}", "{a=\"\\", "{a=\"b\"}{c=\"d\"}", "{a=\"b\"} c", "{{a=\"b\"}}", "{a=5}",
        "(up)", "up)", "up(", "-up", "!up", "up!",
        "up=1", "up=~1", "$", "up$", "ü", "{ü=\"a\"}", "up{a=\"b\"}[5m]", "on", "ignoring", "bool", "group_left",
        "atan2",
        "inf", "NaN", "", " ", "# only a comment", "{a=\"b\" # no end", "up;", "[", "]", "up]", ",", "{(}", "a b",
        "sum(up)", "sum by (a) (up)",
        "a:b{", "{\n\na=}", "\n\nup up", "<", "up<1", ">=", "{a=\"b\"c}", "{abcdefghijklmnop \"qrstuvwxyz\"}",
        "{a=\"b\" \"qrstuvwxyzqrst\"}",
    ]
}
