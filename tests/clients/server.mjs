// Starts the built server on a free loopback port with an empty data folder of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(
  new URL('../../src/OrleansVectors.Server/bin/Release/net10.0/OrleansVectors.Server.dll', import.meta.url));
const readyMsMax = 30_000;
const stopMsMax = 10_000;

/** A running server: its address, and `stop()`, which ends it and removes its data. */
export async function startServer() {
  const data = await mkdtemp(join(tmpdir(), 'orleansvectors-client-'));
  // Port 0: the system picks a free one, and the server prints it.
  const child = spawn('dotnet', [program, '--urls', 'http://127.0.0.1:0', '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let output = '';
  child.stdout.on('data', text => { output += text; });
  child.stderr.on('data', text => { output += text; });

  async function stop() {
    child.kill('SIGTERM');
    const ended = await Promise.race([exited.then(() => true), delay(stopMsMax, false, { ref: false })]);
    if (!ended) {
      child.kill('SIGKILL');
      await exited;
    }
    await rm(data, { recursive: true, force: true });
    return { endedInTime: ended, exitCode: child.exitCode, output };
  }

  for (const deadline = Date.now() + readyMsMax; Date.now() < deadline && child.exitCode === null; await delay(100)) {
    const url = /listening +(http:\S+)/.exec(output)?.[1];
    const answer = url && await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) {
      return { url, stop };
    }
  }
  await stop();
  throw new Error(`The server was not ready within ${readyMsMax} ms:\n${output.slice(-4000)}`);
}
