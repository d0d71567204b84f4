// Validity of every document of a built site: html-validate with its strict rules. What is excepted is listed here, each
// with its reason. Knows nothing of printing.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';
import { many } from './site-links.mjs';

/** Rules that are set otherwise than "recommended" and "document" have them. */
const RULES = {
  // HTML knows both ways of writing, and the generators (Astro, Starlight, Svelte) each have theirs.
  'void-style': 'off',
  'attribute-boolean-style': 'off',
  'attribute-empty-style': 'off',
  'doctype-style': 'off',
  // The rule prefers `none`; in WAI-ARIA the two are synonyms.
  'presentation-role-style': 'off',
  // HTML forbids blanks only. The id of a requirement has dots, and is its fragment.
  'valid-id': ['error', { relaxed: true }],
  // What comes from our own origin comes with the page; anything else would have to be signed.
  'require-sri': ['error', { target: 'crossorigin' }],
};

/**
 * @typedef {{ rule: string, message: RegExp, selector: RegExp, file?: RegExp, why: string }} Exception
 *   one place that breaks a rule; file: below the folder, all where it is left out
 * @type {Exception[]}
 */
export const EXCEPTIONS = [
  {
    rule: 'unique-landmark',
    message: /./,
    selector: /starlight-toc > nav$/,
    why: 'Starlight writes its table of contents for wide and for narrow screens, and shows one of them.',
  },
  {
    rule: 'heading-level',
    message: /^Initial heading level/,
    selector: /^#starlight__on-this-page$/,
    why: 'Starlight writes its table of contents before the article; site-heads.mjs holds the article to its order.',
  },
];

/** From so many pages on, threads are worth their start. */
const MANY = 100;

/**
 * @param {import('./site-pages.mjs').Site} site
 * @param {Exception[]} [exceptions]
 * @returns {Promise<import('./site-report.mjs').Result>}
 */
export async function checkHtml(site, exceptions = EXCEPTIONS) {
  const documents = site.pages.map(({ file, html }) => ({ file, html }));
  const threads = documents.length < MANY ? 0 : Math.min(4, availableParallelism());
  const found = threads === 0 ? validate(documents) : await inThreads(documents, threads);

  const used = new Set();
  const findings = [];
  for (const { file, rule, message, selector, url, line, column } of found) {
    const exception = exceptions.find(
      (one) =>
        one.rule === rule &&
        one.message.test(message) &&
        one.selector.test(selector) &&
        (one.file === undefined || one.file.test(file)),
    );
    if (exception) used.add(exception);
    else {
      const todo = `See ${url}`;
      findings.push({
        file,
        at: `${line}:${column} ${selector}`,
        what: `${rule}: ${message}`,
        todo,
      });
    }
  }
  for (const exception of exceptions.filter((one) => !used.has(one))) {
    findings.push({
      file: 'scripts/lib/site-html.mjs',
      what: `The exception from ${exception.rule} for \`${exception.selector.source}\` excepts nothing any more.`,
      todo: 'Take it away.',
    });
  }
  return {
    counts: `${many(documents.length, 'page')} valid but for ${many(findings.length, 'finding')}; ${many(found.length - findings.length, 'place')} excepted with a reason`,
    findings,
    lines: [],
    figures: { pages: documents.length, excepted: found.length - findings.length },
  };
}

function validate(documents) {
  const loader = new StaticConfigLoader({
    extends: ['html-validate:recommended', 'html-validate:document'],
    rules: RULES,
  });
  const validator = new HtmlValidate(loader);
  return documents.flatMap(({ file, html }) =>
    validator.validateStringSync(html, file).results.flatMap(({ messages }) =>
      messages.map(({ ruleId, ruleUrl, message, selector, line, column }) => ({
        file,
        rule: ruleId,
        url: ruleUrl,
        message,
        selector: selector ?? '',
        line,
        column,
      })),
    ),
  );
}

async function inThreads(documents, threads) {
  // Pages of one kind stand together: dealt out one by one, each thread gets its share of the large ones.
  const shares = Array.from({ length: threads }, (_, at) =>
    documents.filter((_document, index) => index % threads === at),
  );
  const results = await Promise.all(
    shares.map(
      (share) =>
        new Promise((fulfil, reject) => {
          const worker = new Worker(fileURLToPath(import.meta.url), { workerData: share });
          worker.on('message', fulfil);
          worker.on('error', reject);
        }),
    ),
  );
  return results.flat();
}

if (!isMainThread && parentPort && Array.isArray(workerData)) {
  parentPort.postMessage(validate(workerData));
}
