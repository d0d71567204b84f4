// A sandbox on a page as a test uses it: by the names that people and assistive technology use.

import { expect, type Locator, type Page } from '@playwright/test';
import type { TraceEvent } from '../src/trace/index.ts';

export interface FinishedRun {
  readonly slug: string;
  readonly runtime: string;
  readonly events: readonly TraceEvent[];
}

export class SandboxPage {
  readonly page: Page;
  readonly root: Locator;

  constructor(page: Page, slug: string) {
    this.page = page;
    this.root = page.locator(`figure[data-example="${slug}"]`).first();
  }

  /** Makes the page remember its runs, from the next page that it opens. */
  static async observe(page: Page): Promise<void> {
    await page.addInitScript(() => {
      const runs: unknown[] = [];
      Object.assign(window, { portwayRuns: runs });
      addEventListener('portway:run', (event) => runs.push((event as CustomEvent).detail));
    });
  }

  /** Opens an example's page, with edits that a reader left there before if there are any. */
  static async open(
    page: Page,
    slug: string,
    edits?: Record<string, string>,
  ): Promise<SandboxPage> {
    await SandboxPage.observe(page);
    if (edits) {
      await page.addInitScript(
        ([key, value]) => {
          // Only once: the page's own changes must not be overwritten by a reload.
          if (window.top === window && !sessionStorage.getItem('seeded')) {
            localStorage.setItem(key as string, value as string);
            sessionStorage.setItem('seeded', '1');
          }
        },
        [`portway:edits:${slug}`, JSON.stringify({ v: 1, files: edits })],
      );
    }
    await page.goto(`/examples/${slug}/`);
    return new SandboxPage(page, slug);
  }

  button(name: string): Locator {
    return this.root.getByRole('button', { name, exact: true });
  }

  get status(): Locator {
    return this.root.locator('.said').getByRole('status');
  }

  /** What is said of the runtimes. */
  get note(): Locator {
    return this.root.locator('.said .note');
  }

  get problems(): Locator {
    return this.root.getByRole('list', { name: 'Problems' }).getByRole('listitem');
  }

  get trace(): Locator {
    return this.root.getByRole('region', { name: 'Trace' });
  }

  get responses(): Locator {
    return this.root.getByRole('region', { name: 'Requests' });
  }

  /** Rows of the trace that have an event of this type. */
  rows(type: string): Locator {
    return this.trace.locator(`tbody tr[data-type="${type}"]`);
  }

  async choose(runtime: 'Automatic' | 'WebContainer' | 'In the page'): Promise<void> {
    const box = this.root.getByRole('combobox', { name: 'Runtime' });
    await box.focus();
    await expect(this.root.locator('.sandbox')).toHaveAttribute('data-hydrated', 'true');
    await box.selectOption({ label: runtime });
  }

  /** Presses Run and waits until the run has ended, well or not. */
  async run(): Promise<FinishedRun> {
    const before = await this.#runs();
    await this.button('Run').click();
    await expect.poll(() => this.#runs(), { timeout: 90_000 }).toBe(before + 1);
    return this.page.evaluate(
      () => (window as unknown as { portwayRuns: FinishedRun[] }).portwayRuns.at(-1) as FinishedRun,
    );
  }

  /** Presses Reset and says yes to what it asks. */
  async reset(): Promise<void> {
    await this.button('Reset').click();
    await this.resetDialog.getByRole('button', { name: 'Reset the files' }).click();
  }

  get resetDialog(): Locator {
    return this.page.getByRole('dialog', { name: 'Reset the files?' });
  }

  #runs(): Promise<number> {
    return this.page.evaluate(
      () => (window as unknown as { portwayRuns: unknown[] }).portwayRuns.length,
    );
  }
}
