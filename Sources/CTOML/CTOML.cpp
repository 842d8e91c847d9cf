#include "CTOML.h"

// Failures are values; what operator new throws is caught at the border.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES CTOML_MAXIMUM_DEPTH
// The parser's own checks of itself end the process; a file must not be able to.
#define TOML_ASSERT(expression) static_cast<void>(0)
#define TOML_ASSERT_ASSUME(expression) static_cast<void>(0)

// Homebrew's folder on Apple silicon is none that clang searches. The pkg-config file names a library that is not needed.
#if __has_include(<toml++/toml.h>)
#include <toml++/impl/preprocessor.h>
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE __builtin_trap()
#include <toml++/toml.h>
#elif __has_include("/opt/homebrew/include/toml++/toml.h")
#include "/opt/homebrew/include/toml++/impl/preprocessor.h"
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE __builtin_trap()
#include "/opt/homebrew/include/toml++/toml.h"
#else
#error "toml++ is missing: run 'make deps' to install it"
#endif

#include <string>
#include <string_view>
#include <vector>

namespace {

struct Entry {
    CTOMLKind kind;
    toml::source_position position;
    int32_t index;
    std::string path;
    std::string text;
    int64_t integer;
    double real;
};

/// Finds what toml++ 3.3.0 must not see.
///
/// - Keys with too many parts: it limits how deep values are nested, but not the parts of a key, and the tables that a key
///   of 500,000 parts makes are freed by a recursion that overflows the stack.
/// - A character beyond ASCII where whitespace may stand: for most of them is_non_ascii_horizontal_whitespace ends in
///   __builtin_unreachable. TOML 1.0 has none there, but behind a backslash that ends a line of a long string.
///
/// The scan follows strings and comments as TOML 1.0 has them. Behind a mistake it may see something else than the parser,
/// which has stopped there.
class Scan {
public:
    explicit Scan(std::string_view text) : text(text) {}

    /// What is wrong; empty if nothing is.
    std::string_view run() {
        if (text.substr(0, 3) == "\xEF\xBB\xBF") offset = 3;
        while (offset < text.size() && problem.empty()) {
            const char byte = text[offset++];
            switch (byte) {
            case '\n': ++line; [[fallthrough]];
            case '=': case ',': case '[': case ']': case '{': case '}': parts = 0; break;
            case '#': skipLine(); break;
            case '"': case '\'':
                // The parser looks ahead for the end of a value that is not valid, such as 0"x".
                if (offset > 1 && std::string_view("\n\t =,.[{\xBF").find(text[offset - 2]) == std::string_view::npos) {
                    problem = "a quote is inside a word";
                } else {
                    skipString(byte);
                }
                break;
            case '.':
                if (++parts >= CTOML_MAXIMUM_DEPTH) problem = "a key has more than 16 parts";
                break;
            default:
                if (!isASCII(byte)) problem = "a character that is not ASCII must be in quotes";
                break;
            }
        }
        return problem;
    }

    uint32_t line = 1;

private:
    static bool isASCII(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

    void skipLine() {
        while (offset < text.size() && text[offset] != '\n') ++offset;
    }

    /// The number of equal quotes from here on.
    size_t quotes(char quote) const {
        size_t count = 0;
        while (count < 5 && offset + count < text.size() && text[offset + count] == quote) ++count;
        return count;
    }

    /// What is behind a backslash: one character, or the end of the line and all whitespace behind it.
    void skipEscape() {
        if (offset >= text.size()) return;
        if (std::string_view(" \t\r\n").find(text[offset]) == std::string_view::npos) {
            if (isASCII(text[offset])) {
                ++offset;
            } else {
                problem = "a backslash is before a character that is not ASCII";
            }
            return;
        }
        while (offset < text.size() && static_cast<unsigned char>(text[offset]) <= 0x20) {
            if (text[offset++] == '\n') ++line;
        }
        if (offset < text.size() && !isASCII(text[offset])) {
            problem = "a line behind a backslash begins with a character that is not ASCII";
        }
    }

    void skipString(char quote) {
        const bool isLong = quotes(quote) >= 2;
        if (isLong) offset += 2;
        while (offset < text.size() && problem.empty()) {
            const char byte = text[offset++];
            if (byte == '\\' && quote == '"') {
                skipEscape();
            } else if (byte == '\n') {
                ++line;
                if (!isLong) return;
            } else if (byte == quote) {
                if (!isLong) return;
                if (quotes(quote) >= 2) {
                    // Up to two quotes more belong to the text.
                    offset += 2;
                    for (int more = 0; more < 2 && quotes(quote) > 0; ++more) ++offset;
                    return;
                }
            }
        }
    }

    std::string_view text;
    std::string_view problem;
    size_t offset = 0;
    uint32_t parts = 0;
};

}  // namespace

struct CTOMLDocument {
    std::vector<Entry> entries;
    std::string error;
    toml::source_position position{};

