import FetchCore
import Foundation

/// What three services know of a user, asked all at once, each for so long and no longer.
struct Dashboard: Codable, Sendable {
    struct Profile: Codable, Sendable {
        let id: Int
        let name: String
    }

    struct Orders: Codable, Sendable {
        let orders: [Int]
    }

    struct Notifications: Codable, Sendable {
        let unread: Int
    }

    /// What became of one service: how long it took, and why there is nothing of it.
    struct Report: Codable, Sendable {
        let name: String
        let seconds: Double
        let error: String?
    }

    let profile: Profile
    /// Nil when the service failed: the rest of the page stands without it.
    let orders: Orders?
    let notifications: Notifications?
    let reports: [Report]
    /// Seconds from the question to the last answer.
    let seconds: Double
}

/// The services, and how they are asked.
struct Upstreams: Sendable {
    let fetcher: Fetcher
    let profile: URLTemplate
    let orders: URLTemplate
    let notifications: URLTemplate
    let timeout: Duration

    /// Asks all services at once.
    ///
    /// - Throws: ``FetchError`` when there is no profile; everything else may be missing.
    func dashboard(of id: String) async throws -> Dashboard {
        let clock = ContinuousClock()
        let start = clock.now
        let (who, bought, unread) = try await gather(
            { await part(Dashboard.Profile.self, "profile", profile, id) },
            { await part(Dashboard.Orders.self, "orders", orders, id) },
            { await part(Dashboard.Notifications.self, "notifications", notifications, id) })
        return Dashboard(
            profile: try who.result.get(), orders: try? bought.result.get(), notifications: try? unread.result.get(),
            reports: [who.report, bought.report, unread.report], seconds: (clock.now - start) / .seconds(1))
    }

    private struct Part<Value: Sendable>: Sendable {
        let result: Result<Value, FetchError>
        let report: Dashboard.Report
    }

    /// Asks one service. It never throws: a failure of one must not cancel the others.
    private func part<Value: Decodable & Sendable>(
        _ type: Value.Type, _ name: String, _ template: URLTemplate, _ id: String
    ) async -> Part<Value> {
        let clock = ContinuousClock()
        let start = clock.now
        let result: Result<Value, FetchError>
        do {
            let url = try template.expand { $0 == "id" ? id : nil }
            let response = try await withTimeout(timeout) { try await fetcher.fetch(Request(url)) }
            result = .success(try JSONDecoder().decode(type, from: Data(response.bytes)))
        } catch let error as FetchError {
            result = .failure(error)
        } catch {
            result = .failure(FetchError(.unparsable, "the answer of \(name) is not what it should be"))
        }
        var message: String?
        if case .failure(let error) = result { message = error.description }
        return Part(
            result: result,
            report: Dashboard.Report(name: name, seconds: (clock.now - start) / .seconds(1), error: message))
    }
}
