import { application } from 'portway';

const PIECES = 48;
const piece = new Uint8Array(256 * 1024).fill(0x2e);

export default application({
  async http(_scope, _receive, send) {
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [
        ['content-type', 'application/octet-stream'],
        ['content-length', String(PIECES * piece.length)],
      ],
    });
    for (let count = 0; count < PIECES; count++) {
      await send({ type: 'http.response.body', data: piece }); // Waits for the reader.
    }
    await send({ type: 'http.response.end' });
  },
});
