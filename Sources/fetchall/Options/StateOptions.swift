import ArgumentParser
import FetchCore

/// What is kept from one run to the next, and within one.
struct StateOptions: ParsableArguments {
    @OptionGroup var resume: ResumeArguments

    @Flag(help: "Fetch what occurs more than once only once; every line gets its record.")
    var dedupe = false
}
