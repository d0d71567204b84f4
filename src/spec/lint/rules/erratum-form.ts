import { isDay } from '../../calendar.ts';
import {
  ERRATUM_FACTS,
  ERRATUM_STATUSES,
  type ErratumText,
  errataIn,
  isErratumStatus,
  revisionsIn,
} from '../../errata.ts';
import type { Finding, LibraryRule } from '../rule.ts';

export const erratumForm: LibraryRule = {
  id: 'erratum-form',
  group: 'published',
  severity: 'error',
  summary:
    'An erratum is numbered, has its facts in order, quotes the text as it is and as it is to be, and says why.',
  why: 'The pages of the revision show it at its place, and feeds and the list of errata tell of it. The number is part of its address, so it is counted from 1 in the order of the file, and one that was rejected stays. The facts are `revisions`, `at`, `reported`, `by` and `status`, which is `reported`, `verified` or `rejected`.',
  wrong: '## Wrong status\n\n- at: door.open-once\n\nIt is 200.',
  right:
    '## Erratum 1: Wrong status\n\n- revisions: 1\n- at: door.open-once\n- reported: 2026-12-01\n- by: A. Reader\n- status: reported\n\nIt says:\n\n> The answer is 201.\n\nIt is to say:\n\n> The answer is 200.\n\nThe table has 200.',
  *checkLibrary({ errata = [], today }) {
    for (const { document } of errata) {
      let expected = 1;
      for (const text of errataIn(document)) {
        for (const finding of findingsIn(text, expected, today)) yield { ...finding, in: document };
        expected = (text.number ?? expected) + 1;
      }
    }
  },
};

function* findingsIn(
  { heading, number, facts, quotes, why }: ErratumText,
  expected: number,
  today: string | undefined,
): Generator<Finding> {
  const at = heading.start;
  if (number === undefined) {
    yield {
      at,
      message: 'the heading of an erratum has its number and a title',
      hint: `Write \`## Erratum ${expected}: …\`.`,
    };
  } else if (number !== expected) {
    yield {
      at,
      message: `erratum ${number} stands where ${expected} is next`,
      hint: 'Errata are numbered from 1 in the order of the file, and none is taken out.',
    };
  }
  const keys = facts.map(({ key }) => key);
  if (keys.join() !== ERRATUM_FACTS.join()) {
    yield {
      at: facts[0]?.start ?? at,
      message:
        facts.length === 0
          ? 'it has no list of facts'
          : `its facts are ${keys.map((key) => `\`${key}\``).join(', ')}`,
      hint: `Write a list of ${ERRATUM_FACTS.map((key) => `\`${key}\``).join(', ')}, in this order, each as \`- key: value\`.`,
    };
  }
  for (const { key, value, start, end } of facts) {
    const wrong = wrongIn(key, value, today);
    if (wrong) yield { at: start, end, ...wrong };
  }
  if (quotes.length !== 2) {
    yield {
      at: quotes[2]?.start ?? at,
      message: `it has ${quotes.length === 0 ? 'no quotation' : quotes.length === 1 ? '1 quotation' : `${quotes.length} quotations`}, and needs 2`,
      hint: 'Quote the text as it is, then as it is to be. Where words are missing or too many, quote what stands around them.',
    };
  } else if (quotes[0]?.text === quotes[1]?.text) {
    yield {
      at: quotes[1]?.start ?? at,
      message: 'both quotations say the same',
      hint: 'The second says what the text is to be.',
    };
  } else if (why === '') {
    yield {
      at: quotes[1]?.start ?? at,
      message: 'nothing behind the second quotation says why',
      hint: 'Say what shows that the text is wrong.',
    };
  }
}

function wrongIn(
  key: string,
  value: string,
  today: string | undefined,
): Pick<Finding, 'message' | 'hint'> | undefined {
  switch (key) {
    case 'revisions':
      if (revisionsIn(value)) return undefined;
      return {
        message: `\`${value}\` is no list of revisions`,
        hint: 'Write their numbers, such as `1` or `1, 2`.',
      };
    case 'reported':
      if (!isDay(value))
        return {
          message: `\`${value}\` is not a day of the calendar`,
          hint: 'Write it like 2026-11-22.',
        };
      if (today === undefined || value <= today) return undefined;
      return { message: `it is reported on ${value}, which is after today, ${today} in UTC` };
    case 'status':
      if (isErratumStatus(value)) return undefined;
      return {
        message: `\`${value}\` is no status of an erratum`,
        hint: `Write ${ERRATUM_STATUSES.map((status) => `\`${status}\``).join(', ')}.`,
      };
    case 'at':
    case 'by':
      return value === '' ? { message: `\`${key}\` is empty` } : undefined;
    default:
      // That it is there at all is said of the list.
      return undefined;
  }
}
