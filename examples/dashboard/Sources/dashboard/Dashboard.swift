import FetchCore
import Foundation

/// The data of three services about a user, requested concurrently, each with a time limit.
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

    /// The result of one service: its time, and why it has no data.
    struct Report: Codable, Sendable {
        let name: String
        let seconds: Double
        let error: String?
    }

    let profile: Profile
    /// Nil when the service failed: the rest of the page is shown without it.
    let orders: Orders?
    let notifications: Notifications?
    let reports: [Report]
    /// Seconds from the request to the last response.
    let seconds: Double
}

/// The services, and their time limits.
struct Upstreams: Sendable {
    let fetcher: Fetcher
    let profile: URLTemplate
    let orders: URLTemplate
    let notifications: URLTemplate
    let timeout: Duration

    /// Requests all services concurrently.
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

    /// Requests one service. It never throws: a failure of one must not cancel the others.
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
