import NIOSSL

extension ServerTLSConfiguration {
    /// Reads the files.
    ///
    /// - Throws: `CommandError` with the file that cannot be used.
    func context(protocols: [String]) throws -> NIOSSLContext {
        let chain = try Self.use(certificateFile) { try NIOSSLCertificate.fromPEMFile($0) }
        let key = try Self.use(keyFile) { try NIOSSLPrivateKey(file: $0, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.applicationProtocols = protocols
        if let clientAuthorityFile {
            let authority = try Self.use(clientAuthorityFile) { try NIOSSLCertificate.fromPEMFile($0) }
            configuration.trustRoots = .certificates(authority)
            // Those who scrape have passwords and no certificates.
            configuration.certificateVerification = .optionalVerification
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw CommandError("tls: \(certificateFile) and \(keyFile) cannot be used: \(error)")
        }
    }

    private static func use<Value>(_ file: String, _ read: (String) throws -> Value) throws -> Value {
        do {
            return try read(file)
        } catch {
            throw CommandError("tls: cannot read \(file): \(error)")
        }
    }
}
