// Monaco for the Markdown of proposals: what the linter finds is underlined, what it can mend is offered, and the name of
// a requirement says its sentence. Loaded with the first text: it weighs more than the rest of the page.

import 'monaco-editor/languages/definitions/markdown/register';
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codeAction/register';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/contextmenu/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/folding/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/quickCommand/register';
import 'monaco-editor/features/smartSelect/register';
import 'monaco-editor/features/snippet/register';
// `features/suggest/register` has inline suggestions alone: the list is what it leaves out (0.57).
import 'monaco-editor/editor/contrib/suggest/browser/suggestController';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/unicodeHighlighter/register';
import 'monaco-editor/features/wordOperations/register';
import * as monaco from 'monaco-editor/editor';
import { TabFocus } from 'monaco-editor/editor/browser/config/tabFocus';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import { baseOptions, dressMonaco, followTheme } from '../../explorer/editor/monaco-dress.ts';
import { EditorFiles } from '../../explorer/editor/monaco-files.ts';
import { requirementUrl } from '../../explorer/editor/sources.ts';
import { REQUIREMENTS } from '../../interface/requirements.generated.ts';
import type { Problem } from '../../spec/problem.ts';
import type { TextEditor, TextEditorOptions } from './editor.ts';
import { idAt, lintUrl, suggestionsAt } from './markdown-help.ts';

const LANGUAGE = 'markdown';
const OWNER = 'portway-lint';

let prepared: Promise<void> | undefined;

function prepare(base: string): Promise<void> {
  prepared ??= (async () => {
    globalThis.MonacoEnvironment = { getWorker: () => new EditorWorker() };
    await dressMonaco();
    registerHelp(base);
  })();
  // What failed to load may load the next time.
  prepared.catch(() => {
    prepared = undefined;
  });
  return prepared;
}

/** What was found in a text, for the fixes that are offered in it. */
const found = new Map<string, readonly Problem[]>();

function registerHelp(base: string): void {
  monaco.languages.registerCodeActionProvider(LANGUAGE, {
    provideCodeActions(model, range, { markers }) {
      const actions = (found.get(`${model.uri}`) ?? []).flatMap((problem) => {
        const marker = markers.find((one) => isOf(one, problem));
        if (!marker || !problem.fix || !range.intersectRanges(rangeOf(model, problem))) return [];
        return [
          {
            title: `Mend: ${problem.message}`,
            kind: 'quickfix',
            diagnostics: [marker],
            isPreferred: true,
            edit: {
              edits: problem.fix.map(({ start, end, text }) => ({
                resource: model.uri,
                versionId: model.getVersionId(),
                textEdit: {
                  range: monaco.Range.fromPositions(
                    model.getPositionAt(start),
                    model.getPositionAt(end),
                  ),
                  text,
                },
              })),
            },
          },
        ];
      });
      return { actions, dispose() {} };
    },
  });
  monaco.languages.registerHoverProvider(LANGUAGE, {
    provideHover(model, { lineNumber, column }) {
      const named = idAt(model.getLineContent(lineNumber), column);
      const known = named && REQUIREMENTS[named.id as keyof typeof REQUIREMENTS];
      if (!known) return undefined;
      return {
        range: new monaco.Range(lineNumber, named.from, lineNumber, named.to),
        contents: [
          { value: `**[${named.id}](${requirementUrl(named.id, base)})**` },
          { value: known.text },
        ],
      };
    },
  });
  monaco.languages.registerCompletionItemProvider(LANGUAGE, {
    triggerCharacters: ['[', '`'],
    provideCompletionItems(model, { lineNumber, column }) {
      const before = model.getLineContent(lineNumber).slice(0, column - 1);
      return {
        suggestions: suggestionsAt(before).map(({ name, means, insert, from, snippet }) => ({
          label: name,
          detail: means,
          kind: snippet
            ? monaco.languages.CompletionItemKind.Snippet
            : monaco.languages.CompletionItemKind.Reference,
          insertText: insert,
          filterText: before.slice(from - 1) + name,
          ...(snippet
            ? {
                insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet,
              }
            : {}),
          range: new monaco.Range(lineNumber, from, lineNumber, column),
        })),
      };
    },
  });
}

