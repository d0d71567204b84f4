// The reader's edits of an example, kept in the browser under the example's name, so that nothing is lost by a reload.

export type Files = Readonly<Record<string, string>>;

const PREFIX = 'portway:edits:';

/** Key under which edits of an example are kept. The directive that wakes islands looks for it too. */
export function editsKey(slug: string): string {
  return PREFIX + slug;
}

/** Files that differ from the example, or undefined where there are none or storage is closed. */
export function loadEdits(slug: string): Files | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(editsKey(slug)) ?? 'null');
    if (typeof value !== 'object' || value === null || (value as { v?: unknown }).v !== 1)
      return undefined;
    const { files } = value as { files?: unknown };
    if (typeof files !== 'object' || files === null || Array.isArray(files)) return undefined;
    const kept = Object.entries(files).filter(([, text]) => typeof text === 'string');
    return kept.length > 0 ? Object.fromEntries(kept) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the files that differ from the original, or forgets the edits where none does. @returns whether that worked */
export function saveEdits(slug: string, files: Files, original: Files): boolean {
  const changed = Object.fromEntries(
    Object.entries(files).filter(([path, text]) => original[path] !== text),
  );
  try {
    if (Object.keys(changed).length === 0) localStorage.removeItem(editsKey(slug));
    else localStorage.setItem(editsKey(slug), JSON.stringify({ v: 1, files: changed }));
    return true;
  } catch {
    return false;
  }
}
