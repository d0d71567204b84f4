// The recorded trace of an example by its name alone, for texts that lead to an event in it.
import type { TraceEvent } from '../trace/index.ts';
import { exampleTexts, REQUESTS } from './examples.ts';
import { recordTrace } from './recorded.ts';

/** The trace that the pages of an example show before anything runs. */
export function recordedTrace(slug: string): Promise<readonly TraceEvent[]> {
  const { [REQUESTS]: requests = '', ...files } = exampleTexts(slug);
  return recordTrace(slug, requests, files);
}
