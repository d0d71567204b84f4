// Which names a reader's files may have. Knows the rules of names and nothing of what the files hold.

import { SCENARIO_FILE } from '../sandbox/state.ts';

/** A name that a file cannot have, or a file that cannot have another: what is wrong, and what to do. */
export class FileNameError extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.name = 'FileNameError';
    this.path = path;
  }
}

export const EXTENSIONS = [
  '.ts',
  '.js',
  '.py',
  '.json',
  '.http',
  '.txt',
  '.html',
  '.css',
  '.md',
] as const;

/** Longest path, in characters. */
export const LONGEST_PATH = 100;
/** Most files of an example, with those that came with it. */
export const MOST_FILES = 40;

/** Devices of Windows, which no downloaded folder can hold. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

interface Rule {
  readonly broken: (path: string, parts: readonly string[]) => boolean;
  readonly says: string;
}

/** In the order in which they are told: the first that is broken is the one a reader can act on. */
const RULES: readonly Rule[] = [
  { broken: (path) => path === '', says: 'A file needs a name, such as `answers.ts`.' },
  {
    broken: (path) => path.length > LONGEST_PATH,
    says: `The name is longer than ${LONGEST_PATH} characters. Choose a shorter one.`,
  },
  {
    broken: (path) => path.includes('\\'),
    says: 'Folders are separated by `/`, as in `lib/answers.ts`.',
  },
  {
    broken: (path) => /^(?:\/|[a-z]+:)/i.test(path),
    says: 'A path is relative to the example. Leave out what comes before the first folder.',
  },
  {
    broken: (_, parts) => parts.includes('..') || parts.includes('.'),
    says: 'A path has no `.` or `..`: every file is inside the example.',
  },
  { broken: (_, parts) => parts.includes(''), says: 'A folder of the path has no name.' },
  {
    broken: (path) => /[^A-Za-z0-9._/-]/.test(path),
    says: 'Names are of letters without accents, digits, `-`, `_` and `.`, with `/` between folders.',
  },
  {
    broken: (_, parts) => parts.some((part) => part.startsWith('.') || part.endsWith('.')),
    says: 'A name neither begins nor ends with a dot.',
  },
  {
    broken: (_, parts) => parts.some((part) => DEVICE.test(part)),
    says: 'Windows has a device of this name, so that no folder there can hold the file.',
  },
  {
    broken: (_, parts) => parts[0]?.toLowerCase() === 'node_modules',
    says: 'The folder `node_modules` belongs to packages. Choose another.',
  },
  {
    broken: (path) => !EXTENSIONS.some((extension) => path.endsWith(extension)),
    says: `The name has to end with one of ${EXTENSIONS.join(', ')}.`,
  },
];

/** Checks a path for a new file beside `others`. @throws FileNameError that says what to write instead */
export function checkFileName(path: string, others: readonly string[]): void {
  const parts = path.split('/');
  const rule = RULES.find(({ broken }) => broken(path, parts));
  if (rule) throw new FileNameError(path, rule.says);
  const folded = path.toLowerCase();
  for (const other of others) {
    const beside = other.toLowerCase();
    if (beside === folded) {
      throw new FileNameError(
        path,
        other === path
          ? `There is a file \`${path}\` already.`
          : `There is \`${other}\` already, and some systems do not tell upper case from lower case.`,
      );
    }
    if (beside.startsWith(`${folded}/`) || folded.startsWith(`${beside}/`)) {
      throw new FileNameError(path, `\`${other}\` is in the way: a name is a file or a folder.`);
    }
  }
  if (others.length >= MOST_FILES) {
    throw new FileNameError(path, `An example has no more than ${MOST_FILES} files.`);
  }
}

/** Refuses to take away what a run cannot do without. @throws FileNameError */
export function checkRemovable(path: string, entry: string): void {
  const why =
    path === entry
      ? 'has the application, which Run loads by this name'
      : path === SCENARIO_FILE
        ? 'has the requests, which Run sends'
        : undefined;
  if (why) {
    throw new FileNameError(path, `\`${path}\` ${why}: it can be emptied, not removed or renamed.`);
  }
}
