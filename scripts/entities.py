#!/usr/bin/env python3
"""Writes Sources/FetchHTML/Scanner/HTMLEntityTable.swift from the named character references of the HTML standard,
which Python carries as html.entities.html5 (2,231 names; https://html.spec.whatwg.org/entities.json)."""
import html.entities
import os
import textwrap

names = html.entities.html5
words = []
for name in sorted({n.rstrip(";") for n in names}, key=lambda n: n.encode()):
    value = "+".join("%X" % ord(c) for c in names[name + ";"])
    words.append(f"{name}{'!' if name in names else ':'}{value}")
assert sum(2 if "!" in word else 1 for word in words) == len(names) == 2231
lines = textwrap.wrap(" ".join(words), 116, break_long_words=False, break_on_hyphens=False)
body = " \\\n        ".join(lines)
text = f'''// Written by scripts/entities.py; do not edit.

/// The named character references of WHATWG HTML §13.5, sorted by bytes: `name:hex`, with `!` in place of the colon where
/// the semicolon may be missing, and `+` between two code points.
enum HTMLEntityTable {{
    static let text = """
        {body}
        """
}}
'''
path = os.path.join(os.path.dirname(__file__), "..", "Sources/FetchHTML/Scanner/HTMLEntityTable.swift")
with open(path, "w", encoding="utf-8") as file:
    file.write(text)
