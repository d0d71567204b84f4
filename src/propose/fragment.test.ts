import { expect, test } from 'vitest';
import { namedBy } from './fragment.ts';

test.each<[string, string]>([
  ['', ''],
  ['#http.start-once', 'http.start-once'],
  ['#preview-%C3%BCber-t%C3%BCren', 'preview-über-türen'],
  ['#the-scope:~:text=A%20door,opens', 'the-scope'],
  ['#:~:text=A%0Adoor', ''],
  ['#100%', ''],
  ['#%E0%A4%A', ''],
])('%s', (fragment, name) => expect(namedBy(fragment)).toBe(name));
