// Validity of the documents of a built site: what is found, and what is excepted, where alone.
import { expect, test } from 'vitest';
import { body, cases, page, siteOf } from './site-fixture.mjs';
import { checkHtml } from './site-html.mjs';

const noExceptions = (site) => checkHtml(site, []);
cases(noExceptions, {
  'an element where it may not be': {
    fault: body('<ul><p>x</p></ul>'),
    says: /element-permitted-content/,
    near: body('<ul><li><p>x</p></li></ul>'),
  },
  'an attribute that refers to nothing': {
    fault: body('<section aria-labelledby="none"><p>x</p></section>'),
    says: /no-missing-references/,
    near: body('<section aria-labelledby="some"><h2 id="some">x</h2></section>'),
  },
  'an attribute that stands twice': {
    fault: body('<p class="a" class="b">x</p>'),
    says: /no-dup-attr/,
    near: body('<p class="a b">x</p>'),
  },
  'an id that stands twice': {
    fault: body('<p id="a.b">x</p><p id="a.b">y</p>'),
    says: /no-dup-id/,
    near: body('<p id="a.b">x</p><p id="A.b">y</p>'),
  },
  'a script of others that is not signed': {
    fault: body('<script src="https://cdn.example/x.js"></script>'),
    says: /require-sri/,
    near: body('<script src="/x.js"></script>'),
  },
});

test('both ways of writing that HTML knows are valid', async () => {
  const both = body('<br/><br><input type="checkbox" disabled="" aria-label="x"><p hidden></p>');
  expect((await noExceptions(siteOf(both))).findings).toEqual([]);
});

test('an exception holds for its place alone, and is reported when it excepts nothing', async () => {
  const exception = {
    rule: 'element-permitted-content',
    message: /./,
    selector: /main > ul > p$/,
    file: /^index/,
    why: 'A test.',
  };
  const excepted = await checkHtml(siteOf(body('<ul><p>x</p></ul>')), [exception]);
  expect(excepted.findings).toEqual([]);
  expect(excepted.figures.excepted).toBe(1);

  for (const [file, html] of [
    ['index.html', '<ol><p>x</p></ol>'],
    ['b/index.html', '<ul><p>x</p></ul>'],
  ]) {
    const elsewhere = siteOf({ [file]: page({ name: 'B', body: `<h1>B</h1>${html}` }) });
    const { findings } = await checkHtml(elsewhere, [exception]);
    expect(findings.map((one) => one.file)).toEqual([file, 'scripts/lib/site-html.mjs']);
  }
});

test('many pages are validated in threads, each once', async () => {
  const numbers = Array.from({ length: 120 }, (_, index) => index);
  const files = Object.fromEntries(
    numbers.map((number) => [
      `n/${number}/index.html`,
      page({
        name: `N${number}`,
        body: `<h1>N</h1>${number % 40 === 0 ? '<ul><p>x</p></ul>' : ''}`,
      }),
    ]),
  );
  const { findings, figures } = await noExceptions(siteOf(files));
  expect(figures.pages).toBe(122);
  expect(findings.map(({ file }) => file).sort()).toEqual(
    [0, 40, 80].map((number) => `n/${number}/index.html`),
  );
});
