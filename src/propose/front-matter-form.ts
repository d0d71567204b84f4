// The front matter of a draft as a form: which fields there are, what each holds, and which of them is not for a form but
// for a command. Changes one field of a text, and leaves the rest as its author wrote it. Knows nothing of how it is shown.

import { readDocument } from '../spec/document.ts';
import { setFields } from '../spec/front-matter.ts';
import { FRONT_MATTER_SHAPES } from '../spec/join.ts';
import { SUMMARY_LENGTH, TITLE_LENGTH } from '../spec/lint/length.ts';
import { type FrontMatter, proposalSlug, STATUSES, type Status, TYPES } from '../spec/model.ts';
import { CONDITIONAL, CONDITIONAL_FIELDS } from '../spec/status.ts';

export type FieldKey = keyof FrontMatter;
export type FieldKind = 'text' | 'textarea' | 'list' | 'enum' | 'date' | 'number';
export type FieldValue = string | number | readonly (string | number)[];

export interface FormField {
  readonly key: FieldKey;
  readonly label: string;
  readonly kind: FieldKind;
  /** What each item of a list is. */
  readonly of?: 'text' | 'number';
  /** What an enum may be. */
  readonly options?: readonly string[];
  readonly hint: string;
  /** The most characters. */
  readonly limit?: number;
  /** Whether the proposal cannot be without it in the status that it has. */
  readonly required: boolean;
  /** What it holds; undefined where it is not there, or is of another kind. */
  readonly value?: FieldValue;
  /** Whether it is there with a value of another kind, which has to be mended in the text. */
  readonly unreadable: boolean;
  /** Why the form does not change it, and the command that does, where there is one. Absent where the form does. */
  readonly locked?: { readonly why: string; readonly command?: string };
}

export type Form = { readonly fields: readonly FormField[] } | { readonly problem: string };

interface FieldWords {
  readonly label: string;
  readonly kind: FieldKind;
  readonly of?: 'text' | 'number';
  readonly options?: readonly string[];
  readonly hint: string;
  readonly limit?: number;
}

const NUMBERS = { kind: 'list', of: 'number' } as const;

const WORDS: Readonly<Record<FieldKey, FieldWords>> = {
  proposal: { label: 'Number', kind: 'number', hint: 'The folder has the same.' },
  title: {
    label: 'Title',
    kind: 'text',
    limit: TITLE_LENGTH,
    hint: 'Names the subject. The heading below says the same.',
  },
  summary: {
    label: 'Summary',
    kind: 'textarea',
    limit: SUMMARY_LENGTH,
    hint: 'One sentence with a full stop, for somebody who reads nothing else.',
  },
  authors: {
    label: 'Authors',
    kind: 'list',
    of: 'text',
    hint: 'A name for each, with an address in angle brackets if they like: A. Author <author@example.org>.',
  },
  status: { label: 'Status', kind: 'enum', options: STATUSES, hint: 'How far it has come.' },
  type: {
    label: 'Type',
    kind: 'enum',
    options: TYPES,
    hint: 'Programs are tested against standards; informational binds nobody; process binds editors and authors.',
  },
  created: { label: 'Created', kind: 'date', hint: 'The day of the first text.' },
  discussion: {
    label: 'Discussion',
    kind: 'text',
    hint: 'Where objections are read: “repository”, or an address that begins with https://.',
  },
  revision: {
    label: 'Revision',
    kind: 'number',
    hint: 'The one that this draft is to become.',
  },
  'last-call-ends': { label: 'Last call ends', kind: 'date', hint: 'Its last day.' },
  resolution: {
    label: 'Resolution',
    kind: 'textarea',
    hint: 'What was decided, about which revision, and why.',
  },
  'withdrawn-reason': {
    label: 'Why it was withdrawn',
    kind: 'textarea',
    hint: 'Why the authors gave it up.',
  },
  'superseded-by': {
    label: 'Superseded by',
    kind: 'number',
    hint: 'The proposal that took its place.',
  },
  requires: {
    ...NUMBERS,
    label: 'Requires',
    hint: 'Numbers of the proposals whose terms or rules this one builds on.',
  },
  replaces: {
    ...NUMBERS,
    label: 'Replaces',
    hint: 'Numbers of the proposals whose place this one is to take.',
  },
  implementations: {
    label: 'Implementations',
    kind: 'list',
    of: 'text',
    hint: 'Names of the implementations that pass its tests.',
  },
};

