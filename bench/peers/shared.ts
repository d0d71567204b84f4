// What every peer answers, so that all of them are asked to do the same work.

export const HELLO = 'Hello, World!';
export const HELLO_TYPE = 'text/plain; charset=utf-8';

/** The download: 16 pieces of 64 KiB. A new array each time would measure the allocation of it. */
export const PIECE = new Uint8Array(64 * 1024).fill(0x78);
export const PIECES = 16;
export const DOWNLOAD_OCTETS = PIECE.length * PIECES;

/** Prints the address, as the measurement waits for it. */
export function announce(address: { port: number } | string | null): void {
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  console.log(`http://127.0.0.1:${address.port}/`);
}
