import assert from "node:assert/strict";
import { notesOf, releaseNotes } from "./changelog.ts";
import { judgeRelease, type ReleaseFacts } from "./judge_release.ts";
import { placesOf, versionsIn, withVersion } from "./version_places.ts";

const pure = { permissions: "none" } as const;

const facts: ReleaseFacts = {
  changes: [],
  tags: ["v0.9.0", "v0.10.0", "nightly"],
  versions: new Map([["runtime/deno.json", ["1.0.0"]], ["Dockerfile", ["1.0.0"]]]),
  notes: "### Added\n\n- All.",
};

Deno.test("[T7] a checkout that is in order may be released, and no other", pure, () => {
  assert.deepEqual(judgeRelease("1.0.0", facts), []);
  const cases: readonly [Partial<ReleaseFacts>, RegExp][] = [
    [{ changes: [" M a.ts"] }, /^1 files are not committed: {2}M a\.ts$/],
    [{ tags: ["v1.0.0"] }, /^1\.0\.0 is released already/],
    [{ tags: ["v1.0.1"] }, /^1\.0\.1 is released already/],
    [{ versions: new Map([["Dockerfile", ["0.1.0", "0.1.0"]]]) }, /^Dockerfile says 0\.1\.0; make/],
    [{ versions: new Map([["Dockerfile", []]]) }, /^Dockerfile names no version$/],
    [{ notes: undefined }, /^CHANGELOG\.md has nothing below/],
    [{ notes: "" }, /^CHANGELOG\.md has nothing below/],
  ];
  for (const [change, expected] of cases) {
    const [problem = "", ...more] = judgeRelease("1.0.0", { ...facts, ...change });
    assert.match(problem, expected);
    assert.deepEqual(more, []);
  }
  assert.match(judgeRelease("v1", facts)[0] ?? "", /^the version is "v1"; allowed: as 1\.2\.3/);
  const before = { ...facts, versions: new Map([["Dockerfile", ["1.0.0-rc.1"]]]) };
  assert.deepEqual(judgeRelease("1.0.0-rc.1", before), []);
});

Deno.test("[T7] every place of a version is read and written", pure, () => {
  const texts: Readonly<Record<string, string>> = {
    "runtime/deno.json": '{\n  "version": "0.1.0",\n  "imports": { "a": "npm:a@2.0.0" }\n}\n',
    "Dockerfile": "ARG DENO_VERSION=2.9.6\nARG VERSION=0.1.0\n",
    "deploy/helm-charts/asya-gateway/Chart.yaml": "version: 0.1.0\nappVersion: 0.1.0\n",
    "runtime/README.md": '"@asya/runtime": "jsr:@asya/runtime@^0.1.0"\n',
    "docs/images.md": "docker run asya-gateway:0.1.0-compiled\n",
  };
  const places = placesOf([...Object.keys(texts), "README.md", "x/deno.json"], ["runtime"]);
  assert.deepEqual(places.map(({ path }) => path), Object.keys(texts));
  for (const place of places) {
    const text = texts[place.path] ?? "";
    assert.deepEqual(new Set(versionsIn(text, place)), new Set(["0.1.0"]), place.path);
    assert.equal(withVersion(text, place, "0.2.0"), text.replaceAll("0.1.0", "0.2.0"));
  }
});

Deno.test("[T7] what is not released gets a version and a day, once", pure, () => {
  const text = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- All.\n\n## [0.1.0] - 2026-01-01\n";
  const released = releaseNotes(text, "0.2.0", "2026-02-03") ?? "";
  assert.equal(notesOf(released, "0.2.0"), "### Added\n\n- All.");
  assert.equal(notesOf(released, "0.1.0"), "");
  assert.equal(releaseNotes(released, "0.3.0", "2026-02-04"), undefined);
});
