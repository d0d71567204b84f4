// The part of the client's vendored Comlink 4.3 that page.ts uses; the package ships no types for it.
declare module 'vendored-comlink' {
  export const Comlink: {
    expose(target: object, endpoint: MessagePort): void;
    proxy<T extends object>(value: T): T;
    transfer<T extends object>(value: T, transferables: Transferable[]): T;
  };
}
