import FetchSystem

/// The GraphQL half: it executes queries against the part of GitHub's schema that accounts need, and refuses everything
/// else as GitHub does.
extension GitHubServer {
    /// A part of a query that the schema does not have.
    private struct InvalidQuery: Error {
        let message: String
    }

    /// The answer to a GraphQL request.
    func graphQL(_ request: LoopbackServer.Request) -> Content {
        guard request.method == "POST", case .object(let members)? = try? JSONValue.parse(request.body[...]),
            case .string(let query)? = members.first(where: { $0.key == "query" })?.value
        else { return Content(body: #"{"message":"Problems parsing JSON"}"#, status: 400) }
        var variables: [String: String] = [:]
        if case .object(let list)? = members.first(where: { $0.key == "variables" })?.value {
            for case (let name, .string(let value)) in list { variables[name] = value }
        }
        do {
            return try execute(try GraphQLDocument(query), variables)
        } catch let error as GraphQLDocument.SyntaxError {
            return refusal(error.message)
        } catch let error as InvalidQuery {
            return refusal(error.message)
        } catch {
            return refusal("\(error)")
        }
    }

    private func refusal(_ message: String) -> Content {
        Content(body: #"{"errors":[{"message":\#(GitHubAccount.quoted(message)),"path":["query"]}]}"#)
    }

    private func execute(_ document: GraphQLDocument, _ variables: [String: String]) throws -> Content {
        if let most = behaviour.mostOwners, document.selections.count > most {
            return Content(body: "<html><title>Unicorn!</title></html>", status: 502)
        }
        var data: [String] = []
        var errors: [String] = []
        for (index, selection) in document.selections.enumerated() {
            guard case .field(let alias, "repositoryOwner", let arguments, let inner) = selection else {
                throw InvalidQuery(message: "the look-alike knows repositoryOwner only")
            }
            guard let variable = arguments["login"], variable.hasPrefix("$"),
                document.variables.contains(String(variable.dropFirst())),
                let login = variables[String(variable.dropFirst())]
            else { throw InvalidQuery(message: "Variable login of \(alias) was provided invalid value") }
            if let answered = behaviour.answeredOwners, index >= answered {
                data.append("\"\(alias)\":null")
                errors.append(
                    #"{"type":"RESOURCE_LIMITS_EXCEEDED","path":["\#(alias)"],"message":"Resource limits exceeded."}"#)
                continue
            }
            guard let account = accounts[login.lowercased()] else {
                data.append("\"\(alias)\":null")
                if behaviour.reportsMissing {
                    let message = "Could not resolve to a User with the login of '\(login)'."
                    errors.append(
                        #"{"type":"NOT_FOUND","path":["\#(alias)"],"message":\#(GitHubAccount.quoted(message))}"#)
                }
                continue
            }
            let members = try members(inner, of: account, as: "RepositoryOwner", document)
            data.append("\"\(alias)\":{\(members.joined(separator: ","))}")
        }
        let tail = errors.isEmpty ? "" : ",\"errors\":[\(errors.joined(separator: ","))]"
        return Content(body: "{\"data\":{\(data.joined(separator: ","))}\(tail)}")
    }

    private func members(
        _ selections: [GraphQLDocument.Selection], of account: GitHubAccount, as type: String,
        _ document: GraphQLDocument
    ) throws -> [String] {
        var result: [String] = []
        for selection in selections {
            switch selection {
            case .spread(let name):
                guard let fragment = document.fragments[name] else {
                    throw InvalidQuery(message: "Fragment \(name) was used, but not defined")
                }
                result += try members(fragment.selections, of: account, as: fragment.type, document)
            case .inline(let inner, let selections):
                guard account.graphQLFields()[inner] != nil else {
                    throw InvalidQuery(message: "No such type \(inner), so it can't be a fragment condition")
                }
                // Also what does not apply is checked against the schema.
                let found = try members(selections, of: account, as: inner, document)
                if inner == account.type || inner == "RepositoryOwner" { result += found }
            case .field(let alias, "__typename", _, _): result.append("\"\(alias)\":\"\(account.type)\"")
            case .field(let alias, let name, _, let inner):
                guard let value = account.graphQLFields()[type]?[name] else {
                    throw InvalidQuery(message: "Field '\(name)' doesn't exist on type '\(type)'")
                }
                let isConnection = ["repositories", "gists", "followers", "following"].contains(name)
                guard isConnection == !inner.isEmpty else {
                    throw InvalidQuery(message: "Field '\(name)' must have selections just when it is an object")
                }
                result.append(isConnection ? "\"\(alias)\":{\"totalCount\":\(value)}" : "\"\(alias)\":\(value)")
            }
        }
        return result
    }
}
