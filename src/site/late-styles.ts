// Astro puts the styles of everything that a sandbox can become into its page. Behind the build, what styles nothing yet
// moves out of the page: `client:intent` fetches it with the sandbox, so that a page that is only read does not.
import { createHash } from 'node:crypto';
import { type CssNode, generate, parse, walk } from 'css-tree';
import { href } from './href.ts';

/** Built files below it are named by their content. */
export const LATE_FOLDER = '_astro/late/';

const SHEET = /<link rel="stylesheet" href="([^"]+)">|<style>([^<]*)<\/style>/g;
/** What Svelte adds to each selector of a component. */
const SCOPE = /svelte-[a-z0-9]+/g;
/** At-rules that stand around rules or are used by them. */
const CONDITION = /^(media|supports|container|starting-style|(-\w+-)?keyframes)$/;
const ISLAND = /<astro-island [^>]*?client="(\w+)"/g;

/**
 * A page without the sheets that cannot match yet, which its islands name in the order that they had, and those of them
 * that stood in the page by file name. A page with an island that wakes otherwise is left as it is.
 * @param read gives the text of a linked sheet
 */
export function moveStyles(
  html: string,
  read: (address: string) => string,
): { html: string; files: Map<string, string> } {
  const files = new Map<string, string>();
  const islands = [...html.matchAll(ISLAND)].map(([, client]) => client);
  if (islands.length === 0 || islands.some((client) => client !== 'intent')) return { html, files };

  const drawn = new Set(html.replace(SHEET, '').match(SCOPE));
  const kept = new Set<string>();
  const late: string[] = [];
  const moved = html.replace(SHEET, (written, address: string | undefined, text: string) => {
    const css = address === undefined ? text : read(address);
    const rules = rulesOf(css);
    if (rules.length === 0 || !rules.every((rule) => kept.has(rule.text) || isLate(rule, drawn))) {
      for (const rule of rules) kept.add(rule.text);
      return written;
    }
    if (address === undefined) {
      const name = `${createHash('sha256').update(css).digest('hex').slice(0, 12)}.css`;
      files.set(name, css);
      late.push(href(`/${LATE_FOLDER}${name}`));
    } else late.push(address);
    return '';
  });
  if (late.length === 0) return { html, files };
  return {
    html: moved.replace(
      /<astro-island (?=[^>]*client="intent")/g,
      `$&data-styles="${late.join(' ')}" `,
    ),
    files,
  };
}

interface StyleRule {
  /** With the conditions around it. */
  readonly text: string;
  readonly selectors: readonly string[];
}

/** Pages link the same few sheets. */
const known = new Map<string, readonly StyleRule[]>();

/** Rules of a sheet. Keyframes go with the rules that use them; what else is no rule holds for the whole page. */
function rulesOf(css: string): readonly StyleRule[] {
  const before = known.get(css);
  if (before) return before;
  const rules: StyleRule[] = [];
  walk(parse(css), function (node: CssNode) {
    if (node.type === 'Atrule' && !CONDITION.test(node.name))
      rules.push({ text: generate(node), selectors: [''] });
    if (node.type !== 'Rule' || this.atrule?.name.endsWith('keyframes')) return;
    const around = this.atrule ? generate({ ...this.atrule, block: null }) : '';
    const selectors =
      node.prelude.type === 'SelectorList' ? node.prelude.children.toArray() : [node.prelude];
    rules.push({ text: around + generate(node), selectors: selectors.map((one) => generate(one)) });
  });
  known.set(css, rules);
  return rules;
}

/** Whether each selector names a component of which nothing is drawn. */
function isLate({ selectors }: StyleRule, drawn: ReadonlySet<string>): boolean {
  return selectors.every((selector) =>
    (selector.match(SCOPE) ?? []).some((scope) => !drawn.has(scope)),
  );
}
