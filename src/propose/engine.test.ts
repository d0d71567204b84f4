// What the page asks its worker is answered for the latest text, and a worker that fails or never ends does not take the
// page with it.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Change, emptyChange } from './change.ts';
import { Engine, EngineError, PATIENCE, Superseded } from './engine.ts';
import type { Asked, Question } from './engine-messages.ts';

/** A worker that a test plays: it hears questions, and answers when the test says so. */
class PlayedWorker {
  readonly heard: { id: number; question: Question }[] = [];
  ended = false;
  onmessage: ((event: MessageEvent<Asked>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;

  postMessage(message: { id: number; question: Question }): void {
    this.heard.push(message);
  }

  terminate(): void {
    this.ended = true;
  }

  /** Answers what was heard last. */
  say(answer: object): void {
    const { id } = this.heard.at(-1) ?? { id: -1 };
    this.onmessage?.({ data: { id, ...answer } } as MessageEvent<Asked>);
  }

  get kinds(): string[] {
    return this.heard.map(({ question }) => question.kind);
  }
}

const workers: PlayedWorker[] = [];
const OPENING: Question<'open'> = { kind: 'open', url: '/library.json', base: '/' };

function engine(): Engine {
  return new Engine(() => {
    const worker = new PlayedWorker();
    workers.push(worker);
    return worker as unknown as Worker;
  }, OPENING);
}

const edit = (slug: string): Question<'edit'> => ({ kind: 'edit', slug });
const change: Change = emptyChange('A change', new Date('2026-11-23T10:00:00Z'));
const look = (path: string): Question<'preview'> => ({ kind: 'preview', path, change });

beforeEach(() => {
  vi.useFakeTimers();
  workers.length = 0;
});
afterEach(() => vi.useRealTimers());

test('no worker is made before something is asked, and it reads the library first', async () => {
  const asked = engine();
  expect(workers).toHaveLength(0);
  const contents = asked.ask({ kind: 'contents' });
  const [worker] = workers;
  expect(worker?.kinds).toEqual(['open']);
  worker?.say({ answer: true });
  expect(worker?.kinds).toEqual(['open', 'contents']);
  worker?.say({ answer: { proposals: [] } });
  expect(await contents).toEqual({ proposals: [] });
});

test('of questions for the same view that wait, the latest is asked, and the others are told so', async () => {
  const asked = engine();
  const first = asked.ask(look('1'));
  const second = asked.ask(look('2'));
  const third = asked.ask(look('3'));
  await expect(first).rejects.toThrow(Superseded);
  await expect(second).rejects.toThrow(Superseded);
  workers[0]?.say({ answer: true });
  expect(workers[0]?.heard.at(-1)?.question).toEqual(look('3'));
  workers[0]?.say({ answer: 'third' });
  expect(await third).toBe('third');
});

test('what somebody does is answered each time: of two fields that are set at once, none is lost', async () => {
  const asked = engine();
  const field = (key: 'title' | 'summary'): Question<'field'> => ({
    ...{ kind: 'field', path: 'proposals/0042-doors/draft.md', key, value: key, change },
  });
  const title = asked.ask(field('title'));
  const summary = asked.ask(field('summary'));
  workers[0]?.say({ answer: true });
  workers[0]?.say({ answer: 'title' });
  workers[0]?.say({ answer: 'summary' });
  expect(await Promise.all([title, summary])).toEqual(['title', 'summary']);
});

test('what is being answered is not taken back', async () => {
  const asked = engine();
  const first = asked.ask(edit('0001'));
  workers[0]?.say({ answer: true });
  const second = asked.ask(edit('0002'));
  workers[0]?.say({ answer: 'first' });
  expect(await first).toBe('first');
  workers[0]?.say({ answer: 'second' });
  expect(await second).toBe('second');
});

test('an error of one question is said in its words, and the next is asked', async () => {
  const asked = engine();
  const wrong = asked.ask(edit('0099'));
  const contents = asked.ask({ kind: 'contents' });
  workers[0]?.say({ answer: true });
  workers[0]?.say({ error: 'There is no proposal 0099.' });
  await expect(wrong).rejects.toThrow('There is no proposal 0099.');
  workers[0]?.say({ answer: 'contents' });
  expect(await contents).toBe('contents');
});

test('a worker that does not end is given up, and another one answers what comes next', async () => {
  const asked = engine();
  const endless = asked.ask(edit('0001'));
  workers[0]?.say({ answer: true });
  const next = asked.ask({ kind: 'contents' });
  vi.advanceTimersByTime(PATIENCE);
  await expect(endless).rejects.toThrow('It is kept as it is.');
  expect(workers[0]?.ended).toBe(true);
  expect(workers[1]?.kinds).toEqual(['open']);
  workers[1]?.say({ answer: true });
  workers[1]?.say({ answer: 'contents' });
  expect(await next).toBe('contents');
});

test('what a worker says that was given up is not heard', async () => {
  const asked = engine();
  const endless = asked.ask(edit('0001'));
  workers[0]?.say({ answer: true });
  vi.advanceTimersByTime(PATIENCE);
  await expect(endless).rejects.toThrow(EngineError);
  const next = asked.ask(edit('0002'));
  workers[0]?.say({ answer: 'late' });
  workers[1]?.say({ answer: true });
  workers[1]?.say({ answer: 'in time' });
  expect(await next).toBe('in time');
});

test('a library that cannot be read fails everything that waits for it, and is asked for again', async () => {
  const asked = engine();
  const contents = asked.ask({ kind: 'contents' });
  const other = asked.ask(edit('0001'));
  workers[0]?.say({ error: '/library.json: 503' });
  await expect(contents).rejects.toThrow('/library.json: 503');
  await expect(other).rejects.toThrow('/library.json: 503');
  // Nobody waits: where the network is gone, it is not asked for on and on.
  expect(workers).toHaveLength(1);
  const again = asked.ask({ kind: 'contents' });
  workers[1]?.say({ answer: true });
  workers[1]?.say({ answer: 'contents' });
  expect(await again).toBe('contents');
});

test('a worker whose script does not load is an error in words', async () => {
  const asked = engine();
  const contents = asked.ask({ kind: 'contents' });
  workers[0]?.onerror?.({ message: '', preventDefault() {} } as unknown as ErrorEvent);
  await expect(contents).rejects.toThrow('could not be loaded');
});

test('closed, it ends its worker and answers nothing more', async () => {
  const asked = engine();
  const contents = asked.ask({ kind: 'contents' });
  workers[0]?.say({ answer: true });
  asked.close();
  await expect(contents).rejects.toThrow(EngineError);
  expect(workers[0]?.ended).toBe(true);
  expect(workers).toHaveLength(1);
});
