/**
 * The playground: a page in which discrete networks train, explain themselves and are deployed.
 *
 *   npm run playground          # serve it and show changes while it is written
 *   npm run playground:build    # write playground/dist: plain files for any web server
 *
 * Its own tools, which playground/package.json lists, are installed where they are missing.
 */
import {fileURLToPath} from 'node:url';
import {createServer} from 'vite';
import {buildPlayground, preparePlayground} from './playgroundTools.mjs';

if (process.argv.includes('--build')) {
  await buildPlayground(fileURLToPath(new URL('../playground/dist', import.meta.url)));
} else {
  preparePlayground();
  const configFile = fileURLToPath(new URL('../playground/vite.config.ts', import.meta.url));
  const server = await createServer({configFile});
  await server.listen();
  server.printUrls();
}
