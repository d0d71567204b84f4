// The step behind the build that takes rules out of the style sheets which can match nothing on the site.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Vocabulary, withoutUnused } from './unused-styles.ts';

function vocabularyOf(...texts: readonly string[]): Vocabulary {
  const vocabulary = new Vocabulary();
  for (const text of texts) vocabulary.add(text);
  return vocabulary;
}

const site = vocabularyOf(
  '<html data-theme="dark"><main class="page md:wide astro-aaa"><A id="top" aria-current="page">text</A></main></html>',
  "x.classList.toggle('lit');x.dataset.inTrace='';x.ariaExpanded='';x.className='tok-'+kind;x.id=id+'-tab'",
);
const after = (css: string) => withoutUnused(css, site).css;

for (const [what, selector] of Object.entries({
  'an element': 'main',
  'an element in other case': 'a',
  everything: '*',
  'a class': '.page',
  'a class with an escaped character': '.md\\:wide',
  'an escaped class': '.\\70 age',
  'an id': '#top',
  'an attribute': '[data-theme]',
  'an attribute in other case': '[DATA-Theme=gone]',
  'a class that a script sets': '.lit',
  'an attribute that a script sets in its data set': '[data-in-trace]',
  'an attribute that a script sets as a property': '[aria-expanded=true]',
  'a class whose beginning a script has': '.tok-gone',
  'an id whose end a script has': '#gone-tab',
  'a state': 'main:hover',
  'a part that the browser adds': 'main::-webkit-gone',
  'one of two that are there': '.gone,main',
  'what is not something else': 'main:not(.gone)',
  'what is not something else, in a list': ':where(:not(.gone))',
  'one of a list': ':is(main,#gone)',
  'one of a list in a list': 'main:where(.gone,:is(.page,.gone))',
  'one among those of a kind': 'main:nth-child(1 of .gone)',
  'what css-tree cannot read': 'main:is(.gone',
  'the root': ':root',
  'nothing that is named': '::selection',
}))
  test(`a rule of ${what} stays: ${selector}`, () => {
    const css = `${selector}{top:0}`;
    expect(withoutUnused(css, site)).toEqual({ css, takenOut: [] });
  });

for (const [what, selector] of Object.entries({
  'an element': 'gone',
  'a class': '.gone',
  'a class of several words, which are there': '.md\\:page',
  'an id': '#gone',
  'an attribute': '[data-gone]',
  'a descendant': '.page .gone',
  'an ancestor': '.gone>main+a',
  'a second class': '.page.gone',
  two: '.gone,main .gone',
  'one of a list': 'main:is(.gone,#gone)',
  'a component': 'a:where(.astro-bbb)',
  'what has something': 'main:has(>.gone)',
  'a state': '.gone:hover::before',
  'what is not something else': '.gone:not(.page)',
}))
  test(`a rule of ${what} that is not there goes: ${selector}`, () => {
    expect(withoutUnused(`a{top:0}${selector}{top:1px}main{}`, site)).toEqual({
      css: 'a{top:0}main{}',
      takenOut: [selector],
    });
  });

test('what stays is not written anew', () => {
  const odd = 'a { color : RED!important;; }\n/* said */.page{inset:0 0;--x: {a};}';
  expect(after(`${odd}.gone{}`)).toBe(odd);
});

test('a condition goes with all of its rules, and so does one around it', () => {
  expect(after('@media print{.gone{}@supports (top:0){.gone{}}}a{}')).toBe('a{}');
  expect(after('@container x (width>1px){.gone{}a{}}')).toBe('@container x (width>1px){a{}}');
});

test('a layer stays when it is empty, because it has a place in the order of layers', () => {
  expect(after('@layer one{.gone{}}@layer two{a{}}')).toBe('@layer one{}@layer two{a{}}');
  expect(after('@media print{@layer one{.gone{}}}')).toBe('@media print{@layer one{}}');
});

for (const css of [
  '@keyframes gone{from{top:0}to{top:1px}}',
  '@font-face{font-family:gone;src:url(gone.woff2)}',
  '@property --gone{syntax:"*";inherits:false}',
  '@page gone{margin:0}',
  '@import url(gone.css);',
  '@scope (.gone){a{}}',
  '@starting-style{a{}}',
  // Each may match without what stands around it.
  '.gone{:not(&){top:0}}',
  '.gone{@media print{:not(&){top:0}}}',
])
  test(`stays: ${css}`, () => {
    expect(after(css)).toBe(css);
  });

const NAMES = ['ant', 'bee', 'cat-fish'] as const;
const GONE = ['dodo', 'moa'] as const;
const PARTS = {
  class: (name: string) => `.${name}`,
  id: (name: string) => `#${name}`,
  element: (name: string) => name,
  attribute: (name: string) => `[${name}]`,
};

/** Selectors of such names, of some depth. */
function selectorOf(name: fc.Arbitrary<string>, other: fc.Arbitrary<string>) {
  const { tree } = fc.letrec<{ tree: string; compound: string }>((tie) => ({
    compound: fc.oneof(
      { maxDepth: 3 },
      fc
        .tuple(fc.constantFrom('class', 'id', 'attribute'), name)
        .map(([kind, of]) => `*${PARTS[kind](of)}`),
      fc.tuple(tie('tree'), other).map(([one, gone]) => `:is(.${gone},${one})`),
      tie('tree').map((one) => `:where(${one})`),
      fc.tuple(name, other).map(([one, gone]) => `.${one}:not(.${gone}):hover`),
    ),
    tree: fc.oneof(
      { maxDepth: 3 },
      tie('compound'),
      fc
        .tuple(tie('tree'), fc.constantFrom(' ', '>', '+', '~'), tie('compound'))
        .map((one) => one.join('')),
    ),
  }));
  return tree;
}

test('a rule stays if all that its selector needs is there, and goes if one part is not', () => {
  const words = vocabularyOf(NAMES.join(' '));
  const there = selectorOf(fc.constantFrom(...NAMES), fc.constantFrom(...GONE));
  fc.assert(
    fc.property(there, fc.constantFrom(' ', '>', ''), fc.constantFrom(...GONE), (one, by, gone) => {
      expect(withoutUnused(`${one}{top:0}`, words).takenOut).toEqual([]);
      expect(withoutUnused(`${one}${by}.${gone}{top:0}`, words).takenOut).toHaveLength(1);
    }),
  );
});
