//! Examples that stand below the help texts.

pub(super) const TOP: &str = "\
Exit codes:
  0  clean, or nothing that fails the check
  1  drift
  2  an error, of the arguments too
  3  nothing could be compared
  4  compared, but somebody could not be told

Examples:
  logdrift demo                                                see it work on generated logs
  logdrift learn logs/2026-02/ --source entra-signin                  make a baseline of a month
  logdrift check logs/2026-03-01.json.gz --source entra-signin        compare a day with it";

pub(super) const LEARN: &str = "\
Examples:
  logdrift learn logs/2026-02/ --source entra-signin
  logdrift learn 'logs/*.json.gz' --source entra-signin --store /var/lib/logdrift/entra.db
  zcat signins.csv.gz | logdrift learn - --source entra-signin
  logdrift learn app.jsonl --source generic --name app --time ts --code result --cohort app --actor user.name";

pub(super) const CHECK: &str = "\
Examples:
  logdrift check logs/2026-03-01/ --source entra-signin
  logdrift check today.json --source entra-signin --learn --output report.json --output report.txt
  logdrift check today.json --source entra-signin --baseline entra.baseline --fail-on high
  logdrift check today.json --source entra-signin --format json --exit-zero
  logdrift check today.json --source entra-signin --expect roll-out.toml
  logdrift check today.json --source entra-signin --rules detections/ -o drift.sarif -o drift.html
  logdrift check march.fp --source entra-signin";

pub(super) const DIFF: &str = "\
Examples:
  logdrift diff before.json after.json --source entra-signin
  logdrift diff logs/2026-02/ logs/2026-03/ --source entra-signin --format json --fail-on never
  logdrift diff february.fp march.fp --source entra-signin";

pub(super) const BASELINE: &str = "\
Examples:
  logdrift baseline list
  logdrift baseline show --source entra-signin
  logdrift baseline diff 2026-02-01 2026-03-01 --source entra-signin
  logdrift baseline export --source entra-signin -o entra.baseline
  logdrift baseline import entra.baseline --source entra-signin --store other.db
  logdrift baseline import march.fp --source entra-signin
  logdrift baseline log --source entra-signin
  logdrift baseline exclude 2026-03-06 --source entra-signin --reason 'outage of the gateway'
  logdrift baseline rollback 12 --source entra-signin";

pub(super) const BASELINE_LIST: &str = "\
Examples:
  logdrift baseline list
  logdrift baseline list --store /var/lib/logdrift/entra.db";

pub(super) const BASELINE_SHOW: &str = "\
Example:
  logdrift baseline show --source entra-signin";

pub(super) const BASELINE_LOG: &str = "\
Example:
  logdrift baseline log --source entra-signin";

pub(super) const BASELINE_EXPORT: &str = "\
The file is text that diffs well, with a digest that tells edits.

Examples:
  logdrift baseline export --source entra-signin -o entra.baseline
  logdrift baseline export --source entra-signin -o shared.baseline --anonymous";

pub(super) const BASELINE_IMPORT: &str = "\
Windows that were imported take no more records.

Examples:
  logdrift baseline import entra.baseline --source entra-signin --store other.db
  logdrift baseline import march.fp --source entra-signin";

pub(super) const BASELINE_EXCLUDE: &str = "\
Records of the windows stay known, so that learning the same logs again does not bring them back.

Examples:
  logdrift baseline exclude 2026-03-06 2026-03-07 --source entra-signin --reason 'outage of the gateway'
  logdrift baseline exclude 2026-03-06T04:00Z --source entra-signin --reason INC-4711";

pub(super) const BASELINE_INCLUDE: &str = "\
Example:
  logdrift baseline include 2026-03-06 --source entra-signin";

pub(super) const BASELINE_ROLLBACK: &str = "\
What was learnt since then can be learnt again. The last 100 versions are kept.

Examples:
  logdrift baseline log --source entra-signin
  logdrift baseline rollback 12 --source entra-signin --reason 'learnt the wrong folder'";

pub(super) const ACCEPT: &str = "\
An accepted finding and its echoes are still listed, but do not count for the verdict and the exit code, and \
`check --learn` learns windows in which nothing else was found. When the acceptance ends, what was learnt under it leaves \
the baseline, and the finding is new if the drift is still there.

Examples:
  logdrift accept 9f271fd33edb18d3 --reason 'passwordless roll-out, rules adapted in SOC-812'
  logdrift accept 9f27 c08a --reason 'provider works on it' --until 2099-03-31
  logdrift accept --list
  logdrift accept --withdraw 9f27 --reason 'provider says it was a mistake'";

pub(super) const REPORT: &str = "\
The exit code is 0 whatever the verdict was.

Examples:
  logdrift report
  logdrift report --list
  logdrift report 69a3b1f2-1c4 --format json
  logdrift report 69a3b1f2 --output incident.txt
  logdrift report drift.json --output drift.html";

