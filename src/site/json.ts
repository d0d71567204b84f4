// Static JSON endpoints: one answer, indented so that a person can read it too.
import { settings } from './settings.ts';

export function json(value: unknown): Response {
  return new Response(`${JSON.stringify(value, null, 2)}\n`, {
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
  });
}

/** A path of the site as programs get it: absolute where the site knows its origin. */
export function publicUrl(path: string): string {
  return settings.site === null ? path : new URL(path, settings.site).href;
}
