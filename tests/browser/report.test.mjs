// Reports in HTML in a real browser: they load nothing, run nothing of the log's, and are usable by eye, keyboard and screen reader.
// LOGDRIFT names the program, CHROMIUM the browser, SHOTS the folder for screenshots.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { hostile, pages, shots } from './pages.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const desk = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
let browser;

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: quiet });
});
after(() => browser?.close());

/** Opens a page and fails at the end if it said, asked or loaded anything. */
const open = async (context, name, options = {}, use) => {
  const opened = await browser.newContext({ viewport: desk, ...options });
  const page = await opened.newPage();
  const troubles = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && troubles.push(message.text()));
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('dialog', (dialog) => { troubles.push(dialog.message()); dialog.dismiss(); });
  page.on('request', (request) => request.url() !== pages[name] && troubles.push(request.url()));
  await page.goto(pages[name]);
  await use(page, opened, troubles);
  await opened.close();
  assert.deepEqual(troubles, [], `${name} ${context}`);
};

const visible = (page) => page.locator('#list > li').count();

test('every page shows all of its findings soon, and says how many', async (t) => {
  for (const [name, count] of Object.entries({ demo: 1, none: 0, one: 1, many: 5_000 })) {
    await open('shows', name, {}, async (page) => {
      assert.equal(await page.locator('#list > li').count(), count);
      if (count > 1) assert.equal(await page.locator('#shown').textContent(), `${count} shown`);
      await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
      const [size, paint] = await page.evaluate(() => [
        document.documentElement.outerHTML.length,
        performance.getEntriesByName('first-contentful-paint')[0].startTime,
      ]);
      t.diagnostic(`${name}: ${Math.round(size / 1000)} kB, first paint after ${Math.round(paint)} ms`);
    });
  }
});

test('text of the log stays text', async () => {
  await open('hostile', 'hostile', {}, async (page) => {
    assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.locator('script').count(), 1);
    const text = await page.locator('h3').first().textContent();
    assert.ok(text.includes(hostile.slice(0, 60)), text);
    assert.ok(!(await page.content()).includes('\u202e'));
  });
});

test('the policy lets nothing else run or load', async () => {
  const opened = await browser.newContext({ viewport: desk });
  const page = await opened.newPage();
  await page.goto(pages.demo);
  const blocked = await page.evaluate(async () => {
    const found = [];
    addEventListener('securitypolicyviolation', (event) => found.push(event.effectiveDirective));
    const script = Object.assign(document.createElement('script'), { textContent: 'globalThis.hacked = 1' });
    const style = Object.assign(document.createElement('style'), { textContent: 'body { display: none }' });
    const image = Object.assign(document.createElement('img'), { src: 'https://e.example/x.png', alt: '' });
    document.body.append(script, style, image);
    document.body.setAttribute('onclick', 'globalThis.hacked = 1');
    document.body.click();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { found: found.sort(), hacked: globalThis.hacked };
  });
  assert.deepEqual(blocked, { found: ['img-src', 'script-src-attr', 'script-src-elem', 'style-src-elem'], hacked: undefined });
  await opened.close();
});

test('findings are filtered and sorted', async () => {
  await open('filters', 'many', {}, async (page) => {
    const shown = () => page.locator('#shown').textContent();
    await page.selectOption('select[name=severity]', '=critical');
    assert.equal(await shown(), '1000 of 5000 shown');
    assert.equal(await visible(page), 1_000);
    await page.selectOption('select[name=check]', '=new-code');
    assert.equal(await shown(), '200 of 5000 shown');
    await page.selectOption('select[name=cohort]', '=the whole stream');
    await page.selectOption('select[name=status]', '=known');
    await page.fill('#words', 'FIELD45. name');
    await page.waitForFunction(() => document.querySelector('#shown').textContent === '1 of 5000 shown');
    assert.match(await page.locator('#list > li h3').textContent(), /properties\.field45\.name/);
    await page.click('button[type=reset]');
    await page.waitForFunction(() => document.querySelector('#shown').textContent === '5000 shown');
    await page.selectOption('select[name=rule]', '=Rule 100');
    assert.equal(await visible(page), 1);
    await page.click('button[type=reset]');
    await page.selectOption('#order', 'records');
    const records = await page.locator('#list > li').evaluateAll((items) => items.map((item) => Number(item.dataset.records)));
    assert.deepEqual(records, records.toSorted((a, b) => b - a));
    await page.selectOption('#order', 'severity');
    assert.equal(await page.locator('#list > li').first().getAttribute('data-severity'), 'critical');
    await page.selectOption('#order', '');
    assert.equal(await page.locator('#list > li').first().getAttribute('id'), '0000000000000000');
  });
});

