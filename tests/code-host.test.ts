// What the repository gives its code host: workflows that are safe for strangers, forms and templates that are complete,
// and labels that are the ones which the check of a pull request names.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FURTHER_LABELS, kindLabel, PULL_REQUEST_KINDS } from '../src/spec/pull-request.ts';
import { ROOT } from './fixtures/portway.ts';
import { workflowFaults } from './fixtures/workflow-faults.ts';

const HOST = join(ROOT, '.github');
const read = (...path: string[]) => readFileSync(join(HOST, ...path), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const labels = parse(read('labels.yml')) as { name: string; color: string; description: string }[];
const names = labels.map(({ name }) => name);

const PIN = 'actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2';
const GOOD = `on: pull_request
permissions: {}
jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    permissions:
      contents: read
    steps:
      - uses: ${PIN}
        with:
          persist-credentials: false
      - run: npm ci
      - run: npm run -s check:pr -- --base HEAD^1
`;
const AFTER = GOOD.replace('on: pull_request', 'on:\n  workflow_run:\n    workflows: [x]').replace(
  'contents: read',
  'pull-requests: write',
);

describe('workflows', () => {
  test.each(readdirSync(join(HOST, 'workflows')))(
    '%s can be read, and is safe to run',
    async (name) => {
      expect(await workflowFaults(name, read('workflows', name), scripts)).toEqual([]);
    },
  );

  test('so is the one that the cases below spoil', async () => {
    expect(await workflowFaults('x.yml', GOOD, scripts)).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    ['no YAML', `${GOOD}\n  :`, /./],
    ['a key that is none', GOOD.replace('runs-on', 'run-on'), /run-on/],
    ['an expression that is none', GOOD.replace('ubuntu-latest', '${{ github.ref'), /./],
    ['a context that is none', GOOD.replace('ubuntu-latest', '${{ gihtub.ref }}'), /gihtub/],
    [
      'secrets beside strangers',
      GOOD.replace('pull_request', 'pull_request_target'),
      /pull_request_target/,
    ],
    ['rights for all', GOOD.replace('permissions: {}', 'permissions: read-all'), /are not \{\}/],
    ['no rights said', GOOD.replace('permissions: {}\n', ''), /are not \{\}/],
    [
      'a right to write',
      GOOD.replace('contents: read', 'contents: write'),
      /more than the right to read/,
    ],
    [
      'a job without rights by name',
      GOOD.replace('    permissions:\n      contents: read\n', ''),
      /no permissions by name/,
    ],
    ['no end', GOOD.replace('    timeout-minutes: 5\n', ''), /no timeout/],
    ['a tag', GOOD.replace(PIN, 'actions/checkout@v6'), /not pinned/],
    ['a short commit', GOOD.replace(PIN, 'actions/checkout@de0fac2'), /not pinned/],
    ['no release', GOOD.replace(' # v6.0.2', ''), /does not say its release/],
    [
      'credentials that stay',
      GOOD.replace('credentials: false', 'credentials: true'),
      /keeps its credentials/,
    ],
    [
      'words of strangers in a shell',
      GOOD.replace('HEAD^1', '${{ github.head_ref }}'),
      /an expression stands/,
    ],
    [
      'a command of its own',
      GOOD.replace('npm run -s check:pr', 'git log'),
      /is not one npm script/,
    ],
    ['a script that is none', GOOD.replace('check:pr', 'check:rp'), /is not one npm script/],
    [
      'more than a script',
      GOOD.replace('- run: npm ci', '- run: |\n          npm ci\n          curl x'),
      /is not one npm script/,
    ],
    ['installing beside the right to write', AFTER, /installs or tests/],
    [
      'the code of a stranger beside the right to write',
      AFTER.replace('persist-credentials: false', 'persist-credentials: false\n          ref: x'),
      /something else than the default branch/,
    ],
  ])('%s is a fault', async (_, content, fault) => {
    const faults = await workflowFaults('x.yml', content, scripts);
    expect(faults).toContainEqual(expect.stringMatching(fault));
  });
});

describe('forms for issues', () => {
  const forms = readdirSync(join(HOST, 'ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml');

  test.each(forms)('%s is complete', (name) => {
    const form = parse(read('ISSUE_TEMPLATE', name));
    expect(Object.keys(form).sort()).toEqual(['body', 'description', 'labels', 'name']);
    for (const label of form.labels) expect(names).toContain(label);
    const fields = form.body.filter(({ type }: { type: string }) => type !== 'markdown');
    const ids = fields.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { type, id, attributes } of fields) {
      expect(['input', 'textarea', 'dropdown', 'checkboxes']).toContain(type);
      expect(id).toMatch(/^[\w-]+$/);
      expect(attributes.label).toMatch(/\S/);
      expect(type === 'dropdown').toBe(Array.isArray(attributes.options));
    }
    expect(fields.some(({ validations }: { validations?: object }) => validations)).toBe(true);
  });
});

describe('pull requests', () => {
  test.each(PULL_REQUEST_KINDS)(
    'there is a template for the kind “%s”, and the default names it',
    (kind) => {
      const name = `${kind.replace(' ', '-')}.md`;
      expect(readdirSync(join(HOST, 'PULL_REQUEST_TEMPLATE'))).toContain(name);
      expect(read('pull_request_template.md')).toContain(`&template=${name}`);
    },
  );

  test('commands that templates and forms name are there', () => {
    const files = ['PULL_REQUEST_TEMPLATE', 'ISSUE_TEMPLATE'].flatMap((folder) =>
      readdirSync(join(HOST, folder)).map((name) => read(folder, name)),
    );
    const named = [...files.join('\n').matchAll(/`npm run ([\w:-]+)/g)].map(([, script]) => script);
    expect(named.length).toBeGreaterThan(5);
    for (const script of named) expect(Object.keys(scripts)).toContain(script);
  });
});

describe('labels', () => {
  test('are complete, and there is one for whatever the check of a pull request names', () => {
    for (const { color, description } of labels) {
      expect(String(color)).toMatch(/^[0-9a-f]{6}$/);
      expect(description.length).toBeLessThanOrEqual(100);
    }
    expect(names).toEqual(
      expect.arrayContaining([...PULL_REQUEST_KINDS.map(kindLabel), ...FURTHER_LABELS]),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(names)('CONTRIBUTING.md explains “%s”', (name) => {
    expect(readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8')).toContain(`| \`${name}\` |`);
  });
});

test('nobody is named as an owner who does not exist: CODEOWNERS has no rule in force', () => {
  const rules = read('CODEOWNERS')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  expect(rules).toEqual([]);
});
