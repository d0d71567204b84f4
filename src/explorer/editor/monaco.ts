// Monaco with the interface's types. Loaded only when a reader wants to edit: it weighs more than the rest of the site.

import honoTypesUrl from 'virtual:portway/hono-types';
import typesUrl from 'virtual:portway/interface-types';
// The TypeScript feature registers itself before the first model is made, or there are no diagnostics.
import * as typescript from 'monaco-editor/languages/features/typescript/register';
import 'monaco-editor/languages/definitions/css/register';
import 'monaco-editor/languages/definitions/html/register';
import 'monaco-editor/languages/definitions/markdown/register';
import 'monaco-editor/languages/definitions/typescript/register';
import 'monaco-editor/languages/definitions/yaml/register';
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/comment/register';
import 'monaco-editor/features/contextmenu/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/format/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/gotoSymbol/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/parameterHints/register';
import 'monaco-editor/features/quickCommand/register';
import 'monaco-editor/features/rename/register';
import 'monaco-editor/features/smartSelect/register';
import 'monaco-editor/features/snippet/register';
// `features/suggest/register` has inline suggestions alone: the list is what it leaves out (0.57).
import 'monaco-editor/editor/contrib/suggest/browser/suggestController';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/wordHighlighter/register';
import 'monaco-editor/features/wordOperations/register';
import * as monaco from 'monaco-editor/editor';
import { TabFocus } from 'monaco-editor/editor/browser/config/tabFocus';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import TypeScriptWorker from 'monaco-editor/languages/features/typescript/ts.worker?worker';
import { completionProvider } from './completion.ts';
import type { Editor, EditorOptions, Mark } from './editor.ts';
import { baseOptions, dressMonaco, followTheme } from './monaco-dress.ts';
import { EditorFiles } from './monaco-files.ts';
import { registerProviders } from './providers.ts';
import { requirementUrl } from './sources.ts';

/** Where the types of packages stand in the language service. */
const PACKAGES = 'file:///node_modules';

/** Endings of names, and the languages of Monaco that know such files. JSON is YAML. */
const LANGUAGES: Readonly<Record<string, string>> = {
  ts: 'typescript',
  // By the TypeScript service too, so that files of both kinds can import each other.
  js: 'typescript',
  http: 'http',
  json: 'yaml',
  html: 'html',
  css: 'css',
  md: 'markdown',
};

let python: Promise<unknown> | undefined;

/**
 * Lets Monaco know Python, where there is some to show; a model that was of it before would get no colours. Without it
 * the code has none, and no more.
 */
async function learnPython(model: monaco.editor.ITextModel): Promise<void> {
  if (model.getLanguageId() === 'python') return;
  python ??= import('monaco-editor/languages/definitions/python/register');
  try {
    await python;
    if (!model.isDisposed()) monaco.editor.setModelLanguage(model, 'python');
  } catch {
    python = undefined;
  }
}

let prepared: Promise<void> | undefined;

function prepare(base: string): Promise<void> {
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
      allowJs: true,
      allowImportingTsExtensions: true,
      allowNonTsExtensions: true,
      paths: {
        portway: [`${PACKAGES}/portway/app/index.ts`],
        hono: [`${PACKAGES}/hono/dist/types/index.d.ts`],
      },
    });
    typescriptDefaults.setModeConfiguration({
      ...typescriptDefaults.modeConfiguration,
      completionItems: false,
    });
    typescriptDefaults.setEagerModelSync(true);
    // What the language can do, such as to format, comes in a part of its own. It refuses before the first file, and is
    // there for it then; without it there is an editor all the same.
    const mode = typescript.getTypeScriptWorker().catch(() => undefined);
    await dressMonaco();
    await addTypes('portway', typesUrl);
    registerProviders(base);
    monaco.languages.registerCompletionItemProvider('typescript', completionProvider);
    // Names of one file of an example lead to another.
    monaco.editor.registerEditorOpener({
      openCodeEditor: (_source, resource, place) => {
        const [, folder = '', path = ''] =
          /^(file:\/\/\/example-\d+)\/(.+)$/.exec(resource.toString(true)) ?? [];
        return openers.get(folder)?.(path, place) ?? false;
      },
    });
    await mode;
  })();
  // What failed to load may load the next time.
  prepared.catch(() => {
    prepared = undefined;
  });
  return prepared;
}