let editors = 0;

/** Makes an editor in `container`. */
export async function createMonacoTextEditor(
  container: HTMLElement,
  options: TextEditorOptions,
): Promise<TextEditor> {
  await prepare(options.base);
  const files = new EditorFiles({
    folder: `file:///change-${++editors}`,
    files: options.files,
    open: options.open,
    languageOf: (path) => (path.endsWith('.md') ? LANGUAGE : 'plaintext'),
    onChange: options.onChange,
    onGone: (model) => found.delete(`${model.uri}`),
  });
  const editor = monaco.editor.create(container, {
    ...baseOptions(container, options.label),
    model: files.shown,
    readOnly: !options.editable,
    wordWrap: 'on',
    wrappingIndent: 'same',
    lineNumbersMinChars: 4,
    // Letters of other scripts belong into texts; what cannot be seen does not.
    unicodeHighlight: { ambiguousCharacters: false, invisibleCharacters: true },
    quickSuggestions: false,
    folding: true,
    glyphMargin: false,
  });
  files.showIn(editor);
  const tabs = TabFocus.onDidChangeTabFocus((moves) => options.onTabMoves(moves));
  options.onTabMoves(TabFocus.getTabFocusMode());
  const cursor = editor.onDidChangeCursorPosition(({ position }) =>
    options.onLine(position.lineNumber),
  );
  const unfollow = followTheme();

  return {
    open: (path) => files.open(path),
    sync: (texts) => void files.sync(texts),
    mark(path, problems) {
      const model = files.models.get(path);
      if (!model) return;
      found.set(`${model.uri}`, problems);
      monaco.editor.setModelMarkers(
        model,
        OWNER,
        problems.map((problem) => markerOf(model, problem, options.base)),
      );
    },
    reveal(path, line, column = 1) {
      files.open(path);
      const lineNumber = Math.min(line, editor.getModel()?.getLineCount() ?? line);
      editor.revealLineNearTop(lineNumber);
      editor.setPosition({ lineNumber, column });
      editor.focus();
    },
    focus: () => editor.focus(),
    dispose() {
      tabs.dispose();
      cursor.dispose();
      unfollow();
      editor.dispose();
      files.dispose();
    },
  };
}

function markerOf(
  model: monaco.editor.ITextModel,
  problem: Problem,
  base: string,
): monaco.editor.IMarkerData {
  const { rule, severity, message, hint } = problem;
  return {
    severity: severity === 'warning' ? monaco.MarkerSeverity.Warning : monaco.MarkerSeverity.Error,
    message: hint === undefined ? message : `${message}\n\n${hint}`,
    code: { value: rule, target: monaco.Uri.parse(lintUrl(rule, base)) },
    ...rangeOf(model, problem),
  };
}

/** Where a problem is underlined: its stretch, or the word or the line at its place. */
function rangeOf(
  model: monaco.editor.ITextModel,
  { line, column, endLine, endColumn }: Problem,
): monaco.Range {
  const startLine = Math.min(Math.max(line, 1), model.getLineCount());
  if (endLine !== undefined && endColumn !== undefined)
    return model.validateRange(new monaco.Range(startLine, column, endLine, endColumn));
  const word = model.getWordAtPosition({ lineNumber: startLine, column });
  return new monaco.Range(
    startLine,
    word?.startColumn ?? column,
    startLine,
    word?.endColumn ?? Math.max(column + 1, model.getLineMaxColumn(startLine)),
  );
}

function isOf(marker: monaco.editor.IMarkerData, { rule, message }: Problem): boolean {
  const { code } = marker;
  return (
    (typeof code === 'object' ? code.value : code) === rule && marker.message.startsWith(message)
  );
}
