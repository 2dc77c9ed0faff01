---@meta
-- luacheck: ignore
-- The plugin API, version 1, for editors (LuaCATS annotations, as lua-language-server reads them). It is not a plugin:
-- the hub passes over this file, and nothing here is ever run.

---A number, a text that is one, or a boolean as 1 or 0. nil is no sample.
---@alias MetricValue number|string|boolean|nil

---The value of a label. Numbers and booleans become text.
---@alias LabelValue string|number|boolean

---@alias MetricKind "counter"|"gauge"|"histogram"|"summary"|"info"|"stateset"|"untyped"|"gaugehistogram"
---@alias SettingType "string"|"boolean"|"integer"|"number"|"duration"|"list"|"map"|"secret"
---@alias FileType "file"|"directory"|"symlink"|"fifo"|"socket"|"block"|"char"|"unknown"

---Adds one sample: label values in the declared order, or one table with all of them by name.
---@alias MetricHandle fun(value: MetricValue, ...: LabelValue|table<string, LabelValue>)

---Buckets are cumulative; `+Inf` may be left out and is then `count`. Without `count` it is that of `+Inf`.
---@class HistogramValue
---@field sum number?
---@field count number?
---@field buckets table<number, number>? Counts by upper bound.

---@class SummaryValue
---@field sum number?
---@field count number?
---@field quantiles table<number, number>? Values by quantile, from 0 to 1.

---The name of the active state, or every state with whether it is active.
---@alias StatesetValue string|table<string, boolean>

-- Declaration

---One setting: its default alone, which gives the type, or this table.
---@class SettingDeclaration
---@field type SettingType
---@field default any?
---@field help string? One sentence.
---@field choices any[]? The only values allowed.
---@field required boolean? Whether hub.yml must give a value; with targets, each target may give its own.
---@field fields table<string, SettingDeclaration|string|number|boolean|string[]>? The settings in a map.

---What the plugin may touch; nothing else can be.
---@class Needs
---@field files string[]? Absolute paths; `*` and `?` in one component, `**` any depth, `${name}` a setting or each item
---of one that is a list.
---@field mounts boolean? Whether `fs.statfs` may ask any mount point.
---@field network string[]|"targets"|nil `host:port`, `host:*`, `10.0.0.0/8:23`, `[2001:db8::/32]:*`, `*:80`, `unix:/path`,
---`targets`; `${name}` a setting. Without it, the plugin's targets.
---@field ports integer[]? Ports of the targets' hosts, beside those that the targets name.
---@field exec string[]? Absolute paths of programs; `${name}` a setting.

---@class PluginDeclaration
---@field help string One sentence, shown on the status page.
---@field settings table<string, SettingDeclaration|string|number|boolean|string[]>?
---@field needs Needs?
---@field naming ("strict"|"legacy"|"utf8")? `legacy` lifts the rules on endings, `utf8` those on the alphabet.
---@field interval number? Seconds from 1 to 30 days: collect in the background. hub.yml goes first.
---@field max_age number? Seconds from 1 to 30 days: how long the last good result covers for failed runs.
---@field targets "required"? Without targets in hub.yml there is nothing to collect.

---The checked values by name: those of hub.yml over the defaults. One without value and default is nil.
---@alias Settings table<string, any>

---Declares the plugin. Must be the first call, at the top level, and be made once.
---@param declaration PluginDeclaration
---@return Settings settings
function plugin(declaration) end

---What is collected. Without targets in hub.yml `address` and `name` are nil.
---@class Target
---@field address string? As hub.yml writes it.
---@field name string? The value of the label `target`.
---@field labels table<string, string> The labels that hub.yml adds to every sample.
---@field settings Settings The target's own settings over those of the plugin.

---Every plugin defines this. It runs for each target, at each scrape or each `interval`. An error discards the run.
---@param target Target
function collect(target) end

---What is kept between runs; lost when the plugin is reloaded and after a broken limit.
---@type table<any, any>
state = {}

-- Families, declared at the top level

---Declares a gauge: a value that goes up and down.
---@param name string
---@param help string
---@param labels string[]?
---@return MetricHandle
function gauge(name, help, labels) end

