import assert from "node:assert/strict";
import { createHandlerContext } from "../handler_context.ts";
import { Ocr } from "./ocr.ts";
import { ocrPermissions } from "./ocr_permissions.ts";
import type { Page } from "./page.ts";

/** What must be read from each sample, whatever else is. */
const samples = {
  "invoice.png": [
    "Northwind Paper Ltd",
    "INVOICE",
    "NP-2024-0117",
    "12 March 2024",
    "472.50",
    "EUR 1,498.81",
  ],
  "letter.png": ["Marlow Bakery Ltd", "Dear Mr Renn", "14 June 2024", "Yours sincerely"],
  "receipt.png": ["THE COPPER KETTLE", "2024-06-03", "004512", "TOTAL $20.45"],
  "form.png": ["application form", "OAKFIELD", "4 July 1991", "For office use only"],
  "noisy.jpg": ["Harrow Metalworks Inc", "HM-88213", "1,840.00", "Total due USD 2,436.00"],
};

const ctx = createHandlerContext();

/** Starts the step, hands it to a test, and ends it. */
async function withOcr(test: (ocr: Ocr) => Promise<void>): Promise<void> {
  const ocr = new Ocr();
  try {
    await ocr.init();
    await test(ocr);
  } finally {
    await ocr.close();
  }
}

async function readOne(ocr: Ocr, payload: Record<string, unknown>): Promise<Page> {
  const answer = await ocr.handle({ payload }, ctx);
  assert.ok(!Array.isArray(answer), "a single page is answered as it is, not as a list");
  return answer;
}

async function readMany(ocr: Ocr, payload: Record<string, unknown>): Promise<Page[]> {
  const answer = await ocr.handle({ payload }, ctx);
  assert.ok(Array.isArray(answer), "several pages are answered as a list");
  return answer;
}

Deno.test("reads the samples", { permissions: ocrPermissions }, async (t) => {
  await withOcr(async (ocr) => {
    for (const [file, words] of Object.entries(samples)) {
      await t.step(file, async () => {
        const page = await readOne(ocr, { page: `samples/${file}` });
        for (const word of words) assert.ok(page.text.includes(word), `${word} in ${page.text}`);
        assert.ok(page.confidence > 80, `confidence ${page.confidence}`);
        assert.match(page.reader, /^tesseract\.js-core \d/);
        assert.equal(page.document, file.replace(/\.\w+$/, ""));
        assert.deepEqual([page.page, page.pages, page.source], [1, 1, `samples/${file}`]);
      });
    }
  });
});

Deno.test("says where the text stands", { permissions: ocrPermissions }, async () => {
  await withOcr(async (ocr) => {
    const { blocks } = await readOne(ocr, { page: "samples/form.png" });
    const [surname, office] = ["Surname", "For office use only"].map((text) =>
      blocks.find((block) => block.text === text)?.box
    );
    assert.ok(surname && office, JSON.stringify(blocks));
    assert.ok(surname.left < surname.right && surname.top < surname.bottom);
    assert.ok(surname.bottom < office.top);
  });
});

Deno.test(
  "a blank page has no text, and is no error",
  { permissions: ocrPermissions },
  async () => {
    await withOcr(async (ocr) => {
      const page = await readOne(ocr, { page: "samples/blank.png" });
      assert.deepEqual([page.text, page.confidence, page.blocks], ["", 0, []]);
    });
  },
);

Deno.test("keeps the order of pages", { permissions: ocrPermissions }, async () => {
  await withOcr(async (ocr) => {
    const pages = ["samples/contract-1.png", "samples/blank.png", "samples/contract-3.png"];
    const read = await readMany(ocr, { pages });
    assert.deepEqual(read.map(({ document, page, pages }) => [document, page, pages]), [
      ["contract", 1, 3],
      ["contract", 2, 3],
      ["contract", 3, 3],
    ]);
    assert.deepEqual(read.map(({ source }) => source), pages);
    assert.match(read[0]!.text, /Page 1 of 3/);
    assert.match(read[2]!.text, /Page 3 of 3/);
  });
});

Deno.test(
  "reads an image that came with the message",
  { permissions: ocrPermissions },
  async () => {
    const image = await Deno.readFile(new URL("samples/receipt.png", import.meta.url));
    await withOcr(async (ocr) => {
      for (const prefix of ["", "data:image/png;base64,"]) {
        const page = await readOne(ocr, { images: [`${prefix}${image.toBase64()}`] });
        assert.match(page.text, /TOTAL \$20\.45/);
        assert.equal(page.source, "image 1");
      }
    });
  },
);

Deno.test("tells how far it is, up to the whole", { permissions: ocrPermissions }, async () => {
  const told: [number, string | undefined][] = [];
  const listening = createHandlerContext({
    progress: (fraction, message) => void told.push([fraction, message]),
  });
  await withOcr(async (ocr) => {
    const pages = ["samples/receipt.png", "samples/blank.png"];
    await ocr.handle({ payload: { pages } }, listening);
  });
  const fractions = told.map(([fraction]) => fraction);
  assert.deepEqual(fractions, fractions.toSorted((one, other) => one - other));
  assert.equal(fractions.at(-1), 1);
  assert.ok(fractions.some((fraction) => fraction > 0 && fraction < 1));
  assert.ok(told.some(([, message]) => message === "reading samples/receipt.png"));
});

Deno.test("refuses what is no page, and reads on", { permissions: ocrPermissions }, async (t) => {
  const invoice = await Deno.readFile(new URL("samples/invoice.png", import.meta.url));
  const base64 = (bytes: Uint8Array) => bytes.toBase64();
  const refused = {
    "another format": [{ images: [base64(new TextEncoder().encode("%PDF-1.7 …"))] }, /"%PDF-1.7"/],
    "no bytes": [{ images: [""] }, /got image 1 with 0 bytes/],
    "what is not base64": [{ images: ["*"] }, /not base64/],
    "a torn image": [{ images: [base64(invoice.subarray(0, 20_000))] }, /cannot be decoded/],
    "a missing file": [{ page: "samples/missing.png" }, /does not exist/],
    "one bad page among good ones": [
      { pages: ["samples/blank.png", "samples/missing.png"] },
      /does not exist/,
    ],
  } as const;
  await withOcr(async (ocr) => {
    for (const [what, [payload, message]] of Object.entries(refused)) {
      await t.step(what, async () => {
        await assert.rejects(ocr.handle({ payload }, ctx), { name: "TerminalError", message });
        await assert.rejects(ocr.handle({ payload }, ctx), /allowed: /);
      });
    }
    await t.step("and reads the next page", async () => {
      assert.match((await readOne(ocr, { page: "samples/receipt.png" })).text, /COPPER KETTLE/);
    });
  });
});

Deno.test("reads nothing for a job that nobody waits for", {
  permissions: ocrPermissions,
}, async () => {
  const over = createHandlerContext({ signal: AbortSignal.abort(new Error("cancelled")) });
  await withOcr(async (ocr) => {
    await assert.rejects(ocr.handle({ payload: { page: "samples/form.png" } }, over), /cancelled/);
  });
});

Deno.test("says so when it may not read its language data", {
  permissions: {
    read: [
      new URL("samples", import.meta.url),
      new URL(".", import.meta.resolve("tesseract.js-core")),
    ],
  },
}, async () => {
  await assert.rejects(withOcr(() => Promise.resolve()), /eng\.traineddata/);
});
