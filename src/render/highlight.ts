// Source code as highlighted HTML, when pages are built and when a reader writes. Tokens get classes, not inline styles,
// so that one style sheet colours both themes and a strict content policy holds. A grammar is loaded by its first use.
import { createCssVariablesTheme, createHighlighterCore, type LanguageInput } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import { createOnigurumaEngine } from 'shiki/engine/oniguruma';
import type { ShikiTransformer } from 'shiki/types';

const PREFIX = '--code-';
const theme = createCssVariablesTheme({ name: 'portway', variablePrefix: PREFIX });
const TOKEN = new RegExp(`var\\(${PREFIX}token-([a-z-]+)\\)`);

const javascript = () => import('shiki/langs/javascript.mjs');
const python = () => import('shiki/langs/python.mjs');
const shell = () => import('shiki/langs/shellscript.mjs');
const typescript = () => import('shiki/langs/typescript.mjs');
const yaml = () => import('shiki/langs/yaml.mjs');

/** By the name that stands behind a fence. Each is a file of its own: a name that is not here is text. */
const GRAMMARS: ReadonlyMap<string, LanguageInput> = new Map<string, LanguageInput>([
  ['ts', typescript],
  ['typescript', typescript],
  ['js', javascript],
  ['javascript', javascript],
  ['json', () => import('shiki/langs/json.mjs')],
  ['http', () => import('shiki/langs/http.mjs')],
  ['yaml', yaml],
  ['yml', yaml],
  ['python', python],
  ['py', python],
  ['bash', shell],
  ['sh', shell],
  ['shell', shell],
  ['console', () => import('shiki/langs/shellsession.mjs')],
]);

/** Longer ones stay without colours: a grammar takes its time, and a line as long as a book takes minutes. */
const MOST = { source: 100_000, line: 5_000 } as const;

let highlighter: ReturnType<typeof createHighlighterCore> | undefined;

/** `style="color:var(--code-token-keyword)"` → `class="tok-keyword"`; tokens in the plain colour lose their element. */
const classes: ShikiTransformer = {
  name: 'portway-classes',
  pre(node) {
    node.properties = { class: 'code', tabindex: '0' };
  },
  line(node) {
    node.properties = {};
    node.children = node.children.flatMap((child) => {
      if (child.type !== 'element') return [child];
      const { style } = child.properties;
      const token = TOKEN.exec(String(style ?? ''))?.[1];
      if (token === undefined) return child.children;
      child.properties = { class: `tok-${token}` };
      return [child];
    });
  },
};

/** What was highlighted, by language and source. A block stands on several pages, and in each sight of a text. */
const known = new Map<string, Promise<string>>();
/** Whoever writes in the browser has a new block with each stroke. */
const KEPT = 1000;

/** A `<pre>` with the source; without colours for a language that is not known here. */
export function highlight(source: string, language: string): Promise<string> {
  const key = `${language}\n${source}`;
  let html = known.get(key);
  if (!html) {
    if (known.size >= KEPT) known.clear();
    html = highlighted(source, language);
    known.set(key, html);
  }
  return html;
}

async function highlighted(source: string, language: string): Promise<string> {
  highlighter ??= createHighlighterCore({
    themes: [theme],
    // A build has much to do, and WebAssembly is faster at it. Without it a Worker starts sooner.
    engine: import.meta.env?.SSR
      ? createOnigurumaEngine(import('shiki/wasm'))
      : createJavaScriptRegexEngine(),
  });
  const ready = await highlighter;
  const grammar = source.length > MOST.source ? undefined : GRAMMARS.get(language);
  if (grammar) await ready.loadLanguage(grammar);
  return ready.codeToHtml(source.replace(/\n$/, ''), {
    lang: grammar ? language : 'text',
    theme: 'portway',
    tokenizeMaxLineLength: MOST.line,
    // A grammar compiles its expressions with its first line: a machine that is busy must not lose the colours for that.
    tokenizeTimeLimit: 10_000,
    transformers: [classes],
  });
}
