import { parser } from "@prometheus-io/lezer-promql";

type Node = ReturnType<typeof parser.parse>["topNode"];

/** A matcher of a selector, such as `queue=~"ocr|parse"`. */
export interface Matcher {
  readonly label: string;
  readonly op: string;
  readonly value: string;
}

/** A selector of series. */
export interface Selector {
  /** Names of metrics: one, or those that a pattern on `__name__` lists. */
  readonly metrics: readonly string[];
  /** Without that of `__name__`. */
  readonly matchers: readonly Matcher[];
  /** As it stands in the query. */
  readonly text: string;
}

/** What a query names, and what comes out of it. */
export interface ReadQuery {
  readonly selectors: readonly Selector[];
  /** Labels that its values can have. */
  readonly labels: ReadonlySet<string>;
  /** What cannot be right, in sentences. */
  readonly problems: readonly string[];
}

/** The labels that series of a metric have; `undefined` for a metric that nobody has. */
export type LabelsOf = (metric: string) => readonly string[] | undefined;

/** Operators after which both sides' labels may be there. */
const SET_OPERATORS = ["And", "Unless"];

/**
 * Reads a query by Prometheus' own grammar, and follows the labels through it: none is asked for
 * that what is inside does not have.
 *
 * @param query PromQL, without variables
 * @param labelsOf what is known of metrics
 */
export function readQuery(query: string, labelsOf: LabelsOf): ReadQuery {
  const selectors: Selector[] = [];
  const problems: string[] = [];
  const textOf = (node: Node) => query.slice(node.from, node.to);

  parser.parse(query).iterate({
    enter(node) {
      if (node.type.isError) {
        problems.push(`it is no PromQL at ${JSON.stringify(textOf(node.node))}`);
      }
    },
  });

  function namesIn(node: Node | null): string[] {
    return node?.getChildren("LabelName").map(textOf) ?? [];
  }

  function need(wanted: readonly string[], have: ReadonlySet<string>, where: string): void {
    for (const label of wanted) {
      if (!have.has(label)) problems.push(`${where} has no label ${label}`);
    }
  }

  function readSelector(node: Node): Set<string> {
    const all = (node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [])
      .map((matcher): Matcher => ({
        label: textOf(matcher.getChild("LabelName")!),
        op: textOf(matcher.getChild("MatchOp")!),
        value: JSON.parse(textOf(matcher.getChild("StringLiteral")!)),
      }));
    const identifier = node.getChild("Identifier");
    const listed = all.find(({ label }) => label === "__name__")?.value.split("|") ?? [];
    const metrics = identifier ? [textOf(identifier)] : listed;
    const matchers = all.filter(({ label }) => label !== "__name__");
    selectors.push({ metrics, matchers, text: textOf(node) });
    const labels = new Set<string>();
    for (const metric of metrics) {
      const known = labelsOf(metric);
      if (!known) problems.push(`nobody has the metric ${metric}`);
      for (const label of known ?? []) labels.add(label);
      if (known) need(matchers.map(({ label }) => label), new Set(known), metric);
    }
    if (metrics.length === 0) problems.push(`${textOf(node)} names no metric`);
    return labels;
  }

  function readAggregate(node: Node): Set<string> {
    const inside = readAll(node.getChild("FunctionCallBody"));
    const modifier = node.getChild("AggregateModifier");
    const by = namesIn(modifier?.getChild("GroupingLabels") ?? null);
    need(by, inside, `what ${textOf(node).slice(0, 60)}… adds up`);
    return new Set(by);
  }

  function readCall(node: Node): Set<string> {
    const inside = readAll(node.getChild("FunctionCallBody"));
    const name = textOf(node.getChild("FunctionIdentifier")!);
    if (name === "histogram_quantile") {
      need(["le"], inside, "what histogram_quantile is made of");
      inside.delete("le");
    }
    return name === "absent" ? new Set() : inside;
  }

  function readBinary(node: Node): Set<string> {
    const [first, last] = [node.firstChild, node.lastChild];
    const [left, right] = [read(first), read(last)];
    const clause = node.getChild("MatchingModifierClause");
    const groups = clause?.getChildren("GroupingLabels") ?? [];
    const on = clause?.getChild("On") ? namesIn(groups[0] ?? null) : undefined;
    if (on) {
      need(on, left, "the left side");
      need(on, right, "the right side");
    }
    if (node.getChild("Or")) return left.union(right);
    if (clause?.getChild("GroupLeft")) {
      const taken = namesIn(groups[on ? 1 : 0] ?? null);
      need(taken, right, "the right side");
      return left.union(new Set(taken));
    }
    const isSet = SET_OPERATORS.some((name) => node.getChild(name));
    return on && !isSet && isVector(last) ? new Set(on) : left.size > 0 ? left : right;
  }

  function isVector(node: Node | null): boolean {
    return node !== null && node.name !== "NumberDurationLiteral";
  }

  function readAll(node: Node | null): Set<string> {
    let labels = new Set<string>();
    for (let child = node?.firstChild; child; child = child.nextSibling) {
      labels = labels.union(read(child));
    }
    return labels;
  }

  function read(node: Node | null): Set<string> {
    switch (node?.name) {
      case "VectorSelector":
        return readSelector(node);
      case "AggregateExpr":
        return readAggregate(node);
      case "FunctionCall":
        return readCall(node);
      case "BinaryExpr":
        return readBinary(node);
      default:
        return readAll(node);
    }
  }

  const labels = read(parser.parse(query).topNode);
  return { selectors, labels, problems };
}
