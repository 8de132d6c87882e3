/**
 * Dashboards and rules against what the programs expose, and against what Grafana expects.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Dashboard, Panel, RowPanel } from "@grafana/schema";
import { createLabelsOf, readOwnMetrics } from "./monitoring/known_metrics.ts";
import {
  fillIn,
  panelsOf,
  type PlacedPanel,
  queriesIn,
  readDashboards,
  readRules,
} from "./monitoring/read_monitoring.ts";
import { type ReadQuery, readQuery } from "./monitoring/read_query.ts";

const own = await readOwnMetrics();
const dashboards = await readDashboards();
const rules = await readRules();
const recorded = Object.fromEntries(
  rules.flatMap(({ record }) => record === undefined ? [] : [[record, []]]),
);
const labelsOf = createLabelsOf(own, recorded);
const queries = queriesIn(dashboards, rules);

/** What stands for numbers that the reader writes. */
const CHOSEN = { input_price: "1", output_price: "1" };

function read(expr: string): ReadQuery {
  return readQuery(fillIn(expr, "5m", CHOSEN), labelsOf);
}

/** Metrics that no panel and no rule shows, each with the reason. */
const UNSHOWN: Readonly<Record<string, string>> = {};

Deno.test({
  name: "[X1] every metric and label that a query names is one that a program has",
  permissions: "none",
  fn() {
    assert.ok(own.length > 60 && queries.length > 150, `${own.length} ${queries.length}`);
    const problems = queries.flatMap(({ place, expr }) =>
      read(expr).problems.map((problem) => `${place}: ${problem}`)
    );
    assert.deepEqual(problems, []);
  },
});

Deno.test({
  name: "[X1] labels in legends and in sentences are those that the query's values have",
  permissions: "none",
  fn() {
    const missing = queries.flatMap(({ place, expr, shown }) => {
      const { labels } = read(expr);
      return shown.filter((label) => !labels.has(label)).map((label) => `${place}: ${label}`);
    });
    assert.deepEqual(missing, []);
  },
});

Deno.test({
  name: "[X1] every metric of a program is on a panel or in a rule, or is left out on purpose",
  permissions: "none",
  fn() {
    const named = new Set(
      queries.flatMap(({ expr }) => read(expr).selectors.flatMap(({ metrics }) => metrics)),
    );
    const unshown = own.filter(({ name }) =>
      !["", "_bucket", "_sum", "_count"].some((end) => named.has(name + end))
    );
    assert.deepEqual(unshown.map(({ name }) => name).sort(), Object.keys(UNSHOWN).sort());
  },
});

const wrong: readonly (readonly [string, string, RegExp])[] = [
  ["a metric that nobody has", "asya_gateway_toolz", /nobody has the metric asya_gateway_toolz/],
  [
    "a label that it has not",
    'asya_gateway_tools{tool="a"}',
    /asya_gateway_tools has no label tool/,
  ],
  ["a sum by a label of none", "sum by (tool) (asya_gateway_tools)", /has no label tool/],
  ["a join on a label of one", "up * on (queue) asya_gateway_tools", /has no label queue/],
  [
    "quantiles of no buckets",
    "histogram_quantile(0.5, sum by (route) (rate(asya_gateway_request_duration_seconds_bucket[5m])))",
    /no label le/,
  ],
  ["no PromQL", "sum by (", /no PromQL/],
];

for (const [what, query, expected] of wrong) {
  Deno.test(`a query is found to be wrong: ${what}`, { permissions: "none" }, () => {
    assert.match(read(query).problems.join("; "), expected);
  });
}

Deno.test({
  name: "[X2] dashboards ask whichever data source is chosen, and have no number of one Grafana",
  permissions: "none",
  fn() {
    for (const dashboard of dashboards) {
      assert.equal(dashboard.id, undefined, `${dashboard.title}`);
      const { list = [] } = dashboard.templating ?? {};
      const [first] = list;
      assert.deepEqual([first?.name, first?.type], ["datasource", "datasource"]);
      const text = JSON.stringify(dashboard);
      const sources = Array.from(text.matchAll(/"datasource":(\{.*?"\})/g), ([, source]) => source);
      assert.deepEqual([...new Set(sources)], ['{"type":"prometheus","uid":"${datasource}"}']);
      const variables = new Set(list.map(({ name }) => name));
      const used = Array.from(
        text.matchAll(/\$\{?((?!__)[a-z_]+)/g),
        ([, name = ""]) => name,
      );
      assert.deepEqual([...new Set(used)].filter((name) => !variables.has(name)), []);
    }
  },
});

Deno.test({
  name: "[X2] each panel says what is seen on it, has a unit, and lies on no other",
  permissions: "none",
  fn() {
    for (const dashboard of dashboards) {
      const panels = panelsOf(dashboard);
      const ids = panels.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, `${dashboard.title}`);
      for (const panel of panels) {
        const where = `${dashboard.title}: ${panel.title}`;
        const { x, w } = panel.gridPos;
        assert.ok(x + w <= 24, where);
        if (panel.type === "row") continue;
        const { description = "", fieldConfig, targets = [] } = panel as Panel;
        assert.match(description, /^[A-Z`0-9].*[.?]$/, where);
        assert.ok(fieldConfig?.defaults.unit, where);
        assert.ok(targets.length > 0, where);
      }
      const overlapping = seenTogether(dashboard).flatMap((panels) =>
        panels.flatMap((one, index) =>
          panels.slice(index + 1).filter((other) => overlap(one.gridPos, other.gridPos))
            .map((other) => `${dashboard.title}: ${one.title}, ${other.title}`)
        )
      );
      assert.deepEqual(overlapping, []);
    }
  },
});

/** Panels that are seen at the same time: those of the dashboard, and those of each closed row. */
function seenTogether({ panels = [] }: Dashboard): PlacedPanel[][] {
  const closed = panels.flatMap((panel) =>
    panel.type === "row" ? [(panel as RowPanel).panels] : []
  );
  return [panels, ...closed] as PlacedPanel[][];
}

type Grid = ReturnType<typeof panelsOf>[number]["gridPos"];

function overlap(one: Grid, other: Grid): boolean {
  return one.x < other.x + other.w && other.x < one.x + one.w &&
    one.y < other.y + other.h && other.y < one.y + one.h;
}

Deno.test({
  name: "[X2] links lead to dashboards that there are, with variables that they have",
  permissions: "none",
  fn() {
    const links = dashboards.flatMap((dashboard) =>
      panelsOf(dashboard).flatMap((panel) => (panel as Panel).fieldConfig?.defaults.links ?? [])
    );
    assert.ok(links.length > 3);
    for (const { url } of links as { url: string }[]) {
      const [, uid = "", query = ""] = /^\/d\/([^?]+)\?(.*)$/.exec(url) ?? [];
      const target = dashboards.find((dashboard) => dashboard.uid === uid);
      assert.ok(target, url);
      const names = target.templating?.list?.map(({ name }) => name);
      for (const [, name = ""] of query.matchAll(/var-(\w+)=/g)) {
        assert.ok(names?.includes(name), url);
      }
      for (const [, name = ""] of query.matchAll(/\$\{(\w+):queryparam\}/g)) {
        assert.ok(names?.includes(name), url);
      }
    }
  },
});
