/** As much of a WebSocket as is used: the global one has it, and so has that of the package `ws`. */
export type WebSocketLike = {
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: 'close',
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void;
  send(text: string): void;
  close(code: number, reason: string): void;
};

export type WebSocketConstructor = new (url: string, protocol: string) => WebSocketLike;
