import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {defineConfig, type Plugin} from 'vite';

const root = new URL('..', import.meta.url);
const source = (path: string) => fileURLToPath(new URL(`src/${path}`, root));

/**
 * The package as its users have it, from its sources: `tfjs-discrete/x` is src/x/index.ts, importing it has effects (it
 * registers layers and kernels), and files for browsers stand in where package.json's `browser` field says so.
 */
function packageSources(): Plugin {
  const {browser} = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    browser: Record<string, string>;
  };
  const prefix = './dist/esm/';
  const toSource = (path: string) => source(path.slice(prefix.length).replace(/\.js$/, '.ts'));
  const swaps = new Map(
    Object.entries(browser)
      .filter(([from]) => from.startsWith(prefix))
      .map(([from, to]) => [toSource(from), toSource(to)]),
  );
  return {
    name: 'package-sources',
    enforce: 'pre',
    resolveId(id, importer) {
      const [, entry] = /^tfjs-discrete(?:\/(.*))?$/.exec(id) ?? [];
      if (id.startsWith('tfjs-discrete')) {
        return {id: source(entry === undefined ? 'index.ts' : `${entry}/index.ts`), moduleSideEffects: true};
      }
      if (importer === undefined || !id.startsWith('.')) return undefined;
      return swaps.get(fileURLToPath(new URL(id.replace(/\.js$/, '.ts'), `file://${importer}`)));
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [packageSources()],
  oxc: {jsx: {runtime: 'automatic', importSource: 'preact'}},
  worker: {format: 'es', plugins: () => [packageSources()]},
  build: {
    target: 'es2022',
    emptyOutDir: true,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {checks: {pluginTimings: false}},
    reportCompressedSize: false,
  },
});
