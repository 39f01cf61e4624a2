'use strict';
// The page reads without this: it filters and sorts the findings, copies what is to be copied, and opens all for print.
(() => {
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const said = one('#said');

  const copyByHand = (pre) => {
    const range = document.createRange();
    range.selectNodeContents(pre);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand('copy');
  };
  for (const button of all('button.copy')) button.hidden = false;
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('button.copy');
    if (!button) return;
    const pre = one('pre', button.parentElement);
    let done = true;
    try {
      await navigator.clipboard.writeText(pre.textContent);
    } catch {
      done = copyByHand(pre);
    }
    said.textContent = done ? 'Copied' : 'Not copied: the text is selected';
    button.textContent = done ? 'Copied' : 'Selected';
    setTimeout(() => { button.textContent = 'Copy'; said.textContent = ''; }, 2000);
  });

  let opened = [];
  addEventListener('beforeprint', () => {
    opened = all('details:not([open])');
    for (const part of opened) part.open = true;
  });
  addEventListener('afterprint', () => {
    for (const part of opened) part.open = false;
  });

  const form = one('#controls');
  if (!form) return;
  const [list, words, order, shown] = ['#list', '#words', '#order', '#shown'].map((selector) => one(selector));
  const severities = ['critical', 'high', 'medium', 'low', 'info'];
  const cards = [...list.children].map((item, place) => ({
    item,
    place,
    severity: [item.dataset.severity],
    check: [item.dataset.check],
    status: [item.dataset.status],
    cohort: [one('.cohort', item).textContent],
    rule: [...new Set(all('.rule', item).map((rule) => rule.textContent))],
    records: Number(item.dataset.records),
    change: Number(item.dataset.change),
    seen: item.dataset.seen,
    text: null,
  }));

  const rank = (name, value) => name === 'severity' ? String(severities.indexOf(value)) : value;
  const byText = (a, b) => a < b ? -1 : Number(a > b);
  const choices = all('select[name]', form);
  for (const select of choices) {
    const counts = new Map();
    for (const card of cards) {
      for (const value of card[select.name]) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    // What all have in common leaves no choice.
    select.parentElement.hidden = counts.size < 2 && [...counts.values()].every((count) => count === cards.length);
    select.append(new Option('all', ''));
    for (const value of [...counts.keys()].sort((a, b) => byText(rank(select.name, a), rank(select.name, b)))) {
      // A value may be the empty text.
      select.append(new Option(`${value} (${counts.get(value)})`, `=${value}`));
    }
  }

  const fits = (card, wanted) => {
    for (const select of choices) {
      if (select.value && !card[select.name].includes(select.value.slice(1))) return false;
    }
    if (wanted.length === 0) return true;
    card.text ??= card.item.textContent.toLowerCase();
    return wanted.every((word) => card.text.includes(word));
  };
  const orders = {
    severity: (a, b) => byText(rank('severity', a.severity[0]), rank('severity', b.severity[0])),
    records: (a, b) => b.records - a.records,
    change: (a, b) => b.change - a.change,
    seen: (a, b) => byText(b.seen, a.seen),
    check: (a, b) => byText(a.check[0], b.check[0]),
    cohort: (a, b) => byText(a.cohort[0], b.cohort[0]),
  };
  // What is not shown is not in the list: a browser lays out thousands of hidden cards slowly.
  const show = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const by = orders[order.value] ?? (() => 0);
    const kept = cards.filter((card) => fits(card, wanted)).sort((a, b) => by(a, b) || a.place - b.place);
    if (kept.length !== list.children.length || kept.some((card, at) => card.item !== list.children[at])) {
      list.replaceChildren(...kept.map((card) => card.item));
    }
    shown.textContent = kept.length === cards.length ? `${cards.length} shown` : `${kept.length} of ${cards.length} shown`;
  };

  let waiting = 0;
  words.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 120);
  });
  form.addEventListener('change', show);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(show));
  show();
  // One finding needs no search.
  form.hidden = cards.length < 2;
})();
