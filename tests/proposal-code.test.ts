// What people will copy out of proposals: Python that parses, JSON that is JSON, and the frames of proposal 12 octet for
// octet; and the list of proposals that people find first. Whether code does what the text says is for its readers.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readDocument } from '../src/spec/document.ts';
import { proposalOf } from '../src/spec/join.ts';
import { ROOT } from './fixtures/portway.ts';

const drafts = readdirSync(join(ROOT, 'proposals')).filter((name) => /^\d{4}-/.test(name));
const fences = drafts.flatMap((name) => {
  const file = `proposals/${name}/draft.md`;
  return readDocument(readFileSync(join(ROOT, file), 'utf8'), file).fences.map((fence) => ({
    place: `${file}:${fence.position?.start.line}`,
    language: fence.lang,
    code: fence.value,
  }));
});
const inLanguage = (language: string) => fences.filter((fence) => fence.language === language);

/** The Python of this machine, or why there is none. */
function python(): string | undefined {
  try {
    return execFileSync('python3', ['--version'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

const version = python();

describe.skipIf(version === undefined)(`Python (${version ?? 'python3 is not installed'})`, () => {
  test.each(inLanguage('python'))('$place parses', ({ code }) => {
    // The names of an excerpt are defined elsewhere: only its grammar can be held to account.
    const check = 'import ast, sys; ast.parse(sys.stdin.read(), feature_version=(3, 9))';
    execFileSync('python3', ['-c', check], { input: code, stdio: ['pipe', 'pipe', 'pipe'] });
  });
});

test.each(inLanguage('json'))('$place is JSON', ({ code }) => {
  expect(() => JSON.parse(code)).not.toThrow();
});

test('there is code to hold to account', () => {
  expect(inLanguage('python').length).toBeGreaterThan(2);
});

describe('the frames of proposal 12', () => {
  /** `# worker: hello (96 octets)`, then lines of octets in hexadecimal digits with their characters beside them. */
  const [listing] = inLanguage('text').filter(({ code }) => /^# \w+.*\(\d+ octets\)$/m.test(code));
  const frames = (listing?.code ?? '').split(/\n\n+/).flatMap((part) => {
    const [head = '', ...lines] = part.split('\n');
    const size = /\((\d+) octets\)$/.exec(head)?.[1];
    const hex = lines.map((line) => line.slice(0, 47).replace(/\s+/g, '')).join('');
    return size === undefined
      ? []
      : [{ head, size: Number(size), octets: Buffer.from(hex, 'hex') }];
  });

  test('are there', () => expect(frames.length).toBeGreaterThanOrEqual(8));

  test.each(frames)('$head: the header says its length, and the metadata is JSON', (frame) => {
    const { octets, size } = frame;
    expect(octets.length).toBe(size);
    expect(octets.readUInt32BE(0)).toBe(size - 12);
    expect([octets.readUInt8(9), octets.readUInt16BE(10)]).toEqual([0, 0]);
    // Kind 4 carries data, all others metadata.
    const content = octets.subarray(12).toString();
    if (octets.readUInt8(8) !== 4 && content !== '')
      expect(JSON.parse(content)).toBeTypeOf('object');
  });
});

describe('proposals/README.md', () => {
  const readme = readFileSync(join(ROOT, 'proposals/README.md'), 'utf8');

  test.each(drafts.filter((name) => !name.startsWith('0000-')))('has a row for %s', (name) => {
    const text = readFileSync(join(ROOT, 'proposals', name, 'draft.md'), 'utf8');
    const { title, status } = proposalOf(readDocument(text, name)).frontMatter;
    expect(readme).toContain(`| [${name.slice(0, 4)}](${name}/draft.md) | ${title} | ${status} |`);
  });
});
