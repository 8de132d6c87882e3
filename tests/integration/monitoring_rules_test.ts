/**
 * Rules of alerts, judged by Prometheus' own tool.
 *
 * @module
 */
import assert from "node:assert/strict";
import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { parse, stringify } from "yaml";
import { findPrometheus, makeTempFolder, pathOf } from "../kit/mod.ts";
import { ALERT_CASES, type AlertCase, type Series } from "./monitoring/alert_cases.ts";
import { readRules, RULE_FILE, type WrittenRule } from "./monitoring/read_monitoring.ts";

const prometheus = await findPrometheus();
const rules = await readRules();
const alerts = rules.filter(({ alert }) => alert !== undefined);

Deno.test({
  name: "[X4] the rules are taken by Prometheus, with nothing to remark",
  ignore: prometheus.isMissing,
  async fn() {
    const { code, output } = await prometheus.promtool(["check", "rules", "--lint=all", RULE_FILE]);
    assert.equal(code, 0, output);
    assert.match(output, new RegExp(`SUCCESS: ${rules.length} rules found`));
  },
});

Deno.test({
  name: "[X4] each alert fires when it should, with its words, and at nothing that is nearly so",
  ignore: prometheus.isMissing,
  async fn() {
    assert.deepEqual(Object.keys(ALERT_CASES), alerts.map(({ alert }) => alert));
    const { code, output } = await test(alerts, toTests);
    assert.equal(code, 0, output);
  },
});

Deno.test({
  name: "an alert that is expected and does not fire is a failure of promtool",
  ignore: prometheus.isMissing,
  async fn() {
    const withNothing = (rule: WrittenRule) =>
      toTests(rule).slice(0, 1).map((test) => ({ ...test, input_series: [] }));
    const { code, output } = await test(alerts.slice(0, 1), withNothing);
    assert.notEqual(code, 0, output);
  },
});

/**
 * Tests alerts, each with no rule beside it but those that keep values: every rule costs at every
 * minute of a test.
 */
async function test(tested: readonly WrittenRule[], toTests: (rule: WrittenRule) => unknown[]) {
  await using folder = await makeTempFolder();
  const records = rules.filter(({ record }) => record !== undefined);
  const files = await Promise.all(tested.map(async (rule) => {
    const needed = records.filter(({ record = "" }) => rule.expr.includes(record));
    const groups = [{ name: "tested", rules: [...needed, rule] }];
    return await folder.write(
      `${rule.alert}_test.yml`,
      stringify({
        rule_files: [await folder.write(`${rule.alert}.yml`, stringify({ groups }))],
        evaluation_interval: "1m",
        tests: toTests(rule),
      }),
    );
  }));
  return await prometheus.promtool(["test", "rules", ...files]);
}

/** Tests of one alert, as promtool reads them: what is wrong, then all that is nearly so. */
function toTests(rule: WrittenRule) {
  const { alert = "" } = rule;
  const found = ALERT_CASES[alert];
  assert.ok(found, alert);
  const { alsoWrong = [], right, firesUnseen = false, at = "1h" } = found;
  const fires = (labels: AlertCase["labels"]) => [{
    exp_labels: { ...labels, ...rule.labels },
    exp_annotations: fillInLabels(rule.annotations ?? {}, labels),
  }];
  const testOf = (series: Series, exp_alerts: readonly unknown[], eval_time = at) => ({
    interval: "1m",
    input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
    alert_rule_test: [{ eval_time, alertname: alert, exp_alerts }],
  });
  return [
    ...[found, ...alsoWrong].map(({ wrong, labels, at }) => testOf(wrong, fires(labels), at)),
    ...right.map((series) => testOf(series, [])),
    testOf({}, firesUnseen ? fires({}) : []),
  ];
}

/** Sentences with the names of what is affected. */
function fillInLabels(
  sentences: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
) {
  return Object.fromEntries(
    Object.entries(sentences).map(([name, text]) => [
      name,
      text.replaceAll(
        /{{ with \$labels\.(\w+) }}(.*?){{ \. }}(.*?){{ end }}/g,
        (_, label, before, after) => label in labels ? before + labels[label] + after : "",
      ).replaceAll(/{{ \$labels\.(\w+) }}/g, (_, label) => labels[label] ?? ""),
    ]),
  );
}

Deno.test("[X4] each alert says what is wrong and how urgent it is, and leads to a heading", async () => {
  for (const { alert = "", labels = {}, annotations = {} } of alerts) {
    assert.ok(["critical", "warning"].includes(labels.severity ?? ""), alert);
    assert.match(annotations.summary ?? "", /^[A-Z].*[^.]$/, alert);
    assert.match(annotations.description ?? "", /[.?]$/, alert);
    const [path = "", anchor] = (annotations.runbook ?? "").split("#");
    const page = await Deno.readTextFile(pathOf(path));
    if (anchor !== undefined) assert.ok(anchorsIn(page).includes(anchor), `${alert}: ${anchor}`);
  }
});

/** The names under which headings can be linked to, as GitHub makes them. */
function anchorsIn(page: string): string[] {
  return Array.from(
    page.matchAll(/^#+ (.*)$/gm),
    ([, heading = ""]) =>
      heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-"),
  );
}

Deno.test("[X4] the resource for Kubernetes has the same rules, and fits its schema", async () => {
  const path = pathOf("deploy/monitoring/kubernetes/prometheus_rule.yaml");
  const resource = parse(await Deno.readTextFile(path));
  const { groups } = parse(await Deno.readTextFile(RULE_FILE));
  assert.deepEqual(resource.spec.groups, groups);
  new PrometheusRule(resource).validate();
  resource.spec.groups[0].rules[0].expr = undefined;
  assert.throws(() => new PrometheusRule(resource).validate());
});
