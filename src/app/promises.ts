// Promises and errors as `send` and `receive` give them to an application.

/**
 * A promise that has failed and that nobody has to wait for: an application may let a `send` go, and a runtime must not
 * take its failure for an error that nobody handled (binding.unawaited).
 */
export function rejected(error: unknown): Promise<never> {
  return unforced(Promise.reject(error));
}

/** The same promise. That it fails unseen is no error of the program. */
export function unforced<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** The `type` of what an application sent, if it has one: anything can be sent. */
export function typeOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const { type } = event as { type?: unknown };
  return typeof type === 'string' ? type : undefined;
}

/** The name of what was thrown: two copies of this package have two classes of each error (typescript.errors-by-name). */
export function nameOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  try {
    const { name } = error as { name?: unknown };
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/** What was thrown, as text: anything can be thrown. */
export function inWords(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'something was thrown that has no text';
  }
}
