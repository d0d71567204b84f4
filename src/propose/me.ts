// Who the reader says they are, for patches and new proposals, and where the repository is. Kept in this browser only.

import type { Author } from './patch/write.ts';

const AUTHOR = 'portway:propose:author';
const REPOSITORY = 'portway:propose:repository';

/** Empty fields where nothing is kept, or storage is closed. Never throws. */
export function rememberedAuthor(): Author {
  const kept = read(AUTHOR);
  try {
    const { name = '', address = '' } = JSON.parse(kept) as Partial<Author>;
    return { name: String(name), address: String(address) };
  } catch {
    return { name: '', address: '' };
  }
}

export function rememberAuthor(author: Author): void {
  write(AUTHOR, JSON.stringify(author));
}

/** The address of the repository as the reader has said it; empty where they have not. */
export function rememberedRepository(): string {
  return read(REPOSITORY);
}

export function rememberRepository(address: string): void {
  write(REPOSITORY, address);
}

function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It is asked for again the next time.
  }
}
