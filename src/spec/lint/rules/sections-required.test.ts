import { describe, expect, test } from 'vitest';
import { SECTIONS } from '../../sections.ts';
import { crlf, finds, keepsItsWord, passes, proposal } from '../testing.ts';
import { sectionsRequired } from './sections-required.ts';

const GOOD = proposal('A door has a leaf.');
const without = (name: string) =>
  GOOD.replace(new RegExp(`## ${name}\n\n[^#]*(## )?`), (_, next) => (next ? '⌖## ' : ''));

describe('sections-required', () => {
  test('its words', () => keepsItsWord(sectionsRequired, (text) => text));

  test.each(SECTIONS.slice(0, -1))('%s is missing: it belongs before the next', (name) => {
    const next = SECTIONS[SECTIONS.indexOf(name) + 1];
    const problem = finds(sectionsRequired, without(name), `the proposal lacks 1 section: ${name}`);
    expect(problem.hint).toBe(
      `Add \`## ${name}\` before \`## ${next}\`. If there is nothing to say, say “None.”`,
    );
  });

  test('the last one belongs at the end of the text', () => {
    const text = `${without('Change log').trimEnd()}⌖\n`;
    const problem = finds(sectionsRequired, text, 'the proposal lacks 1 section: Change log');
    expect(problem.hint).toContain('Add `## Change log` at the end.');
  });

  test('all that are missing are one finding', () => {
    finds(
      sectionsRequired,
      '# Türen\n\n⌖## Specification\n',
      'the proposal lacks 8 sections: Summary, Motivation, Rationale, Rejected alternatives, Compatibility, Security considerations, Open issues, Change log',
    );
  });

  test('Windows line ends', () => {
    finds(sectionsRequired, crlf(without('Rationale')), 'the proposal lacks 1 section: Rationale');
  });

  test.each([
    ['at the third level', '### Rationale'],
    ['in a quotation', '> ## Rationale'],
    ['in a fence', '```text\n## Rationale\n```'],
    ['in bold', '**Rationale**'],
    ['in another case', '## rationale'],
  ])('a heading %s is no section', (_, heading) => {
    const text = GOOD.replace('## Rationale', heading).replace(
      '## Rejected alternatives',
      '⌖## Rejected alternatives',
    );
    finds(sectionsRequired, text, 'the proposal lacks 1 section: Rationale');
  });

  test.each([
    ['all nine', GOOD],
    ['in another order', GOOD.replace('## Rationale', '## Summary\n\n## Rationale')],
    ['underlined', GOOD.replace('## Rationale', 'Rationale\n---------')],
    ['with marks', GOOD.replace('## Rationale', '## *Rationale* ##')],
    ['too large to be read', 'x'.repeat(1_000_001)],
  ])('near miss: %s', (_, text) => passes(sectionsRequired, text));
});