/** Gives the language service the declarations of a package. @throws Error where they cannot be fetched */
async function addTypes(name: string, url: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the types of ${name} could not be loaded: ${response.status}`);
  for (const [path, text] of Object.entries((await response.json()) as Record<string, string>)) {
    typescript.typescriptDefaults.addExtraLib(text, `${PACKAGES}/${name}/${path}`);
  }
}

let honoTypes: Promise<void> | undefined;

/** The types of a library come when a program imports it. Without them its name is underlined, and no more. */
function noticeImports(text: string): void {
  if (honoTypes || !/from\s*['"]hono['"]/.test(text)) return;
  honoTypes = addTypes('hono', honoTypesUrl).catch(() => {
    honoTypes = undefined;
  });
}

type Opener = (path: string, place: monaco.IRange | monaco.IPosition | undefined) => boolean;

/** By the folder of an editor's models. */
const openers = new Map<string, Opener>();

let edition = 0;
let rechecking: ReturnType<typeof setTimeout> | undefined;

/**
 * Has every file checked again, once the reader pauses: Monaco checks a file when it changes, and not when one that it
 * imports does.
 */
function recheck(): void {
  clearTimeout(rechecking);
  rechecking = setTimeout(() => {
    typescript.typescriptDefaults.addExtraLib(`// ${++edition}`, 'file:///edition.d.ts');
  }, 700);
}

let editors = 0;

/** Makes an editor in `container`. */
export async function createMonacoEditor(
  container: HTMLElement,
  options: EditorOptions,
): Promise<Editor> {
  await prepare(options.base);
  const folder = `file:///example-${++editors}`;
  const files: EditorFiles = new EditorFiles({
    folder,
    files: options.files,
    open: options.open,
    languageOf: (path) => LANGUAGES[path.slice(path.lastIndexOf('.') + 1)] ?? 'plaintext',
    onChange: options.onChange,
    onText(model) {
      noticeImports(model.getValue());
      if (model.uri.path.endsWith('.py')) void learnPython(model);
    },
    onEdit: (model) => {
      if (isProgram(model) && [...files.models.values()].filter(isProgram).length > 1) recheck();
    },
  });
  const editor = monaco.editor.create(container, {
    model: files.shown,
    ...baseOptions(container, options.label),
    // Types of events are strings: they are to be suggested where one is written.
    quickSuggestions: { other: true, comments: true, strings: true },
  });
  files.showIn(editor);
  // Actions, not commands: those belong to whichever editor of the page was made last.
  editor.addAction({
    id: 'portway.run',
    label: 'Run',
    keybindings: [monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter],
    contextMenuGroupId: '1_run',
    run: () => options.onRun(),
  });
  const format = async (): Promise<boolean> => {
    const model = editor.getModel();
    const action = editor.getAction('editor.action.formatDocument');
    if (!model || !isProgram(model) || !action?.isSupported()) return false;
    await action.run();
    return true;
  };
  editor.addAction({
    id: 'portway.format',
    label: 'Format the File',
    // Monaco's own key for it is another one on each platform.
    keybindings: [monaco.KeyMod.Shift | monaco.KeyMod.Alt | monaco.KeyCode.KeyF],
    run: async () => {
      await format();
    },
  });
  const tabs = TabFocus.onDidChangeTabFocus((moves) => options.onTabMoves(moves));
  options.onTabMoves(TabFocus.getTabFocusMode());

  openers.set(folder, (path, place) => {
    if (!files.models.has(path)) return false;
    files.open(path);
    options.onOpen(path);
    if (place) {
      const at =
        'lineNumber' in place
          ? place
          : { lineNumber: place.startLineNumber, column: place.startColumn };
      editor.setPosition(at);
      editor.revealPositionInCenterIfOutsideViewport(at);
    }
    editor.focus();
    return true;
  });

  const unfollow = followTheme();

  return {
    open: (path) => files.open(path),
    sync(texts) {
      if (files.sync(texts)) recheck();
    },
    mark(path, source, marks) {
      const model = files.models.get(path);
      if (!model) return;
      monaco.editor.setModelMarkers(
        model,
        `portway-${source}`,
        marks.map((mark) => marker(model, mark, options.base)),
      );
    },
    reveal(path, line, column) {
      files.open(path);
      editor.revealLineInCenterIfOutsideViewport(line);
      editor.setPosition({ lineNumber: line, column });
      editor.focus();
    },
    format,
    focus: () => editor.focus(),
    dispose() {
      openers.delete(folder);
      tabs.dispose();
      unfollow();
      editor.dispose();
      files.dispose();
    },
  };
}

/** Whether the TypeScript service knows the file. */
function isProgram(model: monaco.editor.ITextModel): boolean {
  return model.getLanguageId() === 'typescript';
}

function marker(
  model: monaco.editor.ITextModel,
  { line, column, message, requirement }: Mark,
  base: string,
): monaco.editor.IMarkerData {
  const at = Math.min(Math.max(line, 1), model.getLineCount());
  const word = model.getWordAtPosition({ lineNumber: at, column });
  return {
    severity: monaco.MarkerSeverity.Error,
    message,
    startLineNumber: at,
    startColumn: word?.startColumn ?? column,
    endLineNumber: at,
    endColumn: word?.endColumn ?? model.getLineMaxColumn(at),
    ...(requirement === undefined
      ? {}
      : {
          code: {
            value: requirement,
            target: monaco.Uri.parse(requirementUrl(requirement, base)),
          },
        }),
  };
}