    void fail(std::string_view message, toml::source_position where = {}) {
        if (!error.empty()) return;
        error = message;
        position = where;
        entries.clear();
    }

    void read(std::string_view text) {
        if (text.size() > CTOML_MAXIMUM_SIZE) return fail("it is larger than 1 MiB");
        Scan scan(text);
        if (const std::string_view problem = scan.run(); !problem.empty()) return fail(problem, {scan.line, 0});
        const toml::parse_result result = toml::parse(text);
        if (!result) {
            const std::string_view message = result.error().description();
            return fail(message.empty() ? "it is not TOML" : message, result.error().source().begin);
        }
        add(result.table(), "", 1);
    }

private:
    /// Whether there is room for another entry.
    bool append(Entry entry) {
        if (!error.empty()) return false;
        if (entries.size() >= CTOML_MAXIMUM_COUNT) {
            fail("it has more than 10000 entries", entry.position);
            return false;
        }
        entries.push_back(std::move(entry));
        return true;
    }

    void add(const toml::table& table, const std::string& path, int depth) {
        for (const auto& [key, node] : table) {
            const toml::source_position position = key.source().begin;
            if (key.str().find('\0') != std::string_view::npos) return fail("a key contains a NUL", position);
            if (depth > CTOML_MAXIMUM_DEPTH) return fail("tables are nested more than 16 deep", position);
            std::string name = path;
            if (depth > 1) name += '\0';
            name += key.str();
            if (!append(entry(node, position, -1, name))) return;
            if (const toml::table* inner = node.as_table()) {
                add(*inner, name, depth + 1);
            } else if (const toml::array* elements = node.as_array()) {
                int32_t index = 0;
                for (const toml::node& element : *elements) {
                    if (!append(entry(element, element.source().begin, index++, name))) return;
                }
            }
            if (!error.empty()) return;
        }
    }

    static Entry entry(const toml::node& node, toml::source_position position, int32_t index, const std::string& path) {
        Entry entry{CTOMLKindDate, position, index, path, "", 0, 0};
        switch (node.type()) {
        case toml::node_type::table: entry.kind = CTOMLKindTable; break;
        case toml::node_type::array: entry.kind = CTOMLKindArray; break;
        case toml::node_type::string:
            entry.kind = CTOMLKindString;
            entry.text = node.as_string()->get();
            break;
        case toml::node_type::integer:
            entry.kind = CTOMLKindInteger;
            entry.integer = node.as_integer()->get();
            break;
        case toml::node_type::floating_point:
            entry.kind = CTOMLKindReal;
            entry.real = node.as_floating_point()->get();
            break;
        case toml::node_type::boolean:
            entry.kind = CTOMLKindBoolean;
            entry.integer = node.as_boolean()->get() ? 1 : 0;
            break;
        default: break;
        }
        return entry;
    }
};

extern "C" CTOMLDocument *ctoml_parse(const uint8_t *bytes, size_t count) try {
    auto document = std::make_unique<CTOMLDocument>();
    document->read({reinterpret_cast<const char *>(bytes), bytes ? count : 0});
    return document.release();
} catch (...) {
    return nullptr;
}

extern "C" const char *ctoml_error(const CTOMLDocument *document, uint32_t *line, uint32_t *column) {
    if (document->error.empty()) return nullptr;
    *line = document->position.line;
    *column = document->position.column;
    return document->error.c_str();
}

extern "C" size_t ctoml_count(const CTOMLDocument *document) { return document->entries.size(); }

extern "C" CTOMLEntry ctoml_entry(const CTOMLDocument *document, size_t index) {
    const Entry& entry = document->entries[index];
    return {entry.kind, entry.position.line, entry.position.column, entry.index, entry.path.data(), entry.path.size(),
            entry.text.data(), entry.text.size(), entry.integer, entry.real};
}

extern "C" void ctoml_free(CTOMLDocument *document) { delete document; }
