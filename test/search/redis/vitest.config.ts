import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vitest/config';

/** A lane of its own, for it needs a redis-server: `npm run test:redis`. */
export default defineConfig({
  root: fileURLToPath(new URL('../../..', import.meta.url)),
  test: {
    include: ['test/search/redis/*.spec.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 30_000,
  },
});
