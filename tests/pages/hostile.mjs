// Opens pages made of a hostile scenario, with scripts allowed: nothing may run or be requested.
//
//   node hostile.mjs PROGRAM
//
// PROGRAM renders hostile.yaml as a sheet, and as a page of a course whose other texts are hostile
// too. Every page is opened, everything in it is hovered over, clicked, focused and toggled.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const program = resolve(process.argv[2] ?? 'target/release/gradsheet');
const desk = mkdtempSync(join(tmpdir(), 'hostile-'));
const problems = [];

const course = join(desk, 'course');
mkdirSync(course);
cpSync(join(here, 'hostile.yaml'), join(course, 'hostile.yaml'));
writeFileSync(join(course, 'page.md'), `---
title: "<script>window.pwned = 'page title'</script>"
---
# <img src=x onerror="window.pwned = 'page'">

[a](javascript:window.pwned=1) <script>window.pwned = 'page script'</script>
`);
writeFileSync(join(course, 'gradsheet.yaml'), `title: "Course </title><script>window.pwned = 'course title'</script>"
footer: "<script>window.pwned = 'footer'</script> [a](javascript:window.pwned=1)"
license: "<svg onload='window.pwned = 1'>"
`);
execFileSync(program, ['render', join(course, 'hostile.yaml'), '-o', join(desk, 'sheet')]);
execFileSync(program, ['site', course, '-o', join(desk, 'site')], {
  env: { ...process.env, XDG_CACHE_HOME: join(desk, 'cache') },
});

// A colour that ends the style sheet is no colour.
for (const accent of ['#0b62a8</style><script>window.pwned=1</script>', 'red;}</style>', 'url(https://example.com/)']) {
  writeFileSync(join(course, 'gradsheet.yaml'), `title: T\ntheme: {accent: "${accent}"}\n`);
  const done = spawnSync(program, ['site', course, '-o', join(desk, 'refused')], { encoding: 'utf8' });
  if (done.status !== 2 || !done.stderr.includes('theme.accent')) problems.push(`the colour ${accent} is accepted`);
}

const find = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path).flatMap((name) => find(join(path, name)))
    : path.endsWith('.html') ? [path] : [];
const files = [...find(join(desk, 'sheet')), ...find(join(desk, 'site'))];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
for (const file of files) {
  const page = await browser.newPage();
  const wrong = (what) => problems.push(`${file.slice(desk.length + 1)}: ${what}`);
  page.on('dialog', (dialog) => { wrong(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('popup', (popup) => wrong(`window: ${popup.url()}`));
  await page.route('**/*', (route) => {
    const url = route.request().url();
    if (url.startsWith('file:') || url.startsWith('data:')) return route.continue();
    wrong(`request: ${url}`);
    return route.abort();
  });
  await page.goto(pathToFileURL(file).href);
  const found = await page.evaluate(() => {
    const all = [...document.querySelectorAll('*')];
    for (const element of all) {
      for (const kind of ['mouseover', 'focus', 'toggle', 'error', 'load']) element.dispatchEvent(new Event(kind));
      if (!(element instanceof HTMLAnchorElement) || element.protocol === 'javascript:') element.click?.();
    }
    return {
      pwned: window.pwned,
      scripts: document.scripts.length,
      frames: document.querySelectorAll('iframe, object, embed, link[rel=stylesheet], base, meta[http-equiv]').length,
      handlers: all.flatMap((element) => [...element.attributes].map((one) => one.name).filter((name) => name.startsWith('on'))),
      addresses: all.flatMap((element) => [element.getAttribute('href'), element.getAttribute('src')])
        .filter((address) => address && /^\s*(javascript|vbscript|data:text)/i.test(address)),
    };
  });
  await page.waitForTimeout(100);
  const pwned = found.pwned ?? (await page.evaluate(() => window.pwned));
  if (pwned !== undefined) wrong(`ran: ${pwned}`);
  if (found.scripts + found.frames > 0) wrong(`${found.scripts} scripts, ${found.frames} frames and the like`);
  for (const name of found.handlers) wrong(`handler: ${name}`);
  for (const address of found.addresses) wrong(`address: ${address}`);
  await page.close();
}
await browser.close();
rmSync(desk, { recursive: true });
problems.forEach((problem) => console.log(problem));
console.log(`${files.length} hostile pages, ${problems.length} problems`);
process.exit(problems.length > 0 || files.length < 5 ? 1 : 0);
