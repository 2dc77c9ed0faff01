import Foundation

/// Debian's nginx, which serves one exposition with gzip, by HTTP without and by HTTPS with basic authentication.
enum NginxServer {
    static let username = "metrics"
    static let password = "wonderland"

    struct Addresses {
        /// By HTTP.
        let plain: String
        /// By HTTPS.
        let secure: String
        /// The certificate to trust, as a path.
        let certificate: String
    }

    /// Starts it with the text at `/metrics`, waits until it answers and gives its addresses to `body`.
    static func running<Value>(
        serving text: String,
        in workspace: Workspace,
        _ body: (Addresses) async throws -> Value
    ) async throws -> Value {
        let (plain, secure) = (Endpoint.ipv4(try freePort()), Endpoint.ipv4(try freePort()))
        let folder = workspace.folder.path
        try workspace.write(text, to: "metrics")
        try workspace.write("\(username):{PLAIN}\(password)\n", to: "users")
        let certificate = try await makeCertificate(in: workspace)
        let configuration = try workspace.write(
            """
            daemon off; pid \(folder)/nginx.pid; error_log stderr; user root;
            events { }
            http {
              access_log off; root \(folder); default_type "text/plain; version=0.0.4";
              gzip on; gzip_types text/plain; gzip_min_length 1; gzip_proxied any;
              client_body_temp_path \(folder)/t1; proxy_temp_path \(folder)/t2; fastcgi_temp_path \(folder)/t3;
              uwsgi_temp_path \(folder)/t4; scgi_temp_path \(folder)/t5;
              server { listen \(plain.host); }
              server {
                listen \(secure.host) ssl; ssl_certificate \(certificate); ssl_certificate_key \(folder)/key.pem;
                auth_basic metrics; auth_basic_user_file \(folder)/users;
              }
            }

            """,
            to: "nginx.conf"
        )
        return try await EndToEnd.serving("/usr/sbin/nginx", ["-c", configuration, "-e", "stderr"], at: plain) { _ in
            try await body(
                Addresses(
                    plain: "http://\(plain.host)/metrics",
                    secure: "https://\(secure.host)/metrics",
                    certificate: certificate
                )
            )
        }
    }

    private static func makeCertificate(in workspace: Workspace) async throws -> String {
        let path = workspace.folder.appending(path: "certificate.pem").path
        let result = try await run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                "-keyout", workspace.folder.appending(path: "key.pem").path, "-out", path,
            ]
        )
        guard result.status == 0 else { throw HarnessError(description: result.errors.joined(separator: "\n")) }
        return path
    }
}
