import {existsSync, readFileSync, statSync} from 'node:fs';
import {createServer} from 'node:http';
import {extname, join} from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/** Serves a folder of plain files below `/some/folder/`, as a web server without knowledge of the page would. */
export async function serveFolder(folder) {
  const below = '/some/folder/';
  const server = createServer(({url}, response) => {
    const {pathname} = new URL(url, 'http://page');
    const path = pathname === below ? 'index.html' : pathname.slice(below.length);
    const file = join(folder, path);
    const found =
      pathname.startsWith(below) && !path.includes('..') && existsSync(file) && statSync(file).isFile();
    response.writeHead(found ? 200 : 404, {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    });
    response.end(found ? readFileSync(file) : 'not here');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {address: `http://127.0.0.1:${server.address().port}${below}`, close: () => server.close()};
}