---Declares a counter; its name ends in `_total`. Values are not negative and not NaN.
---@param name string
---@param help string
---@param labels string[]?
---@return MetricHandle
function counter(name, help, labels) end

---Declares a histogram, whose samples are `{ sum =, count =, buckets = { [0.1] = 4, [1] = 9 } }`.
---@param name string
---@param help string
---@param labels string[]?
---@return fun(value: HistogramValue?, ...: LabelValue|table<string, LabelValue>)
function histogram(name, help, labels) end

---Declares a summary, whose samples are `{ sum =, count =, quantiles = { [0.5] = 0.2 } }`.
---@param name string
---@param help string
---@param labels string[]?
---@return fun(value: SummaryValue?, ...: LabelValue|table<string, LabelValue>)
function summary(name, help, labels) end

---Declares an info, whose name ends in `_info` and whose samples are 1: what it says is in the labels.
---@param name string
---@param help string
---@param labels string[]?
---@return fun(value: true|1|nil, ...: LabelValue|table<string, LabelValue>)
function info(name, help, labels) end

---Declares a stateset: a sample of 1 or 0 for each state.
---@param name string
---@param help string
---@param labels string[]?
---@return fun(value: StatesetValue?, ...: LabelValue|table<string, LabelValue>)
function stateset(name, help, labels) end

---Declares a family of which it is not known what it is.
---@param name string
---@param help string
---@param labels string[]?
---@return MetricHandle
function untyped(name, help, labels) end

---Declares a family whose name is known only at run time. The same name again gives the same family, and is an error
---with another kind, help or labels. The handle may be kept between runs.
---@param kind MetricKind
---@param name string
---@param help string
---@param labels string[]?
---@return MetricHandle
function family(kind, name, help, labels) end

-- Waiting

---Suspends the plugin's coroutine. Only in `collect`.
---@param seconds number
function sleep(seconds) end

---@class ParallelOptions
---@field limit integer? How many run at once; all of them by default.
---@field timeout number? Seconds for each function; 0, the default, is no limit but the run's own deadline.

---Runs functions side by side and returns when all have ended. Only in `collect`.
---@generic T
---@param functions (fun(): T)[]
---@param options ParallelOptions?
---@return table<integer, T> values The first result of each function, by its index.
---@return table<integer, string> errors The error message of each that failed, by its index.
function parallel(functions, options) end

-- Files, each granted by `needs.files`

fs = {}

---Reads a whole regular file.
---@param path string Absolute, without `..`.
---@param max integer? Bytes; a larger file is `nil, message`. At most, and by default, the plugin's limit.
---@return string? content
---@return string? message Why it could not be read.
function fs.read(path, max) end

---Reads a file and answers an iterator over its lines, without their line feeds.
---@param path string
---@return (fun(): string?)? lines
---@return string? message
function fs.lines(path) end

---The names in a folder, sorted, without `.` and `..`.
---@param path string
---@return string[]? names
---@return string? message
function fs.list(path) end

---@class FileStatus
---@field type FileType
---@field size integer Bytes.
---@field mtime number Unix seconds.
---@field mode integer Permission bits.
---@field uid integer
---@field gid integer
---@field ino integer
---@field dev integer

---What a file is. Symbolic links are followed unless `follow` is false.
---@param path string
---@param options { follow: boolean? }?
---@return FileStatus?
---@return string? message
function fs.stat(path, options) end

---@class MountStatus
---@field type integer The file system's magic number (statfs(2)).
---@field block_size integer Bytes; the unit of the counts of blocks.
---@field blocks integer
---@field blocks_free integer
---@field blocks_available integer What programs that are not root can have.
---@field files integer
---@field files_free integer
---@field read_only boolean
---@field name_max integer Bytes of a file's name.

---The space of the file system a path is on. Suspends the coroutine, so that a mount that hangs costs only it.
---@param path string Granted by `needs.files`, or any with `needs.mounts`.
---@return MountStatus?
---@return string? message
function fs.statfs(path) end

---Where a symbolic link points.
---@param path string
---@return string?
---@return string? message
function fs.readlink(path) end

