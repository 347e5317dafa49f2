// Takes the README's pictures of the course: a figure and what stands around it, of three rendered sheets.
//
//   node tests/pages/pictures.mjs output/course output/pictures

import { chromium } from 'playwright-core';
import { resolve } from 'node:path';

const [pages, pictures] = process.argv.slice(2).map((path) => resolve(path));
const SHEETS = [
  { name: '01-backpropagation', figure: 1, above: 480, height: 1300 },
  { name: '03-momentum', figure: 0, above: 560, height: 1300 },
  { name: '09-variance', figure: 0, above: 600, height: 1300 },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const page = await browser.newPage({ viewport: { width: 760, height: 1000 }, colorScheme: 'light' });
for (const { name, figure, above, height } of SHEETS) {
  await page.goto(`file://${pages}/${name}/solutions.html`);
  const { y } = await page.locator('figure').nth(figure).boundingBox();
  const clip = { x: 0, y: Math.max(0, y - above), width: 760, height };
  await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true, clip });
}
await browser.close();
