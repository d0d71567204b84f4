// The form of a mail that `git am` reads: header fields with text of any language (RFC 5322, RFC 2047) and a body that
// arrives octet by octet (RFC 2045). Knows nothing of patches.

const encoder = new TextEncoder();

/** An encoded word is at most 75 characters long (RFC 2047, section 2), and a line of the header 76. */
const WORD = 75;

/** What may stand in a display name as it is: `phrase` of RFC 5322 without dots. */
const ATOMS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*$/;
const PRINTABLE = /^[\x20-\x7e]*$/;

/** One line of a header: its name and text, with what is not ASCII in encoded words, folded. */
export function field(name: string, text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim();
  return `${name}: ${PRINTABLE.test(plain) && !plain.includes('=?') ? fold(plain, name.length + 2) : words(plain)}`;
}

/** A mailbox, such as `Ana Ruiz <ana@example.org>`, as the value of a field. */
export function mailbox(name: string, address: string): string {
  return `${phrase(name)} <${address}>`;
}

function phrase(name: string): string {
  // `=?` would be read as the beginning of an encoded word.
  if (!PRINTABLE.test(name) || name.includes('=?')) return words(name);
  return ATOMS.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
}

/** A time in UTC as RFC 5322 writes it: `Tue, 24 Nov 2026 09:05:00 +0000`. */
export function mailDate(date: Date): string {
  return date.toUTCString().replace(/GMT$/, '+0000');
}

/** At spaces only, and only where a line would be longer than 76: the fold is a space again when it is read. */
function fold(text: string, indent: number): string {
  let used = indent;
  return text
    .split(' ')
    .map((word, index) => {
      if (index === 0 || used + 1 + word.length <= 76) {
        used += word.length + (index === 0 ? 0 : 1);
        return index === 0 ? word : ` ${word}`;
      }
      used = word.length + 1;
      return `\n ${word}`;
    })
    .join('');
}

/** Encoded words in UTF-8, in the Q encoding, none of which cuts a character in two. */
function words(text: string): string {
  const room = WORD - '=?UTF-8?q?'.length - '?='.length;
  const lines: string[] = [];
  let line = '';
  for (const character of text) {
    const code = /^[A-Za-z0-9!*+/-]$/.test(character)
      ? character
      : character === ' '
        ? '_'
        : hexadecimal(encoder.encode(character));
    if (line.length + code.length > room) {
      lines.push(line);
      line = '';
    }
    line += code;
  }
  lines.push(line);
  return lines.map((one) => `=?UTF-8?q?${one}?=`).join('\n ');
}

/** Whether a body can travel as it is: no line ends in CR, and none is longer than mail allows (RFC 5322, section 2.1.1). */
export function travelsAsItIs(body: string): boolean {
  return (
    !body.includes('\r') && body.split('\n').every((line) => encoder.encode(line).length <= 998)
  );
}

/** A body in quoted-printable (RFC 2045, section 6.7). Its lines end with LF, and a CR is content. */
export function quotedPrintable(body: string): string {
  return body
    .split('\n')
    .map((line) => {
      const out: string[] = [];
      let used = '';
      const characters = [...line];
      for (const [index, character] of characters.entries()) {
        const last = index === characters.length - 1;
        const plain =
          /^[\x21-\x3c\x3e-\x7e]$/.test(character) || (/^[ \t]$/.test(character) && !last);
        const code = plain ? character : hexadecimal(encoder.encode(character));
        // One place is kept for the `=` of a soft line break.
        if (used.length + code.length > 75) {
          out.push(`${used}=`);
          used = '';
        }
        used += code;
      }
      return [...out, used].join('\n');
    })
    .join('\n');
}

/** What quoted-printable stands for, read as UTF-8. What is not an escape stays as it is (RFC 2045, section 6.7). */
export function quotedPrintableText(body: string): string {
  const joined = body.replace(/=[ \t]*\r?\n/g, '');
  return joined.replace(/(?:=[0-9A-Fa-f]{2})+/g, (escapes) => {
    const octets = escapes
      .slice(1)
      .split('=')
      .map((pair) => Number.parseInt(pair, 16));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(octets));
  });
}

function hexadecimal(octets: Uint8Array): string {
  return [...octets]
    .map((octet) => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