pub(super) const HISTORY: &str = "\
Examples:
  logdrift history properties.location.city
  logdrift history user --cohort resultType=50074
  logdrift history resultType=50074 --format json
  logdrift history properties.appId --source entra-signin --format html > app.html";

pub(super) const BASELINE_DIFF: &str = "\
Examples:
  logdrift baseline diff 2026-02-01 2026-03-01 --source entra-signin
  logdrift baseline diff january.baseline february.baseline";

pub(super) const FINGERPRINT: &str = "\
Examples:
  logdrift fingerprint logs/2026-03-01/ --source entra-signin -o march-1.fp
  logdrift fingerprint logs/2026-03-02/ --source entra-signin -o march-2.fp --key march-1.fp.key
  logdrift fingerprint logs/2026-03-03/ --source entra-signin -o march-3.fp --key logdrift.db.key";

pub(super) const MERGE: &str = "\
Example:
  logdrift merge march-1.fp march-2.fp -o march.fp";

pub(super) const SCHEMA_INFER: &str = "\
The schema says what was so in every record that was learnt: types, formats, closed sets whose words
are kept, what is required. Fields that were never seen are allowed.

Examples:
  logdrift schema infer --source entra-signin > entra.schema.json
  logdrift schema infer --source okta-system --store okta.db -o okta.schema.json";

pub(super) const SCHEMA_VALIDATE: &str = "\
Exits with 1 if a record does not fit, with 3 if there is none.

Examples:
  logdrift schema validate today.json --source entra-signin
  logdrift schema validate today.json --schema entra.schema.json --format json
  logdrift schema validate logs/ --source okta-system --store okta.db -o violations.json";

pub(super) const SCHEMA_COVERAGE: &str = "\
Documented is what the shipped lists name; `sources NAME` says how long they are.

Examples:
  logdrift schema coverage --source entra-signin
  logdrift schema coverage --source okta-system --store okta.db --format json";

pub(super) const SCHEMA: &str = "\
Examples:
  logdrift schema infer --source entra-signin > entra.schema.json
  logdrift schema validate today.json --source entra-signin
  logdrift schema coverage --source entra-signin
  logdrift schema report > report.schema.json
  logdrift schema expect > expect.schema.json";

pub(super) const EXPLAIN: &str = "\
Examples:
  logdrift explain
  logdrift explain new-code";

pub(super) const SOURCES: &str = "\
Examples:
  logdrift sources
  logdrift sources entra-signin";

pub(super) const DEMO: &str = "\
Examples:
  logdrift demo
  logdrift demo --write demo-logs";

pub(super) const RULES: &str = "\
Read are Sentinel and Defender rules (YAML, KQL, Markdown), Sigma, Elastic, Splunk and Panther rules.

Examples:
  logdrift rules detections/
  logdrift rules detections/ --format json
  logdrift rules detections/ --store logdrift.db
  logdrift rules detections/spray.kql
  logdrift rules test detections/ report.json";

pub(super) const RULES_MATCH: &str = "\
Counted is what a rule looks at before it counts or joins. Exits with 1 if a rule looks at none of
the second log though seven records or more were to be expected, with 3 if a log has no records.
Nothing of the logs is kept.

Examples:
  logdrift rules match detections/ last-week/ today.json";

pub(super) const RULES_TEST: &str = "\
A check with --rules hands over, for each rule that it calls blind or unreached, a record that the
rule looks at and the same record as it is now. Exits with 1 if a rule passes over a record, with 3
if a report has none.

Examples:
  logdrift check today.json --source entra-signin --rules detections/ -o report.json
  logdrift rules test detections/ report.json";

pub(super) const COMPLETIONS: &str = "\
Where shells look for them:
  logdrift completions bash > ~/.local/share/bash-completion/completions/logdrift
  logdrift completions zsh > \"${fpath[1]}/_logdrift\"
  logdrift completions fish > ~/.config/fish/completions/logdrift.fish
  logdrift completions powershell >> $PROFILE";

pub(super) const MAN: &str = "\
Examples:
  logdrift man | man -l -
  logdrift man baseline diff | man -l -
  logdrift man --output /usr/local/share/man/man1";

pub(super) const DOCTOR: &str = "\
Exits with 2 if something is broken. Nothing is changed.

Examples:
  logdrift doctor
  logdrift doctor --store /var/lib/logdrift/entra.db --rules detections/";
pub(super) const AUDIT: &str = "\
An audit is a `check` with the keys of its table; one whose source has no baseline yet says how to make it. Ends with the worst \
exit code: 2 before 4, 1, 3 and 0. With --quiet nothing but the summaries is on stdout.

Examples:
  logdrift audit
  logdrift audit entra --quiet
  logdrift audit --config /etc/logdrift/logdrift.toml";

pub(super) const INIT: &str = "\
Examples:
  logdrift init
  logdrift init /etc/logdrift/logdrift.toml --force";