---Whether a file is there and can be reached.
---@param path string
---@return boolean
function fs.exists(path) end

-- Text

json = {}

---What null is in a decoded document, and is encoded as.
---@type lightuserdata
json.null = nil

---Reads a document (RFC 8259).
---@param document string
---@return any value
---@return string? message With line and column.
function json.decode(document) end

---Writes a document; raises for what JSON does not have.
---@param value any
---@return string
function json.encode(value) end

text = {}

---Converts to UTF-8. What is invalid becomes U+FFFD; an unknown character set is raised.
---@param bytes string
---@param charset string Such as "shift_jis", "euc-jp", "latin1".
---@return string?
---@return string? message
function text.decode(bytes, charset) end

---The words of a line, split at white space.
---@param line string
---@return string[]
function text.columns(line) end

---The parts between separators, empty ones among them.
---@param s string
---@param separator string Plain text, not a pattern.
---@return string[]
function text.split(s, separator) end

---An iterator over the lines of a text, without LF or CR LF.
---@param s string
---@return fun(): string?
function text.lines(s) end

---The text without white space at both ends.
---@param s string
---@return string
function text.trim(s) end

-- Network and programs, each granted by `needs.network` or `needs.exec`

http = {}

---@class TLSOptions
---@field ca string? PEM: the authorities to believe, instead of the system's.
---@field certificate string? PEM: shown to the server that was asked, and to no other.
---@field key string? PEM.
---@field insecure_skip_verify boolean? Whether any certificate is believed.

---@class HTTPOptions
---@field headers table<string, string|integer>?
---@field basic_auth { username: string?, password: string? }?
---@field bearer_token string?
---@field timeout number? Seconds for everything; by default the run's deadline.
---@field redirects integer? How many are followed, 0 to 10; 5 by default.
---@field max_size integer? Bytes of the body, at most the plugin's limit.
---@field tls TLSOptions?
---@field body string? For `http.request`.

---@class HTTPResponse
---@field status integer
---@field ok boolean Whether the status is from 200 to 299.
---@field headers table<string, string> Names in lower case.
---@field body string With gzip and deflate undone.
---@field url string The last one, after redirections.
local HTTPResponse = {}

---The body as JSON.
---@return any value
---@return string? message
function HTTPResponse:json() end

---Fetches a URL: `http`, `https`, or `http+unix` with the socket's path percent-encoded as its host.
---@param url string
---@param options HTTPOptions?
---@return HTTPResponse? response
---@return string? message With the host, every address tried and the reason.
function http.get(url, options) end

---@param url string
---@param body string?
---@param options HTTPOptions?
---@return HTTPResponse? response
---@return string? message
function http.post(url, body, options) end

---@param method "GET"|"HEAD"|"POST"|"PUT"|"DELETE"|"OPTIONS"|"PATCH"
---@param url string
---@param options HTTPOptions?
---@return HTTPResponse? response
---@return string? message
function http.request(method, url, options) end

---@class ConnectOptions
---@field timeout number? Seconds for looking the name up and connecting; 10 by default.
---@field idle_timeout number? Seconds without use before the hub closes it; 60 by default.

---@class Connection
---@field peer string The address that was reached.
---@field closed boolean
local Connection = {}

---@param bytes string
---@return true?
---@return string? message
function Connection:send(bytes) end

---@param what "line"|"all"|"some"|integer A line without its end, or a number of bytes.
---@param timeout number? Seconds; what had come by then is in the next answer.
---@return string? bytes
---@return string? message
function Connection:receive(what, timeout) end

function Connection:close() end

tcp = {}

---Connects to the address of a host that answers first.
---@param address string `host:port`; with a port as the second argument, a host.
---@param options ConnectOptions?
---@return Connection?
---@return string? message
---@overload fun(host: string, port: integer, options: ConnectOptions?): Connection?, string?
function tcp.connect(address, options) end

unix = {}

---@param path string
---@param options ConnectOptions?
---@return Connection?
---@return string? message
function unix.connect(path, options) end

---@class DatagramSocket
---@field closed boolean
local DatagramSocket = {}

---@param bytes string At most 65,507.
---@return true?
---@return string? message
function DatagramSocket:send(bytes) end

