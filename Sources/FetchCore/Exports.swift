// A program that imports FetchCore has its values too, without knowing in which module they live.
@_exported public import FetchHTTP
@_exported public import FetchScheduling
@_exported public import FetchSystem
