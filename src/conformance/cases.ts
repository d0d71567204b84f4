// All areas of the suite: every file of `areas/` is one.

import { readdir } from 'node:fs/promises';
import type { Area, PlacedCase } from './case.ts';

/** Every area, by name. @throws TypeError for a file that is none */
export async function loadAreas(): Promise<readonly Area[]> {
  const folder = new URL('./areas/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
  return Promise.all(
    names.map(async (name) => {
      const { default: area } = (await import(new URL(name, folder).href)) as { default?: Area };
      if (area?.name !== name.slice(0, -'.ts'.length)) {
        throw new TypeError(`areas/${name} does not export the area of its name by default`);
      }
      return area;
    }),
  );
}

/** Every case of every area. */
export async function loadCases(): Promise<readonly PlacedCase[]> {
  return (await loadAreas()).flatMap(({ cases }) => cases);
}
