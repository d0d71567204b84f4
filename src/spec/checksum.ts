// Checksums of requirements and of published files. Synchronous, so that they are the same few lines in Node, in a
// worker and on a page.

import { sha256 as digest } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** The white space of Markdown. Others, such as the no-break space, are characters of the text. */
const WHITE_SPACE = /[\t\n\v\f\r ]+/g;

/**
 * The text of a requirement as its checksum sees it: runs of white space, line ends of any kind included, are one
 * space, none stands at either end, and characters are composed (Unicode NFC). Reflowing a sentence changes nothing.
 */
export function normalise(text: string): string {
  return text.replace(WHITE_SPACE, ' ').replace(/^ | $/g, '').normalize('NFC');
}

/** Of the sentence of a requirement, without its marker: the first 16 hexadecimal digits of SHA-256. */
export function checksum(text: string): string {
  return sha256(normalise(text)).slice(0, 16);
}

/** SHA-256 of the UTF-8 octets of a text, in 64 hexadecimal digits: for whole files, so nothing is normalised. */
export function sha256(text: string): string {
  return bytesToHex(digest(utf8ToBytes(text)));
}
