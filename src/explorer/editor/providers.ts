// Teaches Monaco what is ours: the language of scenarios, and what the specification says of a word under the cursor.

import * as monaco from 'monaco-editor/editor';
import { type Note, noteAt, noteInText } from './notes.ts';
import {
  meaningAt,
  type Suggestion,
  scenarioConfiguration,
  scenarioTokens,
  suggestions,
} from './scenario-language.ts';
import { loadSources } from './sources.ts';

/** Registers everything. Called once; `base` is the root of the site. */
export function registerProviders(base: string): void {
  monaco.languages.register({ id: 'http', extensions: ['.http'] });
  monaco.languages.setLanguageConfiguration('http', scenarioConfiguration);
  monaco.languages.setMonarchTokensProvider('http', scenarioTokens);
  monaco.languages.registerCompletionItemProvider('http', {
    triggerCharacters: ['@', '#', '='],
    provideCompletionItems(model, position) {
      return {
        suggestions: suggestions(linesTo(model, position, position.column)).map((found) =>
          completion(found, position),
        ),
      };
    },
  });
  monaco.languages.registerHoverProvider('http', {
    async provideHover(model, position) {
      const whole = linesTo(model, position);
      const meaning = meaningAt(whole, position.column);
      if (meaning) {
        const { from, to, word } = meaning;
        const { lineNumber } = position;
        return {
          range: new monaco.Range(lineNumber, from, lineNumber, to),
          contents: [{ value: `**${word.name}** ${word.means}` }],
        };
      }
      return noteHover(model, position, noteInText, base);
    },
  });
  monaco.languages.registerHoverProvider('typescript', {
    provideHover: (model, position) => noteHover(model, position, noteAt, base),
  });
}

/** The lines of a text up to a place; the last is whole unless a column is given. */
function linesTo(
  model: monaco.editor.ITextModel,
  { lineNumber }: monaco.Position,
  column = model.getLineMaxColumn(lineNumber),
): string[] {
  return model
    .getValueInRange(
      new monaco.Range(1, 1, lineNumber, column),
      monaco.editor.EndOfLinePreference.LF,
    )
    .split('\n');
}

const KINDS: Readonly<Record<Suggestion['kind'], monaco.languages.CompletionItemKind>> = {
  directive: monaco.languages.CompletionItemKind.Property,
  method: monaco.languages.CompletionItemKind.Method,
  field: monaco.languages.CompletionItemKind.Field,
  step: monaco.languages.CompletionItemKind.Keyword,
};

function completion(
  { name, kind, means, insert, from }: Suggestion,
  { lineNumber, column }: monaco.Position,
): monaco.languages.CompletionItem {
  return {
    label: name,
    kind: KINDS[kind],
    detail: means,
    documentation: means,
    insertText: insert,
    insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet,
    // What is written so far begins with `@`, which the label does not.
    filterText: kind === 'directive' ? `@${name}` : name,
    range: new monaco.Range(lineNumber, from, lineNumber, column),
  };
}

async function noteHover(
  model: monaco.editor.ITextModel,
  position: monaco.Position,
  note: typeof noteAt,
  base: string,
): Promise<monaco.languages.Hover | undefined> {
  const sources = await loadSources(base).catch(() => undefined);
  // Offline there is no hover; nothing else suffers.
  if (!sources || model.isDisposed()) return undefined;
  const found: Note | undefined = note(model.getValue(), model.getOffsetAt(position), sources);
  if (!found) return undefined;
  const range = monaco.Range.fromPositions(
    model.getPositionAt(found.start),
    model.getPositionAt(found.end),
  );
  return { range, contents: found.paragraphs.map((value) => ({ value })) };
}
