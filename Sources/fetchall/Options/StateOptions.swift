import ArgumentParser
import FetchCore

/// What is kept from one run to the next, and within one.
struct StateOptions: ParsableArguments {
    @OptionGroup var resume: ResumeArguments

    @Flag(help: "Fetch equal requests once; every input gets its own record.")
    var dedupe = false
}
