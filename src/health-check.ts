import { readConfig } from './config.ts';

// Asks the server with the same settings whether it may be sent requests; the exit code is the answer, as
// containers ask for it.

const read = readConfig(process.env);
const port = read.ok ? read.config.port : 4000;
const isReady = await fetch(`http://127.0.0.1:${port}/health/ready`).then(
  ({ ok }) => ok,
  () => false,
);
process.exitCode = isReady ? 0 : 1;
