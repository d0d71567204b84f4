// What the file view asks of an editor, whichever it is.

/** A place of a file that is wrong. Line and column count from 1. */
export interface Mark {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The requirement that is violated, and its sentence. */
  readonly requirement?: string;
}

/** Who found a problem: marks of one do not take those of the other away. */
export type MarkSource = 'run' | 'scenario';

export interface Editor {
  /** Shows a file. */
  open(path: string): void;
  /** Makes files and texts what they are here; what is written can be undone. Says nothing to `onChange`. */
  sync(files: Readonly<Record<string, string>>): void;
  /** Marks places of a file as wrong; an empty list clears. */
  mark(path: string, source: MarkSource, marks: readonly Mark[]): void;
  /** Shows a place and puts the cursor there. */
  reveal(path: string, line: number, column: number): void;
  /** Formats the open file. @returns whether there is a formatter for it */
  format(): Promise<boolean>;
  focus(): void;
  dispose(): void;
}

export interface EditorOptions {
  readonly files: Readonly<Record<string, string>>;
  readonly open: string;
  readonly label: string;
  /** Root of the site, with a slash at its end. */
  readonly base: string;
  readonly onChange: (path: string, text: string) => void;
  /** Run, from the keyboard. */
  readonly onRun: () => void;
  /** Another file is shown, because the reader followed a name to it. */
  readonly onOpen: (path: string) => void;
  /** Whether Tab leaves the editor, each time that it changes. */
  readonly onTabMoves: (moves: boolean) => void;
}