---@param timeout number? Seconds.
---@return string? datagram
---@return string? message
function DatagramSocket:receive(timeout) end

function DatagramSocket:close() end

udp = {}

---A socket that speaks with one peer. Until something has come, an address that refuses gives way to the next.
---@param address string `host:port`; with a port as the second argument, a host.
---@param options ConnectOptions?
---@return DatagramSocket?
---@return string? message
---@overload fun(host: string, port: integer, options: ConnectOptions?): DatagramSocket?, string?
function udp.connect(address, options) end

dns = {}

---The addresses of a granted host, by the system's resolver.
---@param name string
---@param family ("ipv4"|"ipv6")? Both by default.
---@return string[]? addresses
---@return string? message
function dns.resolve(name, family) end

---@class TelnetOptions
---@field port integer? 23 by default.
---@field username string?
---@field password string?
---@field admin_password string?
---@field charset ("auto"|"ascii"|"shift_jis"|"euc-jp"|"utf-8")?
---@field prompt string?
---@field columns integer?
---@field terminal string?
---@field timeout number? Seconds for connecting, for the login and for each answer.
---@field idle_timeout number? Seconds without use before the hub logs out.

---@class TelnetSession
---@field banner string The text between the login and the first prompt.
---@field closed boolean
local TelnetSession = {}

---Gives a command and answers what it prints: UTF-8, without echo, prompt and pager.
---@param text string
---@param options { timeout: number? }?
---@return string? output
---@return string? message
function TelnetSession:command(text, options) end

---Logs out in the background.
function TelnetSession:close() end

telnet = {}

---Connects and logs in.
---@param address string `host`, `host:port` or `[v6]:port`.
---@param options TelnetOptions?
---@return TelnetSession?
---@return string? message
function telnet.open(address, options) end

-- SNMP: agents at the hosts that are granted, port 161 unless the address has another (`needs.ports`)

---How an agent is asked. Each may be a setting of the target as well; what is given here goes first.
---@class SNMPOptions
---@field version ("1"|"2c"|"3"|1|2|3)? "2c" by default.
---@field community string? Of versions 1 and 2c; "public" by default.
---@field username string? Of version 3, as all that follows but `timeout`, `retries` and `max_repetitions`.
---@field security_level ("noAuthNoPriv"|"authNoPriv"|"authPriv")? By default what the passwords given allow.
---@field auth_protocol ("MD5"|"SHA"|"SHA224"|"SHA256"|"SHA384"|"SHA512")? "SHA" by default.
---@field password string?
---@field priv_protocol ("DES"|"AES"|"AES192"|"AES256"|"AES192C"|"AES256C")? "AES" by default; with a C as Cisco
---extends keys (Reeder), without as Blumenthal does.
---@field priv_password string?
---@field context_name string?
---@field timeout number? Seconds for each try; 2 by default.
---@field retries integer? Tries beyond the first one, 0 to 20; 3 by default.
---@field max_repetitions integer? Objects that one request of a walk asks for, 1 to 1,000; 25 by default.

---Numbers are integers, but for a float in an opaque and a Counter64 from 2^63 on, which is the nearest float. Octet
---strings are their bytes; object identifiers and IP addresses are text.
---@alias SNMPValue integer|number|string

---@alias SNMPType "integer"|"octets"|"oid"|"ip"|"counter32"|"gauge32"|"timeticks"|"opaque"|"counter64"|"null"

snmp = {}

---Gets objects. What the agent does not have is not in the answer, which is no error.
---@generic K
---@param target Target|string The target of `collect`, or an address: `host`, `host:port` or `[v6]:port`.
---@param oids table<K, string> At most 1,000 object identifiers, with instance: `{ uptime = "1.3.6.1.2.1.1.3.0" }`.
---@param options SNMPOptions?
---@return table<K, SNMPValue>? values By the keys of `oids`.
---@return string? message
function snmp.get(target, oids, options) end

---Reads all objects below a root; a root that the agent does not have is an iterator without objects.
---@param target Target|string
---@param root string
---@param options SNMPOptions?
---@return (fun(): string?, SNMPValue?, SNMPType?)? objects An iterator: object identifier, value, type.
---@return string? message
function snmp.walk(target, root, options) end

