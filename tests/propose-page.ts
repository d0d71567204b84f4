// The page for proposing, as a reader with or without assistive technology meets it.

import { expect, type Locator, type Page } from '@playwright/test';

export class ProposePage {
  readonly page: Page;
  /** The editor's text, as far as it is on screen. */
  readonly lines: Locator;
  readonly state: Locator;

  constructor(page: Page) {
    this.page = page;
    this.lines = page.locator('.monaco-editor .view-lines');
    this.state = page.locator('.head [role="status"]');
  }

  /** Opens an address of the page, and waits for the editor and the first preview. */
  static async open(page: Page, address: string): Promise<ProposePage> {
    await page.goto(address);
    const propose = new ProposePage(page);
    await propose.ready();
    return propose;
  }

  async ready(): Promise<void> {
    await expect(this.lines).toBeVisible({ timeout: 30_000 });
    await expect(this.page.locator('.preview')).toBeVisible({ timeout: 30_000 });
  }

  async view(name: 'Preview' | 'Changes' | 'Problems' | 'Hand in'): Promise<Locator> {
    await this.page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
    return this.page.getByRole('tabpanel', { name: new RegExp(`^${name}`) });
  }

  /** Replaces the whole text of the file that is open, as a paste does. */
  async paste(text: string): Promise<void> {
    await this.lines.click();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.evaluate((pasted) => {
      const data = new DataTransfer();
      data.setData('text/plain', pasted);
      document.activeElement?.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
    }, text);
  }

  async kept(): Promise<void> {
    await expect(this.state).toHaveText('Kept in this browser.', { timeout: 15_000 });
  }
}
