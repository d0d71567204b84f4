// The forms in which a trace leaves and comes back: NDJSON both ways, and HAR, Chrome trace events, Mermaid and Markdown
// for other programs. Pure functions of events; what is secret must have been masked before.

export { type ChromeTrace, toChromeTrace, writeChromeTrace } from './chrome.ts';
export { type Har, type HarOptions, toHar, writeHar } from './har.ts';
export { type MarkdownOptions, traceTable } from './markdown.ts';
export { writeMermaid } from './mermaid.ts';
export { MOST_CHARACTERS, type ReadTrace, readNdjson, TraceFault, writeNdjson } from './ndjson.ts';
