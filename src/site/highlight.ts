// Source code as highlighted HTML, when pages are built. Tokens get classes, not inline styles, so that one style
// sheet colours both themes and a strict content policy holds.
import { createCssVariablesTheme, createHighlighter, type ShikiTransformer } from 'shiki';

const PREFIX = '--code-';
const theme = createCssVariablesTheme({ name: 'portway', variablePrefix: PREFIX });
const LANGUAGES = ['ts', 'json', 'http', 'yaml', 'python', 'bash', 'console'];
const TOKEN = new RegExp(`var\\(${PREFIX}token-([a-z-]+)\\)`);

let highlighter: ReturnType<typeof createHighlighter> | undefined;

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

/** A `<pre>` with the source; without colours for a language that is not known here. */
export async function highlight(source: string, language: string): Promise<string> {
  highlighter ??= createHighlighter({ themes: [theme], langs: LANGUAGES });
  const ready = await highlighter;
  const lang = ready.getLoadedLanguages().includes(language) ? language : 'text';
  return ready.codeToHtml(source.replace(/\n$/, ''), {
    lang,
    theme: 'portway',
    transformers: [classes],
  });
}
