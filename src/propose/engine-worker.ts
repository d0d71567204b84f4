// The worker that reads, checks, renders and compares what is on the desk, with the engine of the command. One question at
// a time, in the order in which they come.

import type { TraceEvent } from '../trace/index.ts';
import { AnswerSheet } from './answers.ts';
import type { Asked, Question } from './engine-messages.ts';
import type { LibraryData } from './library.ts';

let answers: Promise<AnswerSheet> | undefined;

async function load(url: string, base: string): Promise<AnswerSheet> {
  const get = async <T>(address: string): Promise<T> => {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${new URL(address).pathname}: ${response.status}`);
    return (await response.json()) as T;
  };
  return new AnswerSheet(await get<LibraryData>(url), {
    base,
    today: new Date().toISOString().slice(0, 10),
    now: () => new Date(),
    traceOf: (slug) => get<readonly TraceEvent[]>(new URL(`traces/${slug}.json`, url).href),
  });
}

async function answer(question: Question): Promise<unknown> {
  if (question.kind === 'open') {
    answers = load(question.url, question.base);
    await answers;
    return true;
  }
  if (!answers) throw new Error('The library was not opened.');
  return (await answers).answer(question);
}

let last = Promise.resolve();
addEventListener('message', ({ data }: MessageEvent<{ id: number; question: Question }>) => {
  const { id, question } = data;
  last = last.then(async () => {
    let said: Asked;
    try {
      said = { id, answer: (await answer(question)) as never };
    } catch (error) {
      said = { id, error: error instanceof Error ? error.message : String(error) };
    }
    postMessage(said);
  });
});
