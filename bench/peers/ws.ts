// The yardstick of WebSocket: `ws` as its guide shows it, sending every message back. Compression is off, its default.

import { WebSocketServer } from 'ws';
import { announce } from './shared.ts';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
server.on('listening', () => announce(server.address()));
server.on('connection', (socket) => {
  socket.on('error', console.error);
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
