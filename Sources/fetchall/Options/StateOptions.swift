import FetchArgumentParser

/// The options for state: progress across runs, and duplicates within one.
struct StateOptions: ParsableArguments {
    @OptionGroup var resume: ResumeArguments

    @Flag(help: "Fetch equal requests once; every input gets its own record.")
    var dedupe = false
}
