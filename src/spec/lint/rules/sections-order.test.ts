import { describe, expect, test } from 'vitest';
import { SECTIONS } from '../../sections.ts';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { sectionsOrder } from './sections-order.ts';

const text = (...names: string[]) => names.map((name) => `## ${name}\n\nText.\n`).join('\n');

describe('sections-order', () => {
  test('its words', () => keepsItsWord(sectionsOrder, (words) => words));

  test('two that are swapped are one finding, at the second', () => {
    const swapped = text('Motivation', '⌖Summary', 'Specification').replace('## ⌖', '⌖## ');
    const problem = finds(
      sectionsOrder,
      swapped,
      'the section “Summary” stands behind “Motivation”',
    );
    expect(problem.hint).toBe(`The order is ${SECTIONS.join(', ')}.`);
    finds(sectionsOrder, crlf(swapped), 'the section “Summary” stands behind “Motivation”');
  });

  test('one that was moved to the top is one finding', () => {
    const moved = text('Change log', '⌖Summary', ...SECTIONS.slice(1, -1));
    finds(
      sectionsOrder,
      moved.replace('## ⌖', '⌖## '),
      'the section “Summary” stands behind “Change log”',
    );
  });

  test('one that was moved to the end is one finding', () => {
    const moved = text(...SECTIONS.slice(1), '⌖Summary');
    finds(
      sectionsOrder,
      moved.replace('## ⌖', '⌖## '),
      'the section “Summary” stands behind “Change log”',
    );
  });

  test('one that stands twice, next to the first and far from it', () => {
    const problems = findsAll(
      sectionsOrder,
      text('Summary', '⌖Summary', 'Motivation', 'Rationale', '⌖Motivation').replaceAll(
        '## ⌖',
        '⌖## ',
      ),
      ['the section “Summary” stands twice', 'the section “Motivation” stands twice'],
    );
    expect(problems[0]?.hint).toBe('Put both into the first.');
  });

  test('all the other way round: every one but the first', () => {
    const [first, ...others] = [...SECTIONS].reverse();
    findsAll(
      sectionsOrder,
      text(first ?? '', ...others.map((name) => `⌖${name}`)).replaceAll('## ⌖', '⌖## '),
      others.map((name, index) => {
        return `the section “${name}” stands behind “${[first, ...others][index]}”`;
      }),
    );
  });

  test.each([
    ['the nine', text(...SECTIONS)],
    ['some are missing', text('Summary', 'Specification', 'Change log')],
    ['one that is unknown between them', text('Summary', 'Abstract', 'Motivation')],
    ['one below another', `${text('Motivation')}\n### Summary\n`],
    ['one in a quotation', `${text('Motivation')}\n> ## Summary\n`],
    ['none', 'Text.'],
  ])('near miss: %s', (_, words) => passes(sectionsOrder, words));

  test('a whole proposal', () => passes(sectionsOrder, proposal('Text.')));
});
