// The files of an editor as models of Monaco: which one is shown, and how they follow texts from elsewhere. Knows nothing of
// what is in them.

import * as monaco from 'monaco-editor/editor';
import { replaceText } from './monaco-dress.ts';

export interface FilesOptions {
  /** What the addresses of the models begin with, such as `file:///example-1`: no other editor has the same. */
  readonly folder: string;
  readonly files: Readonly<Record<string, string>>;
  readonly open: string;
  languageOf(path: string): string;
  /** A reader has written in a file. */
  onChange(path: string, text: string): void;
  /** A file has a text, at first or another one, whoever wrote it. */
  onText?(model: monaco.editor.ITextModel): void;
  /** A file has another text, whoever wrote it. */
  onEdit?(model: monaco.editor.ITextModel): void;
  /** A file goes. */
  onGone?(model: monaco.editor.ITextModel): void;
}

export class EditorFiles {
  readonly models = new Map<string, monaco.editor.ITextModel>();
  readonly #views = new Map<string, monaco.editor.ICodeEditorViewState | null>();
  readonly #options: FilesOptions;
  #editor: monaco.editor.IStandaloneCodeEditor | undefined;
  #shown: string;
  #syncing = false;

  constructor(options: FilesOptions) {
    this.#options = options;
    this.#shown = options.open;
    for (const [path, text] of Object.entries(options.files)) this.#add(path, text);
  }

  /** The model to begin with; null where there is no such file. */
  get shown(): monaco.editor.ITextModel | null {
    return this.models.get(this.#shown) ?? null;
  }

  /** The editor that shows them. */
  showIn(editor: monaco.editor.IStandaloneCodeEditor): void {
    this.#editor = editor;
  }

  /** Shows a file as it was left. */
  open(path: string): void {
    const model = this.models.get(path);
    if (!model || !this.#editor || model === this.#editor.getModel()) return;
    this.#views.set(this.#shown, this.#editor.saveViewState());
    this.#editor.setModel(model);
    this.#editor.restoreViewState(this.#views.get(path) ?? null);
    this.#shown = path;
  }

  /** Makes the texts what they are here, which can be undone. @returns whether files came or went */
  sync(files: Readonly<Record<string, string>>): boolean {
    this.#syncing = true;
    const before = [...this.models.keys()].join();
    for (const [path, text] of Object.entries(files)) {
      const model = this.models.get(path);
      if (!model) this.#add(path, text);
      else if (model.getValue() !== text) replaceText(model, text);
    }
    for (const [path, model] of this.models) {
      if (Object.hasOwn(files, path)) continue;
      if (this.#editor?.getModel() === model) this.#editor.setModel(null);
      this.models.delete(path);
      this.#views.delete(path);
      this.#end(model);
    }
    this.#syncing = false;
    return [...this.models.keys()].join() !== before;
  }

  dispose(): void {
    for (const model of this.models.values()) this.#end(model);
  }

  #add(path: string, text: string): void {
    const { folder, languageOf, onChange, onText, onEdit } = this.#options;
    const uri = monaco.Uri.parse(`${folder}/${path}`);
    const model = monaco.editor.createModel(text, languageOf(path), uri);
    this.models.set(path, model);
    onText?.(model);
    model.onDidChangeContent(() => {
      onEdit?.(model);
      onText?.(model);
      if (!this.#syncing) onChange(path, model.getValue());
    });
  }

  #end(model: monaco.editor.ITextModel): void {
    this.#options.onGone?.(model);
    model.dispose();
  }
}
