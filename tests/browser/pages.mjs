// The reports under test: the demo's, and generated ones with no, one, many and hostile findings, written by the program itself.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '../..');
const program = resolve(root, process.env.LOGDRIFT ?? 'target/release/logdrift');
const folder = mkdtempSync(join(tmpdir(), 'logdrift-browser-'));

/** Where screenshots and the printed page are left. */
export const shots = resolve(root, process.env.SHOTS ?? 'target/browser');
mkdirSync(shots, { recursive: true });

const sample = () => JSON.parse(readFileSync(join(root, 'reports/sample.json'), 'utf8'));
const key = (number) => number.toString(16).padStart(16, '0');

/** A report with so many root findings of all severities, checks, cohorts and statuses. */
const report = (count) => {
  const report = sample();
  const [first] = report.findings;
  const severities = ['critical', 'high', 'medium', 'low', 'info'];
  const checks = ['new-code', 'field-emptied', 'format-changed', 'value-appeared', 'volume-dropped'];
  report.findings = Array.from({ length: count }, (_, at) => ({
    ...first,
    key: key(at),
    severity: severities[Math.floor(at * severities.length / count)],
    check: checks[at % checks.length],
    status: at % 7 === 3 ? 'known' : 'new',
    path: `properties.field${at}.name`,
    value: null,
    cohort: at % 3 ? { path: 'resultType', value: String(50_000 + at % 40) } : null,
    after: { records: 40_000, count: 1 + (at * 7919) % 40_000 },
    series: first.series.map((point, day) => ({ ...point, count: (at * 31 + day * 17) % 50 })),
    echoes: [],
    rules: at % 50 ? [] : [rule(at)],
    suggestion: { query: `SigninLogs\n| where ResultType == "${at}"`, patch: '' },
  }));
  if (count === 0) Object.assign(report, { verdict: 'clean', sign_ins: null, ended: [] });
  return report;
};

const rule = (at) => ({
  id: `rule-${at}`, title: `Rule ${at}`, file: `rules/${at}.kql`, line: 3, effect: ['blind', 'unreached', 'weakened', 'noisy'][at / 50 % 4],
  clause: 'isnotempty(Location)', why: 'Location holds nothing any more', lost: null, query: null, witness: null,
});

/** What somebody might write into a log to be more than text. */
export const hostile = `"'><img src=x onerror="hacked=1"></script></style></pre><script>hacked=1</script>\u202e\u0000${'w'.repeat(400)}`;
const poisoned = () => {
  const fixed = ['schema', 'severity', 'status', 'fail_on', 'verdict', 'outcome', 'before', 'after', 'lost', 'witness'];
  const poison = (value) => {
    if (typeof value === 'string') return hostile;
    if (Array.isArray(value)) return value.map(poison);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fixed.includes(name) ? inner : poison(inner)]));
  };
  const one = sample();
  one.findings[0].rules = [rule(0)];
  one.findings[0].suggestion = { query: 'q', patch: 'p' };
  return poison(one);
};

const written = (name, report) => {
  const [json, html] = ['json', 'html'].map((ending) => join(folder, `${name}.${ending}`));
  writeFileSync(json, JSON.stringify(report));
  execFileSync(program, ['report', json, '--output', html], { stdio: 'inherit' });
  return pathToFileURL(html).href;
};

/** Addresses of the pages by name. */
export const pages = {
  demo: pathToFileURL(join(root, 'reports/demo.html')).href,
  sample: written('sample', sample()),
  none: written('none', report(0)),
  one: written('one', report(1)),
  many: written('many', report(5_000)),
  hostile: written('hostile', poisoned()),
};
