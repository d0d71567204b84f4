// Writes the parts of an HTTP/1.1 response as text whose code units are octets. Checks nothing: fields have been held to
// their syntax (http.field-syntax) before they come here.

import type { Fields } from '../../interface/index.ts';

/** Reason phrases of the registered status codes (RFC 9110 section 15 and the IANA registry). */
export const STATUS_TEXT: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  102: 'Processing',
  103: 'Early Hints',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  203: 'Non-Authoritative Information',
  204: 'No Content',
  205: 'Reset Content',
  206: 'Partial Content',
  207: 'Multi-Status',
  208: 'Already Reported',
  226: 'IM Used',
  300: 'Multiple Choices',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  305: 'Use Proxy',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  423: 'Locked',
  424: 'Failed Dependency',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  506: 'Variant Also Negotiates',
  507: 'Insufficient Storage',
  508: 'Loop Detected',
  511: 'Network Authentication Required',
};

/** Status lines by status code. A code without a phrase keeps the space before it (RFC 9112 section 4). */
const STATUS_LINES = Array.from(
  { length: 600 },
  (_, status) => `HTTP/1.1 ${status} ${STATUS_TEXT[status] ?? ''}\r\n`,
);

/**
 * The head of a response, informational or final: status line, `headers` in their order (http.response.headers-order),
 * then `own`, the gateway's own lines with their CR LF, and the empty line. To be written as latin-1.
 */
export function responseHead(status: number, headers: Fields, own: string): string {
  let head = STATUS_LINES[status] ?? `HTTP/1.1 ${status} \r\n`;
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`;
  return `${head}${own}\r\n`;
}

/** The line before the data of a chunk of `octets` octets (RFC 9112 section 7.1). 0 would be the end of the body. */
export function chunkHead(octets: number): string {
  return `${octets.toString(16)}\r\n`;
}

/** What follows the data of a chunk. */
export const CHUNK_END = '\r\n';

/** The last chunk with the trailer section and the end of the message. */
export function lastChunk(trailers: Fields): string {
  if (trailers.length === 0) return '0\r\n\r\n';
  let section = '0\r\n';
  for (const [name, value] of trailers) section += `${name}: ${value}\r\n`;
  return `${section}\r\n`;
}

/** A whole chunk in one piece of memory: for data that is cheaper to copy than to write in three parts. Not empty. */
export function chunk(data: Uint8Array): Buffer {
  const head = chunkHead(data.length);
  const whole = Buffer.allocUnsafe(head.length + data.length + CHUNK_END.length);
  whole.write(head, 0, 'latin1');
  whole.set(data, head.length);
  whole.write(CHUNK_END, head.length + data.length, 'latin1');
  return whole;
}
