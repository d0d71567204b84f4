// Waiting with an end: for as long as a step may take, and for as long as its outcome is wanted.

import { type Failure, RuntimeError } from './runtime.ts';

/** Work that may take so many milliseconds. @throws RuntimeError with the failure when they are over */
export async function inTime<T>(work: Promise<T>, limit: number, failure: Failure): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RuntimeError(failure)), limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Work for as long as it is wanted. @throws the reason of the signal */
export async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let aborted = () => {};
  const given = new Promise<never>((_, reject) => {
    aborted = () => reject(signal.reason);
    signal.addEventListener('abort', aborted);
    if (signal.aborted) aborted();
  });
  try {
    return await Promise.race([given, work]);
  } finally {
    signal.removeEventListener('abort', aborted);
  }
}
