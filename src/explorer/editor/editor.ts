// What the sandbox asks of an editor, whichever it is.

export interface Mark {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface Editor {
  /** Shows a file. */
  open(path: string): void;
  /** Puts other texts in place, as Reset does. The reader can undo it. */
  replace(files: Readonly<Record<string, string>>): void;
  /** Marks places of a file as wrong; an empty list clears. */
  mark(path: string, marks: readonly Mark[]): void;
  /** Shows a place and puts the cursor there. */
  reveal(path: string, line: number, column: number): void;
  focus(): void;
  dispose(): void;
}

export interface EditorOptions {
  readonly files: Readonly<Record<string, string>>;
  readonly open: string;
  readonly label: string;
  readonly onChange: (path: string, text: string) => void;
  /** Run, from the keyboard. */
  readonly onRun: () => void;
}
