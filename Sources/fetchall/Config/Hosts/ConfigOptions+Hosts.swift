import FetchArgumentParser
import FetchHTTP
import FetchScheduling
import FetchSystem

/// What the user's file sets for certain hosts, besides credentials.
extension ConfigOptions {
    /// Applies the settings to the options of a run.
    ///
    /// - Parameters:
    ///   - network: The options for connections, with those of the command line.
    ///   - command: The command; `github` takes no statuses.
    ///   - accepted: Gives what else counts as a success where these statuses do.
    /// - Throws: `ValidationError` with the line of the file for a client certificate that cannot be read.
    func apply(
        to network: inout NetworkOptions, _ scheduler: inout SchedulerOptions, for command: OptionRules.Command,
        accepted: (StatusSet) throws -> StatusSet
    ) throws {
        var routes = HostRoutes(noProxy: network.details?.noProxy)
        var limits = HostLimits()
        for host in hosts where !host.settings.isEmpty {
            let pattern = try HostPattern(host.host)
            for setting in host.settings {
                switch setting.meaning {
                case .accept(let statuses):
                    if command != .github { limits.accept.add(try accepted(statuses), for: pattern) }
                case .rate(let rate): limits.rate.add(rate, for: pattern)
                case .maximum(let count): limits.maximum.add(count, for: pattern)
                case .timeout(let time): limits.maxTime.add(time, for: pattern)
                case .proxy(let proxy):
                    guard !proxy.contains(text: SecretSetting.mark + "@") else {
                        let problem = "*** stands for a secret that config show does not print; write the secret"
                        throw ValidationError(setting.mistake(problem).description)
                    }
                    routes.proxies.add(proxy, for: pattern)
                case .certificate(let path):
                    do throws(ConfigMistake) {
                        routes.certificates.add(try setting.certificate(path), for: pattern)
                    } catch {
                        throw ValidationError(error.description)
                    }
                }
            }
        }
        if !routes.isEmpty { network.hosts = routes }
        if !limits.isEmpty { scheduler.hosts = limits }
    }

    /// What must be the same in each run that records its progress; nothing where no host has it.
    var identity: [(name: String, value: String)] {
        var texts: [String] = []
        for host in hosts {
            for setting in host.settings {
                if case .accept(let statuses) = setting.meaning { texts.append("\(host.host) \(statuses)") }
            }
        }
        return texts.isEmpty ? [] : [("accept of [hosts]", texts.joined(separator: "; "))]
    }
}
