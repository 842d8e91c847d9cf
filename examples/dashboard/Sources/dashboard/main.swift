import FetchCore
import Foundation
import Hummingbird
import Logging

/// Ends with a message.
func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("dashboard: \(message)\n".utf8))
    exit(2)
}

let usage = """
    usage: dashboard UPSTREAM [NAME=VALUE...]

      UPSTREAM            where the services are: http://127.0.0.1:9000 (demo-server)
      port=8080           listen on this port of 127.0.0.1; 0 for one that is free
      timeout=1000        milliseconds for each service
      profile=/profile/{id}  orders=/orders/{id}  notifications=/notifications/{id}
                          paths there, or whole URLs
    """

var settings = [
    "port": "8080", "timeout": "1000", "profile": "/profile/{id}", "orders": "/orders/{id}",
    "notifications": "/notifications/{id}",
]
let arguments = CommandLine.arguments.dropFirst()
guard let upstream = arguments.first, upstream.contains("://") else { fail(usage) }
for argument in arguments.dropFirst() {
    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, settings.updateValue(parts[1], forKey: parts[0]) != nil else {
        fail("\(argument) is no setting\n\(usage)")
    }
}
guard let port = settings["port"].flatMap({ UInt16($0) }), let timeout = settings["timeout"].flatMap({ Int($0) }) else {
    fail("port and timeout are numbers")
}

/// The template of a service.
@MainActor
func template(_ name: String) -> URLTemplate {
    do {
        let address = settings[name] ?? ""
        return try URLTemplate(address.contains("://") ? address : upstream + address)
    } catch {
        fail("\(error)")
    }
}

var options = SchedulerOptions.inMemory
// Three services for each of five hundred users, and some to spare.
options.maxConcurrent = 2000
options.retry.retries = 0
try await withFetcher(options) { fetcher in
    let upstreams = Upstreams(
        fetcher: fetcher, profile: template("profile"), orders: template("orders"),
        notifications: template("notifications"), timeout: .milliseconds(timeout))
    var logger = Logger(label: "dashboard")
    logger.logLevel = .warning
    let application = Application(
        router: Routes.router(upstreams),
        configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: Int(port)), backlog: 1024),
        onServerRunning: { channel in
            print("listening on http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
            fflush(nil)
        },
        logger: logger)
    // Returns after SIGINT or SIGTERM, when the requests in flight have responses.
    try await application.runService()
}
