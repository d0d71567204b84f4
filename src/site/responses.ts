// Answers of endpoints that are neither pages nor JSON: feeds, and the Markdown of texts.
import { ATOM_TYPE, type AtomFeed, atomText } from './atom.ts';

export function atom(feed: AtomFeed): Response {
  return answer(atomText(feed), ATOM_TYPE);
}

export function markdown(source: string): Response {
  return answer(source, 'text/markdown');
}

function answer(text: string, type: string): Response {
  return new Response(text, { headers: { 'Content-Type': `${type}; charset=utf-8` } });
}
