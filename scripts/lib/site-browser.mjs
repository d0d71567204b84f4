// What only a browser can tell of a built site: a page or two of each kind, in light and dark, on a screen and on a phone, with
// scripts and without. What a reader has to do something for is in tests/*.spec.ts.
import { createServer } from 'node:http';
import { chromium } from '@playwright/test';
import { violations } from './axe-rules.mjs';
import { CHROMIUM_ARGUMENTS, ensureChromium } from './chromium.mjs';
import { siteHandler } from './site-handler.mjs';
import { sampleOf } from './site-kinds.mjs';
import { many } from './site-links.mjs';

const WORKERS = 2;
const SCREEN = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };
const SCHEMES = ['light', 'dark'];
/** Letters of text that a page without scripts has at least. */
const LEAST_TEXT = 60;
/** Layout shift that is none, as to two decimals it is reported. */
const STILL = 0.005;

/**
 * @param {import('./site-pages.mjs').Site} site
 * @returns {Promise<import('./site-report.mjs').Result>}
 */
export async function checkBrowser(site) {
  const { samples, unknown } = sampleOf(site.pages);
  const findings = unknown.map(({ file }) => ({
    file,
    what: 'It is of no kind that is known, so nobody looks at it in a browser.',
    todo: 'Name its kind in scripts/lib/site-kinds.mjs.',
  }));
  const handler = siteHandler(site.folder);
  // Served where its links expect it.
  const server = createServer((request, response) => {
    request.url = request.url.startsWith(site.base)
      ? `/${request.url.slice(site.base.length)}`
      : request.url;
    handler(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: CHROMIUM_ARGUMENTS,
  });
  const origin = `http://127.0.0.1:${server.address().port}`;
  const visits = [];
  try {
    const queue = [...samples];
    await Promise.all(
      Array.from({ length: WORKERS }, async () => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const started = performance.now();
          const seen = await look(browser, origin, next);
          const seconds = (performance.now() - started) / 1000;
          visits.push({ kind: next.kind.name, file: next.page.file, seconds, ...seen });
        }
      }),
    );
  } finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
  }
  findings.push(...visits.flatMap((visit) => visit.findings));
  const slowest = visits.reduce((a, b) => (b.seconds > a.seconds ? b : a), { seconds: 0 });
  const shifted = visits.reduce((a, b) => (b.shift > a.shift ? b : a), { shift: 0 });
  return {
    counts: `${many(visits.length, 'page')} of ${many(new Set(visits.map(({ kind }) => kind)).size, 'kind')} in light and dark, at ${SCREEN.width} and ${PHONE.width} px, with scripts and without; largest layout shift ${shifted.shift.toFixed(4)}${shifted.shift > 0 ? ` (${shifted.file})` : ''}, slowest ${slowest.seconds.toFixed(1)} s (${slowest.file})`,
    findings,
    lines: [],
    figures: {
      pages: visits.length,
      requests: visits.reduce((sum, { requests }) => sum + requests, 0),
      shift: shifted.shift,
      slowest: { kind: slowest.kind, seconds: slowest.seconds },
    },
  };
}

