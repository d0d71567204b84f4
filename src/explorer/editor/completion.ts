// What can be written at the cursor of a program, from the TypeScript service. In the place of Monaco's own provider:
// that one takes the place to be replaced from a later state of the text than the cursor, so that who types fast loses
// the characters behind (0.57).

import * as monaco from 'monaco-editor/editor';
import { getTypeScriptWorker } from 'monaco-editor/languages/features/typescript/register';

/** As much of the compiler's `CompletionEntry` as is used. */
interface Entry {
  readonly name: string;
  readonly kind: string;
  readonly kindModifiers?: string;
  readonly sortText: string;
  readonly insertText?: string;
  readonly replacementSpan?: { readonly start: number; readonly length: number };
}

interface Details {
  readonly displayParts?: readonly { readonly text: string }[];
  readonly documentation?: readonly { readonly text: string }[];
}

interface Item extends monaco.languages.CompletionItem {
  /** Where it was asked for. */
  readonly asked: { readonly uri: monaco.Uri; readonly offset: number };
}

const { CompletionItemKind: Kind } = monaco.languages;
const KINDS: Readonly<Record<string, monaco.languages.CompletionItemKind>> = {
  keyword: Kind.Keyword,
  'primitive type': Kind.Keyword,
  const: Kind.Variable,
  let: Kind.Variable,
  var: Kind.Variable,
  'local var': Kind.Variable,
  parameter: Kind.Variable,
  property: Kind.Field,
  getter: Kind.Field,
  setter: Kind.Field,
  method: Kind.Method,
  function: Kind.Function,
  'local function': Kind.Function,
  class: Kind.Class,
  interface: Kind.Interface,
  type: Kind.Interface,
  enum: Kind.Enum,
  module: Kind.Module,
  script: Kind.File,
  directory: Kind.Folder,
  string: Kind.Value,
};

export const completionProvider: monaco.languages.CompletionItemProvider = {
  triggerCharacters: ['.', "'", '"', '/'],
  async provideCompletionItems(model, position) {
    const offset = model.getOffsetAt(position);
    const version = model.getVersionId();
    const word = model.getWordUntilPosition(position);
    const found = await (await service(model.uri)).getCompletionsAtPosition(`${model.uri}`, offset);
    if (!found || model.isDisposed()) return undefined;
    const typed = model.getVersionId() !== version;
    const suggestions = (found.entries as readonly Entry[]).map((entry): Item => {
      const { start = 0, length = 0 } = entry.replacementSpan ?? {};
      return {
        label: entry.name,
        kind: KINDS[entry.kind] ?? Kind.Property,
        insertText: entry.insertText ?? entry.name,
        sortText: entry.sortText,
        tags: entry.kindModifiers?.includes('deprecated')
          ? [monaco.languages.CompletionItemTag.Deprecated]
          : [],
        range: monaco.Range.fromPositions(
          entry.replacementSpan
            ? model.getPositionAt(start)
            : { lineNumber: position.lineNumber, column: word.startColumn },
          entry.replacementSpan && !typed ? model.getPositionAt(start + length) : position,
        ),
        asked: { uri: model.uri, offset },
      };
    });
    return { suggestions };
  },
  async resolveCompletionItem(item) {
    const { uri, offset } = (item as Item).asked;
    const details: Details | undefined = await (await service(uri)).getCompletionEntryDetails(
      `${uri}`,
      offset,
      String(item.label),
    );
    const text = (parts: Details['documentation'] = []) => parts.map((part) => part.text).join('');
    return details
      ? {
          ...item,
          detail: text(details.displayParts),
          documentation: { value: text(details.documentation) },
        }
      : item;
  },
};

async function service(uri: monaco.Uri) {
  return (await getTypeScriptWorker())(uri);
}
