import { describe, expect, test } from 'vitest';
import { headersFor, parseHeaderRules } from './header-rules.mjs';

const get = (text, path) =>
  Object.fromEntries(
    [...headersFor(parseHeaderRules(text), path).values()].map(({ name, value }) => [name, value]),
  );

describe('which rules apply', () => {
  const rules = `
# everywhere
/*
  X-Frame-Options: DENY
/playground/*
  Cross-Origin-Embedder-Policy: require-corp
/playground/
  X-Exact: yes
/api/:name.json
  Access-Control-Allow-Origin: *
`;

  test('all that match are combined', () => {
    expect(get(rules, '/playground/')).toEqual({
      'X-Frame-Options': 'DENY',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'X-Exact': 'yes',
    });
  });

  test('a pattern without `*` matches that path only', () => {
    expect(get(rules, '/playground/guest/')).not.toHaveProperty('X-Exact');
    expect(get(rules, '/elsewhere/playground/')).toEqual({ 'X-Frame-Options': 'DENY' });
  });

  test('a placeholder matches one segment', () => {
    expect(get(rules, '/api/events.json')).toHaveProperty('Access-Control-Allow-Origin', '*');
    expect(get(rules, '/api/schema/start.json')).toEqual({ 'X-Frame-Options': 'DENY' });
  });

  test('a dot is a dot', () => {
    expect(get('/a.js\n  A: b', '/axjs')).toEqual({});
  });
});

describe('what the headers are', () => {
  test('values of one name are joined, in the spelling of the last', () => {
    const text = '/*\n  Vary: Accept\n  vary: Origin\n/a\n  VARY: Cookie';
    expect(get(text, '/a')).toEqual({ VARY: 'Accept, Origin, Cookie' });
  });

  test('a value keeps its colons, quotes and semicolons', () => {
    const policy =
      "default-src 'none'; script-src 'sha256-ab+/c=' blob:; frame-src https://a.example";
    expect(get(`/*\n  Content-Security-Policy: ${policy}`, '/')).toEqual({
      'Content-Security-Policy': policy,
    });
  });

  test('`! Name` takes away what earlier rules set, and a new value replaces it', () => {
    const text = '/*\n  X-Policy: strict\n/guest/*\n  ! X-Policy\n  X-Policy: loose';
    expect(get(text, '/guest/x')).toEqual({ 'X-Policy': 'loose' });
    expect(get(text, '/')).toEqual({ 'X-Policy': 'strict' });
  });

  test('CRLF files and blank lines are read alike', () => {
    expect(get('/*\r\n\r\n  A: b\r\n', '/')).toEqual({ A: 'b' });
  });
});

describe('errors name the line', () => {
  test.each([
    ['  A: b', /line 1: a header must stand below/],
    ['/*\n  no colon', /line 2: expected `Name: value`: no colon/],
    ['/*\n  Empty:', /line 2: expected/],
    ['/*\n  Two words: b', /line 2: expected/],
    ['# fine\nhttps://example.org/*\n  A: b', /line 2: a path pattern must start with/],
  ])('%j', (text, message) => {
    expect(() => parseHeaderRules(text)).toThrow(message);
  });
});
