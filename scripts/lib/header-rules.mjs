// Reads a `_headers` file as Netlify and Cloudflare do, and tells which headers a path gets.
// Pure: knows nothing of files or sockets.
import { Stop } from './project.mjs';

/** @typedef {{ matches: RegExp, set: [name: string, value: string][], unset: string[] }} Rule */

/**
 * Parses a `_headers` file: a path pattern at the start of a line, then indented `Name: value`
 * lines. `*` matches anything, `:name` one path segment, `! Name` takes a header away again.
 * @param {string} text
 * @returns {Rule[]}
 * @throws {Stop} naming the line, for what the hosts would skip without a word
 */
export function parseHeaderRules(text) {
  /** @type {Rule[]} */
  const rules = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    const problem = (message) => new Stop(`_headers line ${index + 1}: ${message}: ${content}`);

    if (!/^\s/.test(raw)) {
      if (!content.startsWith('/')) throw problem('a path pattern must start with `/`');
      rules.push({ matches: patternOf(content), set: [], unset: [] });
      continue;
    }
    const rule = rules.at(-1);
    if (rule === undefined) throw problem('a header must stand below a path pattern');
    if (content.startsWith('!')) {
      rule.unset.push(content.slice(1).trim().toLowerCase());
      continue;
    }
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.+)$/.exec(content) ?? [];
    if (name === undefined || value === undefined) throw problem('expected `Name: value`');
    rule.set.push([name, value]);
  }
  return rules;
}

/**
 * The headers of a path: every rule that matches contributes, and values of one name are joined.
 * @param {Rule[]} rules
 * @param {string} path decoded, starting with `/`
 * @returns {Map<string, { name: string, value: string }>} by lower-case name
 */
export function headersFor(rules, path) {
  const headers = new Map();
  for (const rule of rules.filter(({ matches }) => matches.test(path))) {
    for (const name of rule.unset) headers.delete(name);
    for (const [name, value] of rule.set) {
      const before = headers.get(name.toLowerCase());
      const joined = before === undefined ? value : `${before.value}, ${value}`;
      headers.set(name.toLowerCase(), { name, value: joined });
    }
  }
  return headers;
}

function patternOf(pattern) {
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/:[A-Za-z]\w*/g, '[^/]+');
  return new RegExp(`^${source}$`, 's');
}
