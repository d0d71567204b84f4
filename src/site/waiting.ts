// What every proposal of this repository waits for, for the page and the endpoint that tell of it.
import { draftOf, libraryOf } from '../spec/lint/library.ts';
import { proposalsOf } from '../spec/lint/subjects.ts';
import { testsIn } from '../spec/tests.ts';
import { type Waiting, waitingFor } from '../spec/waiting.ts';
import { revisions } from './published.ts';
import { proposals } from './specification.ts';
import { testFiles } from './tests.ts';

const library = libraryOf(
  proposals.map(({ proposal, source }) => draftOf([proposal.file, source])),
  { published: revisions, tests: testsIn(testFiles) },
);

/** In order of number. */
export const waiting: readonly Waiting[] = proposalsOf(library).map((draft) =>
  waitingFor(draft, library),
);
