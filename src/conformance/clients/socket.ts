// A TCP connection of a client, read on demand: what nobody asks for stays with the system, and so the other end is
// held up as by a slow peer.

import { connect, type Socket } from 'node:net';
import type { RawClient } from '../stream.ts';

export class SocketClient implements RawClient {
  readonly socket: Socket;
  /** The other end may end its direction without ours: octets of a tunnel still go out. */
  keepsOpen = false;
  #how: 'ended' | 'reset' | undefined;
  #waiting: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    const look = () => this.#waiting?.();
    socket.on('readable', () => {
      // The end of the connection is told only to who reads, and this one may not.
      if (socket.readableLength === 0) socket.read(0);
      look();
    });
    socket.on('end', () => {
      this.#how ??= 'ended';
      if (!this.keepsOpen) socket.end();
      look();
    });
    socket.on('error', () => {
      this.#how ??= 'reset';
      look();
    });
    socket.on('close', () => {
      this.#how ??= 'ended';
      look();
    });
  }

  static open(host: string, port: number): Promise<SocketClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new SocketClient(socket));
      });
    });
  }

  write(data: Uint8Array): Promise<void> {
    const { socket } = this;
    if (!socket.writable) return Promise.resolve();
    // A peer that is turned away while it writes learns of it when it reads.
    return new Promise((resolve) => void socket.write(data, () => resolve()));
  }

  end(): void {
    this.socket.end();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  async read(): Promise<Uint8Array | 'ended' | 'reset'> {
    for (;;) {
      const data = this.socket.read() as Buffer | null;
      if (data) return new Uint8Array(data);
      if (this.#how) return this.#how;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  /** How the connection has ended, once it has. @throws Error if there are octets before */
  async closed(): Promise<{ readonly how: 'ended' | 'reset' }> {
    const read = await this.read();
    if (typeof read === 'string') return { how: read };
    throw new Error(`octets that belong to no response: ${Buffer.from(read).toString('latin1')}`);
  }
}
