// The package `portway` for Python as it stands in src/python, for those who take it along: the sandbox and downloads.
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../python/portway', import.meta.url));

/** Path to text of every file that Python reads, such as `portway/worker.py`. */
export async function pythonPackage(): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(folder)).filter((name) => /\.(?:py|typed)$/.test(name)).sort();
  const texts = names.map(async (name) => {
    const text = await readFile(`${folder}/${name}`, 'utf8');
    return [`portway/${name}`, text] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}
