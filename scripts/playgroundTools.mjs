/** Builds the playground, for its own scripts, its test and the documentation's site. */
import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {build} from 'vite';
import {buildData} from '../playground/data/buildData.mjs';

const folder = fileURLToPath(new URL('../playground', import.meta.url));

/** Installs the page's own tools and writes its images, where they are missing. */
export function preparePlayground() {
  if (!existsSync(`${folder}/node_modules/preact`)) {
    // The documentation's build sets NODE_ENV to production, where npm would leave out what the tests need.
    const flags = ['--include=dev', '--no-audit', '--no-fund', '--prefer-offline'];
    execFileSync('npm', ['ci', '--prefix', folder, ...flags], {stdio: 'inherit'});
  }
  if (!existsSync(`${folder}/public/data/index.json`)) buildData(`${folder}/public/data`);
}

/**
 * Writes the page into `outDir`: plain files with relative paths.
 *
 * @param documentation Address of the documentation that the page links to, relative to it.
 */
export async function buildPlayground(outDir, documentation = '') {
  preparePlayground();
  await build({
    configFile: `${folder}/vite.config.ts`,
    logLevel: 'warn',
    build: {outDir, emptyOutDir: true},
    define: {'import.meta.env.VITE_DOCS': JSON.stringify(documentation)},
  });
}
