// The reader's edits of an example, kept in the browser under the example's name, so that nothing is lost by a reload.

export type Files = Readonly<Record<string, string>>;

/** Files that differ from the example: their text, or null for one that was removed. */
export type Changes = Readonly<Record<string, string | null>>;

/** One state of the files, told by what differs, and the file that was open. */
export interface Snapshot {
  readonly files: Changes;
  readonly open?: string;
}

/** The present state, and those that Reset took away, the latest last. */
export interface Edits extends Snapshot {
  readonly taken: readonly Snapshot[];
}

const PREFIX = 'portway:edits:';
/** The second version knows removed files, the open one, and what Reset took away. */
const VERSION = 2;

/** Key under which edits of an example are kept. The directive that wakes islands looks for it too. */
export function editsKey(slug: string): string {
  return PREFIX + slug;
}

/** What differs between two sets of files, as changes of the second. */
export function changesBetween(files: Files, original: Files): Changes {
  return Object.fromEntries([
    ...Object.entries(files).filter(([path, text]) => original[path] !== text),
    ...Object.keys(original)
      .filter((path) => !Object.hasOwn(files, path))
      .map((path) => [path, null]),
  ]);
}

/** The files of an example with changes made to them. */
export function withChanges(original: Files, changes: Changes): Files {
  return Object.fromEntries(
    Object.entries({ ...original, ...changes }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    ),
  );
}

/** What is kept for an example, or undefined where there is nothing or storage is closed. Never throws. */
export function loadEdits(slug: string): Edits | undefined {
  let value: unknown;
  try {
    value = JSON.parse(localStorage.getItem(editsKey(slug)) ?? 'null');
  } catch {
    return undefined;
  }
  if (!isRecord(value) || (value.v !== 1 && value.v !== VERSION)) return undefined;
  const now = readSnapshot(value) ?? { files: {} };
  const taken = Array.isArray(value.taken)
    ? value.taken.flatMap((item) => {
        const snapshot = readSnapshot(item);
        return snapshot && Object.keys(snapshot.files).length > 0 ? [snapshot] : [];
      })
    : [];
  if (Object.keys(now.files).length === 0 && taken.length === 0) return undefined;
  return { ...now, taken };
}

/** Keeps edits, or forgets them where there is nothing to keep. @returns whether that worked */
export function saveEdits(slug: string, edits: Edits): boolean {
  const { files, open, taken } = edits;
  try {
    if (Object.keys(files).length === 0 && taken.length === 0) {
      localStorage.removeItem(editsKey(slug));
    } else {
      const kept = { v: VERSION, files, open, ...(taken.length > 0 ? { taken } : {}) };
      localStorage.setItem(editsKey(slug), JSON.stringify(kept));
    }
    return true;
  } catch {
    return false;
  }
}

function readSnapshot(value: unknown): Snapshot | undefined {
  if (!isRecord(value) || !isRecord(value.files)) return undefined;
  const files = Object.entries(value.files).filter(
    (entry): entry is [string, string | null] => entry[1] === null || typeof entry[1] === 'string',
  );
  return {
    files: Object.fromEntries(files),
    ...(typeof value.open === 'string' ? { open: value.open } : {}),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