/** Every field in its order: those that are there, and those that may be. A conditional one that does not apply is left out. */
export function formOf(text: string): Form {
  const { frontMatter } = readDocument(text, '');
  const { span, entries, errors } = frontMatter;
  const [error] = errors;
  if (!span)
    return { problem: 'The text does not begin with front matter: lines between two lines `---`.' };
  if (error) return { problem: `The front matter cannot be read: ${error.message}.` };
  const valueAt = (key: FieldKey) => entries.find((entry) => entry.key === key)?.value;
  const status = STATUSES.find((name) => name === valueAt('status')) ?? 'draft';
  const number = FRONT_MATTER_SHAPES.proposal.safeParse(valueAt('proposal'));
  const slug = number.success ? proposalSlug(number.data) : 'NNNN';
  const fields = (Object.keys(WORDS) as FieldKey[]).flatMap((key): FormField[] => {
    const there = entries.some((entry) => entry.key === key);
    const needed = isNeeded(key, status);
    if (!there && !needed && !isAllowed(key, status)) return [];
    const value = FRONT_MATTER_SHAPES[key].safeParse(valueAt(key));
    const locked = lockOf(key, slug, status);
    return [
      {
        key,
        ...WORDS[key],
        required: needed,
        unreadable: there && !value.success,
        ...(there && value.success && { value: value.data as FieldValue }),
        ...(locked && { locked }),
      },
    ];
  });
  return { fields };
}

/**
 * The text with one field as the form has it; every other line stays. An empty list, and empty text where the field is
 * optional, take the field out. @throws Error in words where the field is not for the form, or the text has no such form
 */
export function withField(text: string, key: FieldKey, value: FieldValue): string {
  const form = formOf(text);
  if ('problem' in form) throw new Error(form.problem);
  const field = form.fields.find((other) => other.key === key);
  if (field?.locked) throw new Error(field.locked.why);
  const empty = value === '' || (Array.isArray(value) && value.length === 0);
  if (empty && !field?.required) return setFields(text, { [key]: undefined });
  // A list of authors without authors, a date that is none: the linter says what is wrong with it.
  return setFields(text, { [key]: value } as Partial<FrontMatter>);
}

function isConditional(key: FieldKey): key is keyof typeof CONDITIONAL {
  return (CONDITIONAL_FIELDS as readonly string[]).includes(key);
}

function isNeeded(key: FieldKey, status: Status): boolean {
  if (isConditional(key)) return CONDITIONAL[key].needs.includes(status);
  return !FRONT_MATTER_SHAPES[key].safeParse(undefined).success;
}

function isAllowed(key: FieldKey, status: Status): boolean {
  return !isConditional(key) || CONDITIONAL[key].allows.includes(status);
}

/** What only a step of status or a publication changes. */
function lockOf(key: FieldKey, slug: string, status: Status): FormField['locked'] {
  const command = `npm run portway -- proposal status ${slug}`;
  switch (key) {
    case 'proposal':
      return { why: 'A proposal keeps its number, which its folder has too.' };
    case 'revision':
      return {
        why: 'Publishing the draft moves it to the next revision.',
        command: `npm run portway -- proposal publish ${slug}`,
      };
    case 'status':
      return { why: 'A step of status is a pull request of its own, taken by a command.', command };
    case 'last-call-ends':
    case 'resolution':
    case 'withdrawn-reason':
    case 'superseded-by':
      return {
        why: `It comes with the step to \`${stepWith(key, status)}\`.`,
        command: `${command} ${stepWith(key, status)}`,
      };
    default:
      return undefined;
  }
}

/** The status that a field belongs to: the present one if it needs the field. */
function stepWith(key: keyof typeof CONDITIONAL, status: Status): Status {
  const { needs } = CONDITIONAL[key];
  return needs.includes(status) ? status : (needs[0] ?? status);
}