/** Visits one page in all ways. */
async function look(browser, origin, { kind, page: { file, path } }) {
  const findings = [];
  const report = (what, todo, at) => findings.push({ file, what, todo, at });
  const address = (scheme) =>
    kind.name === 'embedded example'
      ? `${origin}${path}?theme=${scheme}`
      : `${origin}${path}${kind.query ?? ''}`;
  let shift = 0;
  let requests = 0;

  for (const viewport of [SCREEN, PHONE]) {
    await inContext({ viewport, colorScheme: 'light' }, async (page) => {
      await page.addInitScript(() => {
        window.refusedHere = [];
        addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
          window.refusedHere.push(`${violatedDirective} ${blockedURI}`),
        );
      });
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme });
        if (colorScheme === SCHEMES[0] || kind.name === 'embedded example') {
          await page.goto(address(colorScheme), { waitUntil: 'networkidle' });
          const here = await layoutShift(page);
          shift = Math.max(shift, here.shift);
          if (here.shift >= STILL) {
            report(
              `What it shows moves by itself: ${here.moved.join(', ')} (layout shift ${here.shift.toFixed(2)}).`,
              'Keep the place of what comes late.',
              `${viewport.width} px`,
            );
          }
        }
        await page.waitForFunction(
          (is) => document.documentElement.dataset.theme === is,
          colorScheme,
        );
        const at = `${viewport.width} px, ${colorScheme}`;
        for (const refused of await page.evaluate(() => window.refusedHere.splice(0))) {
          report(
            `Its policy refuses what it does: ${refused}.`,
            'Allow it in src/site/policy.ts, or leave it.',
            at,
          );
        }
        if (kind.except !== undefined) {
          await page.evaluate((selector) => {
            for (const one of document.querySelectorAll(selector)) one.remove();
          }, kind.except);
        }
        for (const violation of await violations(page)) {
          report(
            `axe: ${violation}`,
            'Mend what the rule names: https://dequeuniversity.com/rules/axe.',
            at,
          );
        }
      }
      const at = `${viewport.width} px`;
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) {
        report(
          `It is ${wide} px wider than its window.`,
          'Let what is wide scroll in a box of its own.',
          at,
        );
      }
    });
  }
  await inContext({ viewport: SCREEN, javaScriptEnabled: false }, async (page) => {
    await page.goto(address('light'));
    const text = (await page.locator('body').innerText()).replace(/\s+/g, ' ');
    if (text.length < LEAST_TEXT) {
      report(
        `Without scripts it has ${text.length} letters of text.`,
        'Write at build time what a reader can read.',
      );
    }
    const waiting = text.match(/[^.]{0,40}\bloading\s?(?:…|\.\.\.)/i)?.[0];
    if (waiting) {
      report(
        `Without scripts it waits for ever: “${waiting}”.`,
        'Say what there is, or what scripts would add.',
      );
    }
  });
  return { findings, shift, requests };

  /** A browser that has never been here, in which every fault is heard. */
  async function inContext(options, visit) {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    const at = `${options.viewport.width} px${options.javaScriptEnabled === false ? ', without scripts' : ''}`;
    try {
      await context.route(
        (url) => url.origin !== origin,
        (route) => {
          report(
            `It asks another host: ${route.request().url()}.`,
            'Serve it from the site, or ask on the reader’s own doing.',
            at,
          );
          return route.abort();
        },
      );
      const page = await context.newPage();
      page.on('request', () => {
        requests += 1;
      });
      page.on('pageerror', (error) =>
        report(`A script of it fails: ${error.message}.`, 'Mend the script.', at),
      );
      page.on('console', (message) => {
        // The page that says so is fetched as one that is not there.
        if (message.type() !== 'error' || message.text().includes('status of 404')) return;
        report(`The console says: ${message.text()}`, 'Mend what it names.', at);
      });
      page.on('response', (response) => {
        if (response.status() < 400 || response.url() === page.url()) return;
        report(
          `${new URL(response.url()).pathname} is answered with ${response.status()}.`,
          'Build it, or do not ask for it.',
          at,
        );
      });
      await visit(page);
    } finally {
      await context.close();
    }
  }
}

/** How far things moved that the reader did not move, as the Layout Instability API counts, and what did. */
function layoutShift(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const found = { shift: 0, moved: [] };
        const add = (entries) => {
          for (const { hadRecentInput, value, sources } of entries) {
            if (hadRecentInput) continue;
            found.shift += value;
            for (const { node } of sources) {
              const { nodeName = 'what is gone', className = '' } = node ?? {};
              found.moved.push(`${nodeName.toLowerCase()} ${className}`.trim());
            }
          }
        };
        const observer = new PerformanceObserver((list) => add(list.getEntries()));
        observer.observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            add(observer.takeRecords());
            resolve(found);
          }),
        );
      }),
  );
}
