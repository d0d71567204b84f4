// What leaves a sandbox, and the ways out of the page: the state that is shared, downloads, and the form for an online
// IDE. Sends nothing by itself.

import { INTERFACE_VERSION } from '../../interface/index.ts';
import { LONGEST_URL, type Shared } from '../../sandbox/share.ts';
import type { Choice } from '../../sandbox/state.ts';
import type { PortwayPackage, Project } from '../../sandbox/zip.ts';
import { changesBetween, type Files } from '../edits.ts';

export { save } from '../save.ts';

/** Where StackBlitz takes projects (POST API, developer.stackblitz.com/docs/platform/post-api). */
export const STACKBLITZ = 'https://stackblitz.com/run';

export interface Shown {
  readonly slug: string;
  readonly original: Files;
  readonly files: Files;
  readonly choice: Choice;
  readonly event?: number | undefined;
}

/** The state of a sandbox as it is shared. Undefined where there is nothing but the example. */
export function sharedState({ slug, original, files, choice, event }: Shown): Shared | undefined {
  const changes = changesBetween(files, original);
  if (Object.keys(changes).length === 0 && choice === 'automatic' && event === undefined)
    return undefined;
  return {
    v: 1,
    example: slug,
    files: changes,
    ...(choice === 'automatic' ? {} : { choice }),
    ...(event === undefined ? {} : { event }),
    edition: INTERFACE_VERSION,
  };
}

/** A link to a page of the site that carries a fragment, and whether programs that carry links may cut it. */
export function linkTo(page: string, fragment: string): { url: string; tooLong: boolean } {
  const url = page + fragment;
  return { url, tooLong: url.length > LONGEST_URL };
}

/** HTML for a page of somebody else's. The script gives the frame the height that the sandbox asks for. */
export function embedSnippet(url: string, title: string): string {
  const attribute = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<iframe src="${attribute(url)}" title="${attribute(title)}, in a sandbox"
  width="100%" height="640" loading="lazy" allow="clipboard-write" style="border: 0"></iframe>
<script>
  addEventListener('message', ({ data, origin, source }) => {
    if (origin !== ${JSON.stringify(new URL(url).origin)} || data?.type !== 'portway:height') return;
    for (const frame of document.querySelectorAll('iframe'))
      if (frame.contentWindow === source) frame.height = data.height;
  });
</script>
`;
}

let fetched: Promise<PortwayPackage> | undefined;

/** The package that a project takes along, fetched once. @throws Error that says what to do */
export function loadPackage(): Promise<PortwayPackage> {
  fetched ??= fetchPackage().catch((error: unknown) => {
    fetched = undefined;
    throw new Error(
      `The package could not be loaded (${error instanceof Error ? error.message : error}). Check the connection and try again.`,
    );
  });
  return fetched;
}

async function fetchPackage(): Promise<PortwayPackage> {
  const { default: url } = await import('virtual:portway/portway-package');
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  return (await response.json()) as PortwayPackage;
}

/** A project as a zip. @throws Error that says what to do */
export async function zipProject(project: Project): Promise<{ blob: Blob; files: number }> {
  const [{ projectFiles, zipFiles }, portway] = await Promise.all([
    import('../../sandbox/zip.ts'),
    loadPackage(),
  ]);
  const files = projectFiles(project, portway);
  const data = await zipFiles(`portway-${project.slug}`, files);
  return { blob: new Blob([data], { type: 'application/zip' }), files: Object.keys(files).length };
}

/** Every file of a project that an online IDE would get. @throws Error that says what to do */
export async function ideFiles(project: Project): Promise<Record<string, string>> {
  const [{ projectFiles }, portway] = await Promise.all([
    import('../../sandbox/zip.ts'),
    loadPackage(),
  ]);
  return projectFiles(project, portway);
}

/** The fields of StackBlitz's form, by name. */
export function ideFields(
  { title, summary }: Pick<Project, 'title' | 'summary'>,
  files: Readonly<Record<string, string>>,
): [name: string, value: string][] {
  return [
    ['project[title]', `${title} (Portway)`],
    ['project[description]', summary],
    ['project[template]', 'node'],
    ...Object.entries(files).map(([path, text]): [string, string] => [
      `project[files][${path}]`,
      text,
    ]),
  ];
}

/** Sends a form to another site, in a tab of its own. Only ever called by a click on what says so. */
export function post(action: string, fields: readonly (readonly [string, string])[]): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  form.target = '_blank';
  form.rel = 'noopener noreferrer';
  for (const [name, value] of fields) {
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = name;
    input.value = value;
    form.append(input);
  }
  form.hidden = true;
  document.body.append(form);
  form.submit();
  form.remove();
}
