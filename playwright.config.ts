// Browser tests: the built site, served with its real headers, in an installed Chromium.
// `npm run browser` finds the browser and a free port; the defaults serve a direct `playwright test`.
import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGUMENTS } from './scripts/lib/chromium.mjs';

const port = process.env.PORTWAY_PREVIEW_PORT ?? '4322';
const origin = `http://127.0.0.1:${port}`;
const exec = process.platform === 'win32' ? '' : 'exec ';

export default defineConfig({
  testDir: 'tests',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  reporter: 'list',
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  workers: 2,
  use: {
    baseURL: origin,
    trace: 'off',
  },
  projects: [
    {
      name: 'chromium',
      use: {
        browserName: 'chromium',
        launchOptions: {
          executablePath: process.env.PORTWAY_CHROMIUM ?? '/usr/bin/chromium',
          args: CHROMIUM_ARGUMENTS,
        },
      },
    },
  ],
  webServer: {
    // `exec` makes the server our child, so that --with-parent ends it even when we are killed.
    command: `${exec}"${process.execPath}" scripts/preview.mjs --port ${port} --with-parent`,
    url: origin,
    reuseExistingServer: !process.env.CI,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 2000 },
  },
});
