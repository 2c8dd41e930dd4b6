import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {connect, createServer} from 'node:net';
import {setTimeout} from 'node:timers/promises';
import {type Running, watch} from '../processes.js';

export interface RedisServer {
  readonly url: string;
  kill(): Promise<void>;
  /** The same port and folder, after `kill`. */
  restart(): Promise<void>;
}

/** A redis-server on a free port of the loopback, that writes every command to `folder` before it answers. */
export async function startRedis(folder: string): Promise<RedisServer> {
  const port = await freePort();
  const command = process.env.REDIS_SERVER ?? 'redis-server';
  const options = {bind: '127.0.0.1', port, dir: folder, save: '', appendonly: 'yes', appendfsync: 'always'};
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  let server: Running;
  const begin = async () => {
    server = watch(spawn(command, args, {stdio: ['ignore', 'pipe', 'pipe']}));
    await answers(port, server);
  };
  await begin();
  return {url: `redis://127.0.0.1:${port}`, kill: () => server.kill(), restart: begin};
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as {port: number};
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port: number, server: Running): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      socket.write('PING\r\n');
      const [answer] = await once(socket, 'data');
      if (String(answer).startsWith('+PONG')) return;
    } catch {
    } finally {
      socket.destroy();
    }
    await setTimeout(50);
  }
  throw new Error(`redis-server does not answer:\n${server.output()}`);
}
