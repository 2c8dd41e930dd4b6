import {readFileSync} from 'node:fs';

/** One visitor's tab: remembers which controls were used, and everything that the page should not have done. */
export class Visitor {
  /** Errors, warnings, failed requests, and requests to other hosts. */
  complaints = [];
  /** Ids of the controls that were used. */
  used = new Set();

  constructor(page, address) {
    this.page = page;
    this.address = address;
    page.on('pageerror', ({message}) => this.complaints.push(message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('requestfailed', (request) => this.complaints.push(`${request.url()} failed`));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(address) && !/^(data|blob):/.test(url))
        this.complaints.push(`${url} was requested`);
    });
  }

  async open(settings = '') {
    await this.page.goto(this.address + settings);
    await this.page.waitForSelector('body[data-ready=true]', {timeout: 60_000});
  }

  text(selector) {
    return this.page.locator(selector).first().textContent();
  }

  async click(id) {
    this.used.add(id);
    await this.page.locator(`#${id}`).click();
  }

  /** Moves a slider with the keyboard. */
  async press(id, ...keys) {
    this.used.add(id);
    await this.page.locator(`#${id}`).focus();
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async select(id, value) {
    this.used.add(id);
    await this.page.locator(`#${id}`).selectOption(value);
  }

  async type(id, value) {
    this.used.add(id);
    await this.page.locator(`#${id}`).fill(String(value));
    await this.page.locator(`#${id}`).press('Tab');
  }

  async model(kind) {
    this.used.add(`model ${kind}`);
    await this.page.locator(`input[name=model][value=${kind}]`).check();
  }

  value(id) {
    return this.page.locator(`#${id}`).inputValue();
  }

  /** Presses a button that offers a file, and reads the file. */
  async download(id) {
    const offered = this.page.waitForEvent('download');
    await this.click(id);
    return readFileSync(await (await offered).path());
  }

  /** The settings in the address. */
  async settings() {
    return Object.fromEntries(new URLSearchParams(new URL(this.page.url()).hash.slice(1)));
  }

  /** Waits until `holds` says so, given the text of `selector`. */
  async until(selector, holds, seconds = 60) {
    const deadline = Date.now() + 1000 * seconds;
    let text = '';
    while (Date.now() < deadline) {
      text =
        (await this.page
          .locator(selector)
          .first()
          .textContent({timeout: Math.max(1, deadline - Date.now())})) ?? '';
      if (holds(text)) return text;
      await this.page.waitForTimeout(50);
    }
    const failures = await this.page.locator('#failure').allTextContents();
    throw new Error(`${selector} stayed at '${text}' for ${seconds} seconds; ${failures.join()}`);
  }

  /** Waits until an asynchronous function in the page answers true; Playwright's own waiting takes a promise for true. */
  async untilTrue(inPage, argument, seconds = 60) {
    const deadline = Date.now() + 1000 * seconds;
    while (!(await this.page.evaluate(inPage, argument))) {
      if (Date.now() > deadline)
        throw new Error(`${inPage.name}(${argument}) was not true within ${seconds} seconds`);
      await this.page.waitForTimeout(100);
    }
  }

  train() {
    return this.click('train');
  }

  finished(seconds) {
    return this.until('#train', (text) => text === 'Train again', seconds);
  }

  async fingerprint() {
    await this.click('fingerprint');
    return this.until('#fingerprint-value', (text) => /^[0-9a-f]{64}$/.test(text));
  }

  /** Scrolls the pad into the middle, away from the bar above. */
  showPad() {
    return this.page.locator('#pad').evaluate((pad) => pad.scrollIntoView({block: 'center'}));
  }

  /** Draws through points of the pad, which is 280 wide and high. */
  async draw([first, ...others]) {
    this.used.add('pad');
    await this.showPad();
    const {x, y, width} = await this.page.locator('#pad').boundingBox();
    const at = ([right, down]) => [x + (right * width) / 280, y + (down * width) / 280];
    await this.page.mouse.move(...at(first));
    await this.page.mouse.down();
    for (const point of others) await this.page.mouse.move(...at(point), {steps: 6});
    await this.page.mouse.up();
  }
}
