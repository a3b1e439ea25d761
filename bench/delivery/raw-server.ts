import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { serve } from './serve.ts';

// The least that sending can cost: the text in MESSAGE to every connection, which is what a subscriber of
// tiergraph gets.

const message = process.env.MESSAGE ?? '';
const http = createServer();
const server = new WebSocketServer({ server: http });
function emit(): void {
  for (const socket of server.clients) socket.send(message);
}
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  serve(`ws://127.0.0.1:${port}`, emit, async () => {
    for (const socket of server.clients) socket.terminate();
    http.close();
  });
});
