// Opens built pages in a browser and holds each of them to what the program promises of it.
//
//   apt-get install --no-install-recommends chromium default-jre-headless fonts-dejavu
//   npm ci
//   node pages.mjs FILE_OR_FOLDER...
//
// A folder is searched for *.html. The browser is /usr/bin/chromium, or what CHROMIUM names.
// Every failure is one line, FILE: CHECK: WHAT; the last line counts the pages. The exit status
// is 1 if a page failed, 2 if nothing could be checked.
//
// What is checked, each in a fresh browser that lets nothing but local files through:
//   axe      no violation of accessibility rules, in light and in dark
//   dark     the background follows the reader's choice
//   html     the Nu checker has no error
//   request  nothing is loaded from anywhere, and nothing is missing
//   script   the page holds none; without JavaScript it shows the same text and formulas
//   math     every formula is laid out, columns are aligned as asked, no TeX is left in the text
//   svg      every drawing has a name and readable text
//   phone    nothing sticks out of a window 360 px wide, and what scrolls can be reached
//   print    nothing sticks out of an A4 page
//   link     relative links lead somewhere
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const nu = join(dirname(require.resolve('vnu-jar/package.json')), 'build/dist/vnu.jar');

const find = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path).sort().flatMap((name) => find(join(path, name)))
    : path.endsWith('.html') ? [path] : [];
const files = process.argv.slice(2).map((path) => resolve(path)).flatMap(find);
if (files.length === 0) {
  console.error('usage: node pages.mjs FILE_OR_FOLDER...');
  process.exit(2);
}

/** Runs inside the page: what can be measured there, in a window `limit` px wide. */
function measure(limit) {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: parent, data } = walker.currentNode;
    if (parent.checkVisibility() && !parent.closest('style, script')) texts.push([parent, data]);
  }
  const tex = texts
    .filter(([parent, data]) => !parent.closest('code, svg') && /\\[a-z]{2,}|\$[^$\s]+[_^\\]/.test(data))
    .map(([, data]) => data.trim().slice(0, 60));

  const flat = [...document.querySelectorAll('math')].filter((formula) => {
    const box = formula.getBoundingClientRect();
    return formula.checkVisibility() && (box.width < 1 || box.height < 1);
  });
  // How far the content of a cell is from the side that its column asks for.
  const crooked = [...document.querySelectorAll('mtable[columnalign]')].filter((table) => {
    const asked = table.getAttribute('columnalign').split(' ');
    return [...table.querySelectorAll(':scope > mtr')].some((row) =>
      [...row.children].some((cell, index) => {
        const side = asked[Math.min(index, asked.length - 1)];
        if (side === 'center' || !cell.firstElementChild) return false;
        const range = document.createRange();
        range.selectNodeContents(cell);
        const [inner, outer] = [range.getBoundingClientRect(), cell.getBoundingClientRect()];
        const style = getComputedStyle(cell);
        const left = inner.left - outer.left - parseFloat(style.paddingLeft);
        const right = outer.right - inner.right - parseFloat(style.paddingRight);
        const gap = side === 'left' ? left : right;
        return gap > 8 && gap > (left + right) / 4;
      }));
  });

  const boxed = (element) => {
    for (let box = element.parentElement; box; box = box.parentElement) {
      if (box !== document.body && getComputedStyle(box).overflowX !== 'visible') return true;
    }
    return false;
  };
  const wide = document.documentElement.scrollWidth <= limit + 1 ? [] :
    [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > limit + 1 && !boxed(element))
      .map((element) => `<${element.localName}>`);

  // The contrast of text in drawings, which axe does not look at, against the page's background.
  const rgb = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [r, g, b] = rgb(color).map((c) => (c / 255 <= 0.03928 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = getComputedStyle(document.body).backgroundColor;
  const pale = [...document.querySelectorAll('svg text')].filter((text) => {
    const pair = [light(getComputedStyle(text).fill), light(background)].sort((a, b) => b - a);
    return (pair[0] + 0.05) / (pair[1] + 0.05) < 4.5;
  });
  const nameless = [...document.querySelectorAll('svg')]
    .filter((svg) => !svg.querySelector('title') && !svg.ariaLabel && !svg.closest('[aria-hidden=true]'));
  return {
    letters: texts.map(([, data]) => data.replace(/\s+/g, '')).join('').length,
    formulas: document.querySelectorAll('math').length,
    background, tex, wide,
    flat: flat.length, crooked: crooked.length, pale: pale.length, nameless: nameless.length,
    scripts: document.querySelectorAll('script').length,
    links: [...document.querySelectorAll('a[href]')].map((link) => link.href),
  };
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
});