---Reads columns and joins them to rows by their index.
---@generic K
---@param target Target|string
---@param columns table<K, string> At most 100: `{ descr = "1.3.6.1.2.1.2.2.1.2" }`.
---@param options SNMPOptions?
---@return table<string, table<K, SNMPValue>>? rows By index, such as "1" or "4.192.0.2.1"; cells by the keys of `columns`.
---@return string[]|string order The indexes in their order, or the message.
function snmp.table(target, columns, options) end

---The settings by which agents are asked, for `plugin { settings = snmp.settings }` or the fields of a map.
---@type table<string, SettingDeclaration>
snmp.settings = {}

---Octets as `00:a0:de:12:34:56`. nil for nil, as with all helpers.
---@param octets string?
---@return string?
function snmp.mac(octets) end

---An address of 4 or 16 octets, or of 8 or 20 with its zone; nil for another length.
---@param octets string?
---@return string?
function snmp.ip(octets) end

---Unix seconds of a DateAndTime (RFC 2579); UTC when it names no zone. nil for what is none.
---@param octets string?
---@return number?
function snmp.date_and_time(octets) end

---Display text as UTF-8, without zeros at its end; what is invalid becomes U+FFFD.
---@param octets string?
---@param charset string? As of `text.decode`; "utf-8" by default.
---@return string?
function snmp.text(octets, charset) end

---What follows the root in an object identifier: the index of a row, for a column. nil when it is not below the root.
---@param oid string?
---@param root string
---@return string?
function snmp.suffix(oid, root) end

---@alias SNMPIndexPart "integer"|"ip"|"mac"|"string"|"rest"|"oid"|"inet"

---Takes an index apart: `integer` a number, `ip` 4 numbers and `mac` 6 as text, `string` a length and as many bytes,
---`rest` all that is left as bytes, `oid` a length and as many numbers, `inet` type, length and address as text. Without
---parts, all numbers. nil when the index has another form.
---@param index string?
---@param ... SNMPIndexPart
---@return (integer|string)? ... One value for each part.
function snmp.index(index, ...) end

---@class SNMPModuleOptions
---@field config_file string[] Module files of snmp_exporter, absolute paths with `*` and `?`; they need `needs.files`.
---@field expand_environment_variables boolean? Replaces `${NAME}` in user names and passwords of the files' auths.
---@field auth string? One of the files' auths; for `scrape`, as are all that follow.
---@field context string? An SNMPv3 context instead of the auth's.
---@field engine_id string? An SNMPv3 context engine id, in hexadecimal.
---@field wrap_large_counters boolean? Starts 64-bit counters anew at 2^53; true by default.
---@field module_label boolean? Gives the `snmp_scrape_...` samples the label `module`.
---@field timeout number? Seconds for the whole module.

---@class SNMPScrapeResult
---@field samples integer
---@field objects integer Objects that the agent returned.
---@field packets integer
---@field dropped integer Samples that were left out.
---@field first_dropped string? Why the first of them was.

---The names of the modules in module files of snmp_exporter. Raises what is wrong with the files, with their lines.
---@param options SNMPModuleOptions
---@return string[]
function snmp.modules(options) end

---Asks an agent for a module of snmp_exporter and puts its families into this run. A module or auth that no file has ends
---the run.
---@param address string `host`, `host:port` or `[v6]:port`.
---@param module string
---@param options SNMPModuleOptions
---@return SNMPScrapeResult? result
---@return string? message
function snmp.scrape(address, module, options) end

---@class ProgramOptions
---@field stdin string?
---@field env table<string, string|integer>? The whole environment; empty by default.
---@field timeout number? Seconds; then the program is killed with everything it has started.
---@field max_output integer? Bytes of each output, at most the plugin's limit.

---@class ProgramResult
---@field status integer? Nil when a signal ended it.
---@field signal integer?
---@field stdout string
---@field stderr string

---Runs a program without a shell.
---@param arguments string[] The program's absolute path first.
---@param options ProgramOptions?
---@return ProgramResult?
---@return string? message
function exec(arguments, options) end

