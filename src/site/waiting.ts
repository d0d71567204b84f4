// What every proposal of this repository waits for, for the page and the endpoint that tell of it.
import { libraryOf } from '../spec/lint/library.ts';
import { proposalsOf } from '../spec/lint/subjects.ts';
import { testsIn } from '../spec/tests.ts';
import { type Waiting, waitingFor } from '../spec/waiting.ts';
import { revisions } from './published.ts';
import { drafts } from './specification.ts';
import { testFiles } from './tests.ts';

const library = libraryOf(drafts, { published: revisions, tests: testsIn(testFiles) });

/** In order of number. */
export const waiting: readonly Waiting[] = proposalsOf(library).map((draft) =>
  waitingFor(draft, library),
);
