import { describe, expect, test } from 'vitest';
import type { Problem } from '../problem.ts';
import { report } from './report.ts';

const error: Problem = {
  rule: 'one-keyword',
  file: 'proposals/0042-doors/draft.md',
  line: 3,
  column: 5,
  endLine: 3,
  endColumn: 9,
  message: 'has 2 keywords: MUST, MAY',
  hint: 'Split it.\nOne each.',
};
const warning: Problem = {
  rule: 'trailing-space',
  file: 'proposals/0042-doors/draft.md',
  line: 7,
  column: 1,
  severity: 'warning',
  message: '100% spaces',
  fix: [{ start: 0, end: 1, text: '' }],
};

describe('text', () => {
  test('one problem a line, with its hint, and a count', () => {
    expect(report([error, warning], 'text')).toBe(
      `proposals/0042-doors/draft.md:3:5 one-keyword: has 2 keywords: MUST, MAY
    Split it.
One each.
proposals/0042-doors/draft.md:7:1 warning trailing-space: 100% spaces
    --fix mends it.
1 error, 1 warning; --fix mends 1.
`,
    );
  });

  test('says so when there is none', () => {
    expect(report([], 'text')).toBe('No problems.\n');
  });
});

describe('json', () => {
  test('every problem with its severity, and the counts', () => {
    expect(JSON.parse(report([error, warning], 'json'))).toEqual({
      problems: [
        { ...error, severity: 'error', fixable: false },
        {
          rule: 'trailing-space',
          file: warning.file,
          line: 7,
          column: 1,
          severity: 'warning',
          message: '100% spaces',
          fixable: true,
        },
      ],
      errors: 1,
      warnings: 1,
    });
  });
});

describe('github', () => {
  test('an annotation a line, with line ends, percent signs, colons and commas escaped', () => {
    expect(report([error, warning], 'github')).toBe(
      `::error file=proposals/0042-doors/draft.md,line=3,endLine=3,col=5,endColumn=9,title=one-keyword::has 2 keywords: MUST, MAY%0ASplit it.%0AOne each.
::warning file=proposals/0042-doors/draft.md,line=7,col=1,title=trailing-space::100%25 spaces
`,
    );
    expect(report([{ ...warning, file: 'a:b,c.md' }], 'github')).toContain('file=a%3Ab%2Cc.md,');
  });

  test('nothing where there is nothing to annotate', () => {
    expect(report([], 'github')).toBe('');
  });
});
