// Monaco with the interface's types. Loaded only when a reader wants to edit: it weighs more than the rest of the site.

import typesUrl from 'virtual:portway/interface-types';
import styleUrl from 'virtual:portway/monaco-style';
// The TypeScript feature registers itself before the first model is made, or there are no diagnostics.
import * as typescript from 'monaco-editor/languages/features/typescript/register';
import 'monaco-editor/languages/definitions/typescript/register';
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/comment/register';
import 'monaco-editor/features/contextmenu/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/format/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/parameterHints/register';
import 'monaco-editor/features/quickCommand/register';
import 'monaco-editor/features/smartSelect/register';
import 'monaco-editor/features/snippet/register';
import 'monaco-editor/features/suggest/register';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/wordHighlighter/register';
import 'monaco-editor/features/wordOperations/register';
import * as monaco from 'monaco-editor/editor';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import TypeScriptWorker from 'monaco-editor/languages/features/typescript/ts.worker?worker';
import type { Editor, EditorOptions } from './editor.ts';

/** Where the types of `portway` stand in the language service. */
const PACKAGE = 'file:///node_modules/portway';

let prepared: Promise<void> | undefined;

function prepare(): Promise<void> {
  prepared ??= (async () => {
    globalThis.MonacoEnvironment = {
      getWorker: (_id: string, label: string) =>
        label === 'typescript' ? new TypeScriptWorker() : new EditorWorker(),
    };
    const { typescriptDefaults } = typescript;
    typescriptDefaults.setCompilerOptions({
      target: typescript.ScriptTarget.ESNext,
      module: typescript.ModuleKind.ESNext,
      // `Bundler`: the enumeration of the declarations ends before it.
      moduleResolution: 100 as typescript.ModuleResolutionKind,
      lib: ['esnext', 'dom', 'dom.iterable'],
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      allowNonTsExtensions: true,
      paths: { portway: [`${PACKAGE}/app/index.ts`] },
    });
    typescriptDefaults.setEagerModelSync(true);
    defineThemes();
    await loadStyle();
    const response = await fetch(typesUrl);
    if (!response.ok)
      throw new Error(`the interface's types could not be loaded: ${response.status}`);
    for (const [path, text] of Object.entries((await response.json()) as Record<string, string>)) {
      typescriptDefaults.addExtraLib(text, `${PACKAGE}/${path}`);
    }
  })();
  // What failed to load may load the next time.
  prepared.catch(() => {
    prepared = undefined;
  });
  return prepared;
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

/** Monaco's own colours on the ground of the page's code. */
function defineThemes(): void {
  monaco.editor.defineTheme('portway-light', {
    base: 'vs',
    inherit: true,
    rules: [],
    colors: { 'editor.background': '#00000000' },
  });
  monaco.editor.defineTheme('portway-dark', {
    base: 'vs-dark',
    inherit: true,
    rules: [],
    colors: { 'editor.background': '#00000000' },
  });
}

function isDark(): boolean {
  return document.documentElement.getAttribute('data-theme') === 'dark';
}

let editors = 0;

/** Makes an editor in `container`. */
export async function createMonacoEditor(
  container: HTMLElement,
  options: EditorOptions,
): Promise<Editor> {
  await prepare();
  const folder = `file:///example-${++editors}`;
  const models = new Map(
    Object.entries(options.files).map(([path, text]) => {
      const language = /\.m?ts$/.test(path) ? 'typescript' : 'plaintext';
      const model = monaco.editor.createModel(
        text,
        language,
        monaco.Uri.parse(`${folder}/${path}`),
      );
      model.onDidChangeContent(() => options.onChange(path, model.getValue()));
      return [path, model] as const;
    }),
  );
  const editor = monaco.editor.create(container, {
    model: models.get(options.open) ?? null,
    theme: isDark() ? 'portway-dark' : 'portway-light',
    ariaLabel: options.label,
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
  });
  editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, options.onRun);

  const views = new Map<string, monaco.editor.ICodeEditorViewState | null>();
  let shown = options.open;
  const open = (path: string) => {
    const model = models.get(path);
    if (!model || path === shown) return;
    views.set(shown, editor.saveViewState());
    editor.setModel(model);
    editor.restoreViewState(views.get(path) ?? null);
    shown = path;
  };

  const themes = new MutationObserver(() =>
    monaco.editor.setTheme(isDark() ? 'portway-dark' : 'portway-light'),
  );
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });

  return {
    open,
    replace(files) {
      for (const [path, text] of Object.entries(files)) {
        const model = models.get(path);
        // As an edit, so that it can be undone.
        if (model && model.getValue() !== text) {
          model.pushStackElement();
          model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null);
          model.pushStackElement();
        }
      }
    },
    mark(path, marks) {
      const model = models.get(path);
      if (!model) return;
      monaco.editor.setModelMarkers(
        model,
        'portway',
        marks.map(({ line, column, message }) => {
          const at = Math.min(Math.max(line, 1), model.getLineCount());
          const word = model.getWordAtPosition({ lineNumber: at, column });
          return {
            severity: monaco.MarkerSeverity.Error,
            message,
            startLineNumber: at,
            startColumn: word?.startColumn ?? column,
            endLineNumber: at,
            endColumn: word?.endColumn ?? model.getLineMaxColumn(at),
          };
        }),
      );
    },
    reveal(path, line, column) {
      open(path);
      editor.revealLineInCenterIfOutsideViewport(line);
      editor.setPosition({ lineNumber: line, column });
      editor.focus();
    },
    focus: () => editor.focus(),
    dispose() {
      themes.disconnect();
      editor.dispose();
      for (const model of models.values()) model.dispose();
    },
  };
}
