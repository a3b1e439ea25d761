import { connect } from 'node:net';

// Exits with 0 when a NATS server greets at TEST_NATS_URL.
const { hostname, port } = new URL(process.env.TEST_NATS_URL ?? '');
const socket = connect(Number(port), hostname);
socket.setTimeout(2000, () => process.exit(1));
socket.once('error', () => process.exit(1));
socket.once('data', (greeting) => process.exit(greeting.toString().startsWith('INFO ') ? 0 : 1));