test('queries are copied by a button that says so', async () => {
  await open('copies', 'one', { permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
    await page.locator('summary', { hasText: 'Query' }).click();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.waitForFunction(() => document.querySelector('#said').textContent === 'Copied');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'SigninLogs\n| where ResultType == "0"');
  });
});

test('everything is reached and used by keys, and one sees where one is', async () => {
  await open('keys', 'sample', {}, async (page) => {
    const at = () => page.evaluate(() => {
      const it = document.activeElement;
      return { what: it.id || it.textContent.trim().slice(0, 30) || it.tagName, tag: it.tagName, outline: parseFloat(getComputedStyle(it).outlineWidth) };
    });
    await page.keyboard.press('Tab');
    assert.equal((await at()).what, 'Skip to the findings');
    await page.keyboard.press('Enter');
    assert.equal((await at()).what, 'findings');
    await page.keyboard.press('Tab');
    assert.equal((await at()).what, 'words');
    await page.keyboard.type('no such word');
    await page.waitForFunction(() => document.querySelector('#shown').textContent === '0 of 4 shown');
    await page.locator('#words').fill('');
    await page.waitForFunction(() => document.querySelector('#shown').textContent === '4 shown');
    const seen = new Set();
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab');
      const { what, tag, outline } = await at();
      if (tag === 'BODY') break;
      assert.ok(outline >= 2, `${what} shows no focus`);
      seen.add(tag);
      if (tag === 'SUMMARY') await page.keyboard.press('Enter');
    }
    assert.ok(['A', 'BUTTON', 'SELECT', 'SUMMARY'].every((tag) => seen.has(tag)), [...seen].join(' '));
    assert.equal(await page.locator('details:not([open])').count(), 0);
  });
});

test('nothing is wider than a phone', async () => {
  for (const name of Object.keys(pages)) {
    await open('on a phone', name, { viewport: phone, hasTouch: true }, async (page) => {
      await page.evaluate(() => document.querySelectorAll('#list > li:nth-child(-n+20) details').forEach((part) => { part.open = true; }));
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= phone.width, name);
    });
  }
});

test('without script all is there', async () => {
  await open('without script', 'demo', { javaScriptEnabled: false }, async (page) => {
    assert.equal(await visible(page), 1);
    assert.ok(await page.locator('#controls').isHidden());
    await page.locator('summary', { hasText: 'echoes' }).click();
    assert.ok(await page.locator('.echoes li').first().isVisible());
    assert.equal(await page.getByRole('button', { name: 'Copy' }).count(), 0);
  });
});

test('on paper all is open, and what is to be clicked is gone', async () => {
  await open('on paper', 'sample', {}, async (page) => {
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator('#controls').isHidden());
    assert.ok((await page.locator('.echoes li').first().boundingBox()).height > 10);
    await page.pdf({ path: join(shots, 'sample.pdf'), format: 'A4', printBackground: true });
  });
});

test('axe finds nothing serious in light and dark', async (t) => {
  for (const colorScheme of ['light', 'dark']) {
    for (const name of Object.keys(pages)) {
      await open(colorScheme, name, { colorScheme }, async (page) => {
        await page.evaluate(() => {
          document.querySelectorAll('#list > li:nth-child(n+21)').forEach((item) => item.remove());
          document.querySelectorAll('details').forEach((part) => { part.open = true; });
        });
        await page.evaluate(axe);
        const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
        const grave = violations.filter((one) => ['serious', 'critical'].includes(one.impact));
        t.diagnostic(`${name} ${colorScheme}: ${passes.length} rules passed, ${violations.map((one) => `${one.impact} ${one.id}`).join(', ') || 'none broken'}`);
        assert.deepEqual(grave.map((one) => [one.id, one.nodes.map((node) => node.html).slice(0, 3)]), [], `${name} ${colorScheme}`);
      });
    }
  }
});

test('screenshots for the eye', async () => {
  const views = { light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' }, phone: { viewport: phone, deviceScaleFactor: 2 } };
  for (const name of ['demo', 'sample', 'none']) {
    for (const [view, options] of Object.entries(views)) {
      await open(view, name, options, async (page) => {
        // What is out of sight is not painted.
        await page.evaluate(() => document.querySelectorAll('#list > li').forEach((item) => { item.style.contentVisibility = 'visible'; }));
        await page.screenshot({ path: join(shots, `${name}-${view}.png`), fullPage: true });
      });
    }
  }
  await open('print', 'sample', {}, async (page) => {
    await page.emulateMedia({ media: 'print' });
    await page.screenshot({ path: join(shots, 'sample-print.png'), fullPage: true });
  });
  await open('many', 'many', {}, (page) => page.screenshot({ path: join(shots, 'many-light.png') }));
});
