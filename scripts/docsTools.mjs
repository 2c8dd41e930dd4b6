/** The documentation's own tools, which docs/package.json lists apart: TypeDoc needs TypeScript 6. */
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {fileURLToPath, pathToFileURL} from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs the tools where they are missing. */
export function installTools() {
  if (existsSync(`${root}docs/node_modules/vitepress`)) return;
  execFileSync('npm', ['ci', '--prefix', 'docs', '--no-audit', '--no-fund', '--prefer-offline'], {
    cwd: root,
    stdio: 'inherit',
  });
}

/** Imports `name` as docs/package.json lists it. */
export function importTool(name) {
  return import(pathToFileURL(createRequire(`${root}docs/package.json`).resolve(name)).href);
}

/** The source file of each entry point in package.json, by the name that users import. */
export function entryPoints() {
  const {name, exports} = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  return Object.keys(exports)
    .map((path) => [path.replace('.', name), `src${path.slice(1)}/index.ts`])
    .filter(([, source]) => existsSync(root + source));
}

/**
 * Reads the public symbols and their docstrings.
 *
 * @returns TypeDoc's application and project, one module per entry point.
 * @throws where a docstring has a tag that TypeDoc does not know, or links to nothing.
 */
export async function readSymbols(options = {}) {
  const {Application} = await importTool('typedoc');
  const application = await Application.bootstrapWithPlugins({
    name: 'API',
    entryPoints: entryPoints().map(([, source]) => source),
    tsconfig: 'tsconfig.json',
    excludePrivate: true,
    excludeExternals: true,
    excludeInternal: true,
    skipErrorChecking: true, // `npm run types` is the judge
    disableGit: true,
    disableSources: true,
    readme: 'none',
    sort: ['source-order'],
    modifierTags: ['@nocollapse', '@packageDocumentation', '@internal', '@abstract'],
    treatWarningsAsErrors: true,
    logLevel: 'Warn',
    ...options,
  });
  const project = await application.convert();
  if (project === undefined || application.logger.hasErrors() || application.logger.hasWarnings()) {
    throw new Error('TypeDoc could not read the docstrings');
  }
  for (const [name, source] of entryPoints()) {
    const folder = source.slice('src/'.length, -'/index.ts'.length);
    project.children.find((module) => module.name === (folder || 'index')).name = name;
  }
  return {application, project};
}
