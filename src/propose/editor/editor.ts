// What the desk asks of an editor for the texts of a change, whichever it is.

import type { Problem } from '../../spec/problem.ts';

export interface TextEditor {
  /** Shows a file. */
  open(path: string): void;
  /** Makes the texts what they are here; what is written can be undone. Says nothing to `onChange`. */
  sync(files: Readonly<Record<string, string>>): void;
  /** Marks what the linter found; an empty list clears. */
  mark(path: string, problems: readonly Problem[]): void;
  /** Shows a place and puts the cursor there. Line and column count from 1. */
  reveal(path: string, line: number, column?: number): void;
  focus(): void;
  dispose(): void;
}

export interface TextEditorOptions {
  readonly files: Readonly<Record<string, string>>;
  readonly open: string;
  readonly label: string;
  /** Root of the site, with a slash at its end. */
  readonly base: string;
  /** Whether the texts can be changed. */
  readonly editable: boolean;
  readonly onChange: (path: string, text: string) => void;
  /** The line that the reader has gone to. */
  readonly onLine: (line: number) => void;
  /** Whether Tab leaves the editor, each time that it changes. */
  readonly onTabMoves: (moves: boolean) => void;
}
