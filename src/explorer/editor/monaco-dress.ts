// How Monaco looks and behaves on this site, whatever is edited in it: style, colours, options, and how a text is replaced.

import styleUrl from 'virtual:portway/monaco-style';
import * as monaco from 'monaco-editor/editor';
import { changedStretch } from './stretch.ts';

let dressed: Promise<void> | undefined;

/** Brings the style and the colours. Once; what failed to load may load the next time. */
export function dressMonaco(): Promise<void> {
  dressed ??= (async () => {
    defineThemes();
    await loadStyle();
  })();
  dressed.catch(() => {
    dressed = undefined;
  });
  return dressed;
}

function loadStyle(): Promise<void> {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = styleUrl;
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => reject(new Error("the editor's style could not be loaded"));
    document.head.append(link);
  });
}

/** Monaco's own colours on the ground of the page's code, as far as they have the contrast there (WCAG 1.4.3). */
function defineThemes(): void {
  monaco.editor.defineTheme('portway-light', {
    base: 'vs',
    inherit: true,
    rules: [{ token: 'number', foreground: '08774e' }],
    colors: {
      'editor.background': '#00000000',
      'editorUnnecessaryCode.opacity': '#000000ff',
      'editorLineNumber.foreground': '#1f6b84',
    },
  });
  monaco.editor.defineTheme('portway-dark', {
    base: 'vs-dark',
    inherit: true,
    rules: [],
    colors: {
      'editor.background': '#00000000',
      'editorUnnecessaryCode.opacity': '#000000ff',
      'editor.wordHighlightBackground': '#57575750',
      'editor.wordHighlightTextBackground': '#57575750',
      'editor.wordHighlightStrongBackground': '#00497260',
    },
  });
}

function isDark(): boolean {
  return document.documentElement.getAttribute('data-theme') === 'dark';
}

/** Follows the theme of the page. @returns what ends it */
export function followTheme(): () => void {
  const themes = new MutationObserver(() =>
    monaco.editor.setTheme(isDark() ? 'portway-dark' : 'portway-light'),
  );
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => themes.disconnect();
}

/** Monaco's key that lets Tab leave, as a screen reader is told of it. */
const LEAVE = /Mac|iPhone|iPad/.test(navigator.platform) ? 'Control Shift M' : 'Control M';

/** What every editor has in common. `label` is what it is called. */
export function baseOptions(
  container: HTMLElement,
  label: string,
): monaco.editor.IStandaloneEditorConstructionOptions {
  return {
    theme: isDark() ? 'portway-dark' : 'portway-light',
    ariaLabel: `${label}. ${LEAVE} lets Tab leave the editor.`,
    automaticLayout: true,
    fontFamily: getComputedStyle(container).getPropertyValue('--__sl-font-mono') || 'monospace',
    fontSize: 13.5,
    lineHeight: 21,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    tabSize: 2,
    insertSpaces: true,
    fixedOverflowWidgets: true,
    overviewRulerLanes: 0,
    padding: { top: 12, bottom: 12 },
    // Dimmed, the number of the last line has too little contrast.
    renderFinalNewline: 'on',
    scrollbar: { alwaysConsumeMouseWheel: false },
    stickyScroll: { enabled: false },
    wordBasedSuggestions: 'off',
  };
}

/** As an edit of what differs: it can be undone, and leaves the cursor where it is. */
export function replaceText(model: monaco.editor.ITextModel, text: string): void {
  const { start, end, text: put } = changedStretch(model.getValue(), text);
  const range = monaco.Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));
  model.pushStackElement();
  model.pushEditOperations([], [{ range, text: put }], () => null);
  model.pushStackElement();
}
