// Drives the preview with a real browser: a page follows what is saved, shows what is wrong, and
// forgets it when it is mended; and the server answers nobody else.
//
//   node serve.mjs PATH_OF_GRADSHEET
//
// Every failure is a line; the exit status is 1 if there is one.
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const program = resolve(process.argv[2] ?? 'target/release/gradsheet');
const top = mkdtempSync(join(tmpdir(), 'preview-'));
const course = join(top, 'course');
mkdirSync(join(course, 'week'), { recursive: true });
const sheet = (rate, more = '') => `title: One step
setups:
  point:
    model: "loss = 1/2 * w^2"
    init: {w: 1}
    iterations: 1
    optimizers: {sgd: {kind: sgd, learning_rate: ${rate}}}
cells:
  - question: A step
    parts:
      - ask: "What is $w$?"
        solution: "It is $<< point.sgd.t1.w | tex >>$."
${more}`;
const save = (name, text) => writeFileSync(join(course, name), text);
save('week/a sheet.yaml', sheet('0.25'));
save('notes.md', '# Notes\n\nSee [the sheet](<week/a sheet.yaml>) and [points](points.csv).\n');
save('points.csv', 'x\n1\n');
save('secret.csv', 'x\n2\n');
writeFileSync(join(top, 'outside.csv'), 'x\n3\n');

const faults = [];
const hold = (condition, what) => { if (!condition) faults.push(what); };

const server = spawn(program, ['serve', course, '--port', '0'], {
  stdio: ['ignore', 'inherit', 'pipe'],
  env: { ...process.env, XDG_CACHE_HOME: join(top, 'cache') },
});
let told = '';
const address = await new Promise((done, fail) => {
  server.on('exit', (code) => fail(new Error(`the preview ended with ${code}: ${told}`)));
  server.stderr.on('data', (bytes) => {
    told += bytes;
    const found = told.match(/http:\/\/127\.0\.0\.1:\d+\//);
    if (found) done(found[0]);
  });
});
server.removeAllListeners('exit');
const { port } = new URL(address);

/** One request as it is, with any path and host. */
const ask = (path, { host = `127.0.0.1:${port}`, method = 'GET' } = {}) =>
  new Promise((done, fail) => {
    const query = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (answer) => {
      let text = '';
      answer.on('data', (bytes) => { text += bytes; });
      answer.on('end', () => done({ status: answer.statusCode, text }));
    });
    query.on('error', fail);
    query.end();
  });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const page = await browser.newPage();
  const wrong = [];
  const foreign = [];
  page.on('console', (message) => { if (message.type() === 'error') wrong.push(message.text()); });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (query) => { if (!query.url().startsWith(address)) foreign.push(query.url()); });
  const shows = async (text, what) => {
    const begun = performance.now();
    await page.waitForFunction(
      (part) => document.body?.textContent.includes(part), text, { timeout: 20_000, polling: 10 },
    ).catch(() => faults.push(`${what}: the page never shows ${text}`));
    return Math.round(performance.now() - begun);
  };

  await page.goto(`${address}week/a%20sheet.html`);
  await shows('A step', 'first look');
  await page.evaluate(() => { document.querySelector('details.solution').open = true; });
  hold((await page.locator('details.solution').innerText()).includes('0.75'), '1 - 0.25 is 0.75');

  // Saved: the page follows, and what was unfolded stays so.
  save('week/a sheet.yaml', sheet('0.5'));
  const followed = await shows('0.5', 'after a change');
  hold(!(await page.locator('body').innerText()).includes('0.75'), 'the old number is gone');
  hold(await page.locator('details.solution').evaluate((fold) => fold.open), 'the fold stays open');

  // Broken: the page shows what the terminal shows.
  save('week/a sheet.yaml', sheet('0.5', '  - qestion: B\n'));
  const broken = await shows('did you mean `question`', 'after a mistake');
  const shown = await page.locator('.wrong pre').innerText();
  hold(/a sheet\.yaml:\d+:\d+/.test(shown), `the fault has its place: ${shown}`);
  hold(told.includes(shown.trim()), `the terminal shows the same: ${told} --- ${shown}`);

  // Mended: it goes.
  save('week/a sheet.yaml', sheet('0.125'));
  const mended = await shows('A step', 'after mending');
  hold(await page.locator('.wrong').count() === 0, 'the fault is gone');
  hold((await page.locator('details.solution').textContent()).includes('0.875'), '1 - 0.125 is 0.875');

  // A course file is broken for all pages, and mended for all.
  save('gradsheet.yaml', 'titel: T\n');
  await shows('did you mean `title`', 'with a wrong course file');
  save('gradsheet.yaml', 'title: Mended\n');
  await shows('Mended', 'with a right course file');

  // A page that is not shown elsewhere leaves this one alone.
  let loads = 0;
  page.on('load', () => { loads += 1; });
  save('notes.md', '# Notes\n\nOther words, [points](points.csv).\n');
  await page.waitForTimeout(500);
  hold(loads === 0, 'a change of another page does not reload this one');

  hold((await ask('/points.csv')).status === 200, 'a linked file is served');
  for (const path of [
    '/secret.csv', '/../outside.csv', '/..%2foutside.csv', '/week/../../outside.csv', '/notes.md',
    '/gradsheet.yaml', '/etc/passwd', '//etc/passwd', '/%00', '/%ff',
  ]) {
    const answer = await ask(path);
    hold(answer.status >= 400 && !/root:|^x$/m.test(answer.text), `${path} is not served: ${answer.status}`);
  }
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `localhost.evil.example:${port}`]) {
    hold((await ask('/', { host })).status === 421, `${host} is refused`);
  }
  hold((await ask('/', { host: `localhost:${port}` })).status === 200, 'localhost is served');
  hold((await ask('/', { method: 'POST' })).status === 405, 'POST is refused');
  // The missing page's status is the only complaint a browser may have had.
  hold(wrong.length === 0, `the browser complains: ${wrong.join('; ')}`);
  hold(foreign.length === 0, `asked elsewhere: ${foreign.join(', ')}`);
  console.log(`from save to sight: ${followed} ms a change, ${broken} ms a mistake, ${mended} ms its mending`);
} catch (error) {
  faults.push(String(error));
} finally {
  await browser.close();
  server.kill();
  rmSync(top, { recursive: true, force: true });
}
faults.forEach((fault) => console.log(`preview: ${fault}`));
console.log(faults.length === 0 ? 'the preview holds' : `${faults.length} failed`);
process.exit(faults.length === 0 ? 0 : 1);
