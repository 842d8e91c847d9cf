extension HTMLReport {
    /// The style of the page. It is our own: light and dark as the system is set, one column on a phone, and on paper
    /// without what can only be clicked.
    static let style = #"""
        :root { color-scheme: light dark; --text: #1c2024; --soft: #5b6570; --back: #ffffff; --panel: #f4f6f8;
        --line: #d5dbe1; --link: #0b5cad; --good: #1a7f37; --bad: #b3261e; --focus: #0b5cad; --bar: #3b7dd8;
        --dns: #7a5cc8; --connect: #c77d0a; --tls: #b8478f; --wait: #3b7dd8; --receive: #1f9254; --c0: #8a939d;
        --c2: #5aa9a3; --c3: #d98e1c; --c4: #c8332a; --c5: #6b2f6b; }
        @media (prefers-color-scheme: dark) {
        :root { --text: #e4e8ec; --soft: #a0abb6; --back: #14181c; --panel: #1e2429; --line: #38414a; --link: #79b8ff;
        --good: #57c878; --bad: #ff8a80; --focus: #79b8ff; --bar: #5c9df0; --dns: #a48cf0; --connect: #e5a23c;
        --tls: #e07bbd; --wait: #5c9df0; --receive: #4fc285; --c0: #98a2ad; --c2: #6fc4bd; --c3: #e9a945;
        --c4: #f0665c; --c5: #c583c5; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1rem; max-width: 80rem; color: var(--text); background: var(--back);
        font: 1rem/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0; overflow-wrap: anywhere; }
        h2 { font-size: 1.2rem; margin: 2rem 0 0.75rem; }
        p { margin: 0.5rem 0; }
        header p, footer p, .more, caption, .axis { color: var(--soft); }
        footer { margin-top: 2rem; border-top: 1px solid var(--line); font-size: 0.875rem; }
        a { color: var(--link); }
        .skip { position: absolute; left: -100rem; }
        .skip:focus { left: 1rem; top: 0.5rem; padding: 0.5rem; background: var(--back); }
        :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
        .note { border-left: 4px solid var(--bad); padding: 0.25rem 0.75rem; background: var(--panel); }
        .totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); gap: 0.75rem; margin: 1rem 0; }
        .totals div { background: var(--panel); border-radius: 0.5rem; padding: 0.5rem 0.75rem; }
        .totals dt { color: var(--soft); font-size: 0.875rem; }
        .totals dd { margin: 0; font-size: 1.375rem; font-weight: 600; font-variant-numeric: tabular-nums; }
        .totals.small { grid-template-columns: repeat(auto-fit, minmax(5.5rem, 1fr)); }
        .totals.small dd { font-size: 1rem; }
        .good dd { color: var(--good); }
        .bad dd, .failed { color: var(--bad); }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; }
        caption { text-align: left; padding: 0.25rem 0; font-size: 0.875rem; }
        th, td { text-align: left; vertical-align: top; padding: 0.375rem 0.5rem; border-bottom: 1px solid var(--line); }
        thead th { background: var(--panel); white-space: nowrap; }
        .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        .url, .more { overflow-wrap: anywhere; }
        td:has(.url) { min-width: 12rem; }
        .more { font-size: 0.875rem; }
        #rows td:last-child { min-width: 14rem; }
        th button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 0.25rem 0;
        cursor: pointer; text-decoration: underline dotted; }
        th[aria-sort="ascending"] button::after { content: " \2191"; }
        th[aria-sort="descending"] button::after { content: " \2193"; }
        .controls { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; align-items: center; margin: 0.75rem 0; }
        .controls p { margin: 0; }
        .controls input, .controls select, .controls button { font: inherit; color: var(--text); background: var(--back);
        border: 1px solid var(--soft); border-radius: 0.375rem; padding: 0.375rem 0.625rem; max-width: 100%; }
        .controls button:disabled { color: var(--soft); border-color: var(--line); }
        .bar { display: block; width: 100%; min-width: 6rem; height: 0.875rem; margin-top: 0.25rem; }
        td:has(> .bar) { width: 45%; }
        figure { margin: 0; }
        .columns { display: block; width: 100%; height: 10rem; background: var(--panel); }
        .axis { display: flex; justify-content: space-between; gap: 1rem; margin: 0.25rem 0; font-size: 0.875rem; }
        .legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; padding: 0; margin: 0.5rem 0; }
        .key { width: 0.75rem; height: 0.75rem; }
        summary { cursor: pointer; padding: 0.25rem 0; }
        .time { fill: var(--bar); }
        .dns { fill: var(--dns); }
        .connect { fill: var(--connect); }
        .tls { fill: var(--tls); }
        .wait { fill: var(--wait); }
        .receive { fill: var(--receive); }
        .c0 { fill: var(--c0); }
        .c1 { fill: var(--good); }
        .c2 { fill: var(--c2); }
        .c3 { fill: var(--c3); }
        .c4 { fill: var(--c4); }
        .c5 { fill: var(--c5); }
        @media (max-width: 40rem) { .wide { display: none; } td { overflow-wrap: anywhere; } .bar { min-width: 4rem; } td:has(> .bar) { width: auto; }
        #rows td:last-child { min-width: 10rem; } td:has(.url) { min-width: 10rem; } }
        @media print { body { max-width: none; padding: 0; } .controls, .skip { display: none; } .scroll { overflow: visible; }
        tr { break-inside: avoid; } h2 { break-after: avoid; } a { color: inherit; } }
        """#
}

/// The style of the report, for other pages of a run.
package enum ReportStyle {
    /// The text of a style element.
    package static var text: String { HTMLReport.style }
}
