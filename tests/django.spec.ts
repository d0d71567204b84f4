// A site of Django, unmodified, behind the gateway, used by a browser: pages, the admin with its login and its files, an
// upload and a stream, over HTTP/1.1 and over HTTP/2.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { python } from '../scripts/lib/outsiders.mjs';
import { localNode, root } from '../scripts/lib/project.mjs';
import { serverCert, serverKey } from '../src/gateway/transport/tls.fixture.ts';

const hasDjango = spawnSync(python, ['-c', 'import django']).status === 0;
const packages = join(root, 'src/python');

test.use({ ignoreHTTPSErrors: true });
test.skip(!hasDjango, 'Django is not installed for the Python of the system');

/** Starts the site. Whoever logs in is `ada`, with the password `lovelace`. */
async function serve(options: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'portway-django-'));
  const env = {
    ...process.env,
    PYTHONPATH: packages,
    DJANGO_SITE_FOLDER: folder,
    DJANGO_SETTINGS_MODULE: 'tests.frameworks.django_site.settings',
  };
  const made = spawnSync(
    python,
    [
      '-c',
      `from tests.frameworks.django_cases import make_site; make_site(${JSON.stringify(folder)})`,
    ],
    { env, encoding: 'utf8' },
  );
  expect(made.stderr).toBe('');
  writeFileSync(join(folder, 'cert.pem'), serverCert);
  writeFileSync(join(folder, 'key.pem'), serverKey);
  const child = spawn(
    localNode,
    [
      ...[join(root, 'bin/portway.mjs'), 'serve', '--python'],
      ...['tests.frameworks.django_site.wsgi:app', '--kind', 'wsgi', '--port', '0'],
      ...[
        '--python-executable',
        python,
        ...options.map((option) => option.replace('FOLDER', folder)),
      ],
    ],
    { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const origin = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [, url] = /on (https?:\/\/\S+?)\/\s/.exec(said) ?? [];
      if (url) resolve(url.replace('127.0.0.1', 'localhost'));
    });
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}: ${said}`)));
  });
  return {
    origin,
    async [Symbol.asyncDispose]() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

for (const [version, protocol, options] of [
  ['HTTP/1.1', 'http/1.1', []],
  ['HTTP/2', 'h2', ['--http2', '--tls-cert', 'FOLDER/cert.pem', '--tls-key', 'FOLDER/key.pem']],
] as const) {
  test(`Django’s admin, an upload and a stream over ${version}`, async ({ page }) => {
    test.setTimeout(90_000);
    await using site = await serve(options);
    await page.goto(`${site.origin}/admin/`);
    expect(
      await page.evaluate(
        () =>
          (performance.getEntriesByType('navigation')[0] as PerformanceResourceTiming)
            .nextHopProtocol,
      ),
    ).toBe(protocol);

    // The login has a cookie, a token against forgery and a redirect.
    await page.getByLabel('Username').fill('ada');
    await page.getByLabel('Password').fill('lovelace');
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect(page.getByRole('heading', { name: 'Site administration' })).toBeVisible();
    // The style sheet of the admin is one of Django's static files.
    expect(
      await page.locator('#header').evaluate((header) => getComputedStyle(header).backgroundColor),
    ).not.toBe('rgba(0, 0, 0, 0)');

    await page.getByRole('link', { name: 'Add' }).filter({ visible: true }).last().click();
    await page.locator('form textarea, form input[type=text]').first().fill('Added in a browser');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.locator('.messagelist .success')).toContainText('Added in a browser');

    const streamed = await page.evaluate(async () => (await fetch('/stream/50/')).text());
    expect(streamed.trim().split('\n')).toHaveLength(50);
    const uploaded = await page.evaluate(async () => {
      const form = new FormData();
      form.set('file', new Blob([new Uint8Array(2_000_000).fill(7)]), 'sevens.bin');
      const token = /csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? '';
      const response = await fetch('/upload/', {
        method: 'POST',
        body: form,
        headers: { 'x-csrftoken': token },
      });
      return { status: response.status, text: await response.text() };
    });
    expect(uploaded.status).toBe(200);
    expect(uploaded.text).toContain('2000000');
  });
}
