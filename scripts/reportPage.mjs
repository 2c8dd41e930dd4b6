import {pathToFileURL} from 'node:url';

const WIDTHS = [390, 1280];
const SCHEMES = ['light', 'dark'];

/**
 * Opens a report in Chromium on a phone's and a desk's width, in light and in dark: no error, nothing wider than the
 * page, every image there, and the values of an epoch beside the pointer, inside the window.
 *
 * @param history What the report shows.
 * @param check Receives each check's name, whether it passed, and details.
 */
export async function checkReportPage(browser, file, history, check) {
  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      const page = await browser.newPage({viewport: {width, height: 800}, colorScheme});
      const errors = [];
      page.on('pageerror', ({message}) => errors.push(message));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      page.on('requestfailed', (request) => errors.push(`${request.url()} failed`));
      try {
        await page.goto(pathToFileURL(file).href);
        const found = await look(page, history);
        const wrong = [...errors, ...wrongOf(found, width, colorScheme)];
        check(`${width} pixels, ${colorScheme}`, wrong.length === 0, wrong.join('; ') || found.said);
      } catch (error) {
        check(`${width} pixels, ${colorScheme}`, false, [error.message, ...errors].join('; '));
      } finally {
        await page.close();
      }
    }
  }
}

/** Points at the last epoch of every chart. */
async function look(page, history) {
  const charts = page.locator('svg[data-tip]');
  const tips = [];
  for (let i = 0; i < (await charts.count()); i++) {
    const chart = charts.nth(i);
    await chart.scrollIntoViewIfNeeded();
    const {width, height} = await chart.boundingBox();
    await chart.hover({position: {x: width * 0.96, y: height / 2}});
    const tip = page.locator('#tip');
    const box = (await tip.isVisible()) ? await tip.boundingBox() : undefined;
    tips.push({title: await chart.getAttribute('aria-label'), text: (await tip.textContent()) ?? '', box});
  }
  const epochs = history.loss.length;
  const loss = Number(history.loss.at(-1).toPrecision(4));
  return {
    tips,
    expected: `epoch ${epochs}training: ${loss}`,
    said: `${tips.length} charts, loss ${loss} in epoch ${epochs}`,
    ...(await page.evaluate(() => ({
      pageWidth: document.documentElement.scrollWidth,
      brokenImages: [...document.images].filter(({naturalWidth}) => naturalWidth === 0).length,
      images: document.images.length,
      background: getComputedStyle(document.body).backgroundColor,
      ink: getComputedStyle(document.body).color,
    }))),
  };
}

function wrongOf({tips, expected, pageWidth, brokenImages, images, background, ink}, width, colorScheme) {
  const wrong = [];
  if (tips.length < 4) wrong.push(`${tips.length} charts`);
  for (const {title, text, box} of tips) {
    if (box === undefined) wrong.push(`${title}: nothing is shown beside the pointer`);
    else if (box.x < 0 || box.x + box.width > width) wrong.push(`${title}: the values leave the window`);
    if (title === 'Loss' && !text.startsWith(expected)) wrong.push(`Loss shows ${text}, not ${expected}`);
  }
  if (pageWidth > width) wrong.push(`the page is ${pageWidth} pixels wide`);
  if (images === 0 || brokenImages > 0) wrong.push(`${brokenImages} of ${images} images are broken`);
  const dark = brightness(background) < brightness(ink);
  if (dark !== (colorScheme === 'dark')) wrong.push(`text ${ink} on ${background}`);
  return wrong;
}

/** Of a computed colour such as "rgb(18, 21, 27)", 0 to 765. */
const brightness = (colour) =>
  colour
    .match(/\d+/g)
    .slice(0, 3)
    .reduce((sum, part) => sum + Number(part), 0);