/** Opens a page in a fresh window, calls `look`, and reports what the page tried to load. */
async function open(file, report, options, look) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  await context.route('**', (route) => {
    const url = route.request().url();
    if (url === pathToFileURL(file).href) return route.continue();
    report('request', url.slice(0, 120));
    return route.abort();
  });
  page.on('pageerror', (error) => report('script', error.message));
  try {
    await page.goto(pathToFileURL(file).href);
    return await look(page);
  } finally {
    await context.close();
  }
}

async function accessible(page, report, rules) {
  await page.evaluate(axe);
  // That rule takes a header cell which holds a formula for an empty one.
  const options = rules ? { runOnly: rules } : { rules: { 'empty-table-header': { enabled: false } } };
  const { violations } = await page.evaluate((options) => axe.run(document, options), options);
  for (const { id, help, nodes } of violations) {
    report('axe', `${id}: ${help}, ${nodes.length} times: ${nodes[0].html.slice(0, 100)}`);
  }
}

const anchors = (file) => new Set(readFileSync(file, 'utf8').match(/(?<= id=")[^"]*/g));

function follow(file, links, report) {
  for (const link of new Set(links.filter((link) => link.startsWith('file:')))) {
    const [path, fragment] = link.split('#');
    // A site without a base address stands at the root of its server, for all its page 404 knows.
    const root = path === 'file:///' && basename(file) === '404.html';
    const target = root ? dirname(file) : fileURLToPath(path.split('?')[0]);
    const page = existsSync(target) && statSync(target).isDirectory() ? join(target, 'index.html') : target;
    if (!existsSync(page)) report('link', `${target} does not exist`);
    else if (fragment && !anchors(page).has(decodeURIComponent(fragment))) report('link', `no #${fragment}`);
  }
}

async function check(file, report) {
  const light = await open(file, report, {}, async (page) => {
    const seen = await page.evaluate(measure, 1280);
    await accessible(page, report);
    await page.emulateMedia({ media: 'print' });
    // A4 less margins of one centimetre, at 96 px an inch.
    await page.setViewportSize({ width: 718, height: 1047 });
    const { wide } = await page.evaluate(measure, 718);
    if (wide.length > 0) report('print', `${wide[0]} sticks out`);
    return seen;
  });
  const dark = await open(file, report, { colorScheme: 'dark' }, async (page) => {
    await accessible(page, report, ['color-contrast']);
    return page.evaluate(measure, 1280);
  });
  const plain = await open(file, report, { javaScriptEnabled: false }, (page) => page.evaluate(measure, 1280));
  const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
  await open(file, report, phone, async (page) => {
    const { wide } = await page.evaluate(measure, 360);
    if (wide.length > 0) report('phone', `${wide[0]} sticks out`);
    await accessible(page, report, ['scrollable-region-focusable', 'target-size', 'meta-viewport']);
  });

  if (light.background === dark.background) report('dark', `stays ${light.background}`);
  if (light.scripts > 0) report('script', `${light.scripts} script elements`);
  if (plain.letters !== light.letters || plain.formulas !== light.formulas) {
    report('script', 'the page differs without JavaScript');
  }
  for (const tex of new Set(light.tex)) report('math', `TeX in the text: ${tex}`);
  if (light.flat > 0) report('math', `${light.flat} formulas have no size`);
  if (light.crooked > 0) report('math', `${light.crooked} tables are not aligned`);
  if (light.nameless > 0) report('svg', `${light.nameless} drawings have no name`);
  for (const [theme, { pale }] of Object.entries({ light, dark })) {
    if (pale > 0) report('svg', `${pale} texts are too pale in ${theme}`);
  }
  follow(file, light.links, report);
}

const failures = new Map(files.map((file) => [file, []]));
for (const file of files) {
  const report = (check, what) => failures.get(file).push(`${check}: ${what}`);
  await check(file, report).catch((error) => report('page', error.message.split('\n')[0]));
}
await browser.close();

// All pages at once: starting Java takes longer than checking a page.
for (let start = 0; start < files.length; start += 200) {
  const some = files.slice(start, start + 200);
  const arguments_ = ['-Xss4m', '-jar', nu, '--format', 'json', '--errors-only', '--exit-zero-always'];
  const { stderr, error } = spawnSync('java', [...arguments_, ...some], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error || !stderr.includes('"messages"')) {
    console.error(`the Nu checker did not run: ${error?.message ?? stderr.slice(0, 200)}`);
    process.exit(2);
  }
  for (const { url, lastLine, message } of JSON.parse(stderr.slice(stderr.indexOf('{'))).messages) {
    failures.get(fileURLToPath(url))?.push(`html: line ${lastLine}: ${message}`);
  }
}

let failed = 0;
for (const [file, lines] of failures) {
  failed += lines.length > 0;
  for (const line of new Set(lines)) console.log(`${file}: ${line}`);
}
console.log(`${files.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
