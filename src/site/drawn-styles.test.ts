// Which rules of a sandbox's sheet a page gets before it wakes.

import { describe, expect, test } from 'vitest';
import { addDrawn, drawnOf, wakesOnIntent } from './drawn-styles.ts';
import { Vocabulary } from './unused-styles.ts';

const PAGE = `<p title="a > b" class='note svelte-a1' hidden data-phase=idle>open <b id="x">.fault</b></p>
<svg viewBox="0 0 1 1"/><script>var menu = 'menu svelte-a1'</script>`;

function drawn(css: string): string {
  const vocabulary = new Vocabulary();
  addDrawn(PAGE, vocabulary);
  return drawnOf(css, vocabulary);
}

describe('a rule of a component', () => {
  test.each([
    '.note.svelte-a1{color:red}',
    'p.svelte-a1{color:red}',
    '.note.svelte-a1:hover{color:red}',
    '.svelte-a1[data-phase=paused]{color:red}',
    '.svelte-a1[hidden]{color:red}',
    '#x.svelte-a1{color:red}',
    '.svelte-a1:not(.open){color:red}',
    '.svelte-a1 svg{color:red}',
    '@media print{.note.svelte-a1{color:red}}',
    '.gone.svelte-a1,.note.svelte-a1{color:red}',
  ])('is there where the page has what it names: %s', (css) => {
    expect(drawn(css)).toBe(css);
  });

  test.each([
    // Prose, the values of other attributes, and scripts are no classes.
    '.open.svelte-a1{color:red}',
    '.fault.svelte-a1{color:red}',
    '.menu.svelte-a1{color:red}',
    '.note.svelte-b2{color:red}',
    'dialog.svelte-a1{color:red}',
    '.svelte-a1[open]{color:red}',
    '@media print{.menu.svelte-a1{color:red}}',
  ])('waits where it has not: %s', (css) => {
    expect(drawn(css)).toBe('');
  });

  test('stays where a script of the page itself may bring it to life', () => {
    expect(drawn('.fault{color:red}')).toBe('.fault{color:red}');
    expect(drawn('.fault,.fault.svelte-b2{color:red}')).toBe('.fault,.fault.svelte-b2{color:red}');
  });
});

test('pages whose islands wake by themselves keep whole sheets', () => {
  const island = (client: string) =>
    `<astro-island uid="1" client="${client}" opts="{}"></astro-island>`;
  expect(wakesOnIntent(island('intent') + island('intent'))).toBe(true);
  expect(wakesOnIntent(island('intent') + island('load'))).toBe(false);
  expect(wakesOnIntent('<p>none</p>')).toBe(false);
});
