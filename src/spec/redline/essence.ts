// What a sentence says, without what is only its dress: by this an editorial change is told from one of substance.
// In doubt a change is one of substance: letters, digits, code, references and the case of letters all count.

import type { Nodes } from 'mdast';
import { parseMarkdown } from '../document.ts';

const DASH = /[\u2010-\u2015\u2212]/g;
const APOSTROPHE = /(?<=\p{L})[’'](?=\p{L})/gu;
/** Sentence punctuation and quotation marks, wherever they stand. */
const MARKS = /[;!?"“”„‘’'‚«»()…]/g;
/** Points, commas and colons count inside of numbers and names, as in 0.5 and http.start. */
const OUTER_POINT = /(?<![\p{L}\p{N}])[.,:]+|[.,:]+(?![\p{L}\p{N}])/gu;
/** A hyphen counts as a sign before a number. */
const HYPHEN = /(?<=\p{L})-+(?=\p{L})|-+(?!\d)|(?<=[\p{L}])-+/gu;

/** Two texts of the same essence differ in white space, punctuation, typography, formatting or targets of links. */
export function essence(markdown: string): string {
  let root: Nodes;
  try {
    root = parseMarkdown(markdown);
  } catch {
    return markdown;
  }
  return essenceOf(root).replace(/\s+/g, ' ').trim().normalize('NFC');
}

function essenceOf(node: Nodes): string {
  if (node.type === 'text') return undressed(node.value);
  if (node.type === 'image' || node.type === 'imageReference') return ` ${node.alt ?? ''} `;
  if (node.type === 'break') return ' ';
  if ('children' in node) {
    const text = node.children.map(essenceOf).join('');
    return node.type === 'paragraph' || node.type === 'root' ? `${text} ` : text;
  }
  return 'value' in node ? node.value : '';
}

function undressed(text: string): string {
  return text
    .replace(DASH, '-')
    .replace(APOSTROPHE, '\u0001')
    .replace(MARKS, ' ')
    .replaceAll('\u0001', "'")
    .replace(OUTER_POINT, ' ')
    .replace(HYPHEN, ' ');
}