-- Expositions: what other programs say of themselves in Prometheus's formats

exposition = {}

---@class ParsedSample
---@field name string
---@field labels table<string, string>
---@field value number
---@field timestamp number? Unix seconds.

---@class ParsedFamily
---@field name string
---@field kind MetricKind
---@field help string
---@field unit string
---@field samples ParsedSample[]

---Reads a text into tables; at most 50,000 samples. A text that ends with the line `# EOF` is OpenMetrics.
---@param text string
---@param options { format: "auto"|"text"|"openmetrics"|nil }?
---@return ParsedFamily[]? families
---@return string? message With line and column.
function exposition.parse(text, options) end

---@class ExpositionOptions
---@field format ("auto"|"text"|"openmetrics")? For `scrape`, `auto` is what the content type says.
---@field labels table<string, string|integer>? Labels to add to every sample, beside those of the target.
---@field honor_labels boolean? Whether a sample's own label stays where one is to be added; otherwise it is renamed
---`exported_NAME`.
---@field keep string[]? Only these names of samples or families; `*` is any text, `?` one character.
---@field drop string[]? Not these names.
---@field timestamps ("keep"|"drop"|"refuse")?
---@field whole_lines boolean? Whether a last line that does not end is an error.
---@field source string? What the text is called in messages and in `exposition.conflicts`; for `scrape` its URL.
---@field over_limit ("fail"|"refuse")? What becomes of a text that exceeds the run's limits: the run fails, which is
---the default, or the text alone is refused.

---@class ExpositionResult
---@field samples integer
---@field families integer
---@field duplicates integer Samples that were given before in the text, and are left out.
---@field bytes integer Of the text.

---Puts all families of a text into the run, or none. Only in `collect`.
---@param text string
---@param options ExpositionOptions?
---@return ExpositionResult?
---@return string? message With line and column.
function exposition.emit(text, options) end

---@class ScrapeOptions: ExpositionOptions
---@field headers table<string, string>?
---@field basic_auth { username: string, password: string }?
---@field bearer_token string?
---@field timeout number? Seconds.
---@field redirects integer? How many are followed; 5 by default.
---@field max_size integer? Bytes of the body.
---@field tls { ca: string?, certificate: string?, key: string?, insecure_skip_verify: boolean? }? PEM texts.

---Fetches an exposition and puts all its families into the run, or none. It is parsed while it arrives, and never held.
---@param url string
---@param options ScrapeOptions?
---@return ExpositionResult?
---@return string? message
function exposition.scrape(url, options) end

---@class ExpositionConflict
---@field family string
---@field reason "type"|"help"|"duplicate"|"name_collision"
---@field source string The text whose samples are left out.
---@field kept_source string The text whose samples are served, or the plugin's name for families of its own.
---@field samples integer How many are left out; none for `help`.

---What the texts of this run have against each other. Sources go first by their names.
---@return ExpositionConflict[]
function exposition.conflicts() end

-- Time

time = {}

---Unix time in seconds.
---@return number
function time.now() end

---Seconds of a clock that never goes back, for differences.
---@return number
function time.monotonic() end

---Reads a time in the C locale; UTC unless `%z` reads an offset. What the format leaves out is that of 1970-01-01.
---@param s string
---@param format string As of strptime(3); the whole text must match.
---@return integer? seconds Unix time.
---@return string? message
function time.parse(s, format) end

---Writes a time in UTC and the C locale; fractions of a second are cut off.
---@param seconds number Unix time.
---@param format string As of strftime(3).
---@return string?
---@return string? message
function time.format(seconds, format) end

---@class SystemNames
---@field sysname string
---@field nodename string
---@field release string
---@field version string
---@field machine string
---@field domainname string

---The names of uname(2).
---@return SystemNames
function os.uname() end

-- Log

log = {}

---@param message any
---@param fields table<string, any>?
function log.debug(message, fields) end

---@param message any
---@param fields table<string, any>?
function log.info(message, fields) end

---@param message any
---@param fields table<string, any>?
function log.warn(message, fields) end

---@param message any
---@param fields table<string, any>?
function log.error(message, fields) end
