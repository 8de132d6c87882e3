import assert from "node:assert/strict";
import { parseDocumentRequest } from "./document_request.ts";

Deno.test("names a document by its first file, without the page", { permissions: "none" }, () => {
  const nameOf = (payload: Record<string, unknown>) => parseDocumentRequest(payload).document;
  assert.equal(nameOf({ pages: ["samples/contract-1.png"] }), "contract");
  assert.equal(nameOf({ page: "samples/2024.png" }), "2024");
  assert.equal(nameOf({ images: ["aGk="] }), "document");
  assert.equal(nameOf({ pages: ["samples/a.png"], document: " Lease " }), "Lease");
});

Deno.test("keeps the order: pages, page, images", { permissions: "none" }, () => {
  const { sources } = parseDocumentRequest({
    images: ["aGk=", "aG8="],
    page: "samples/b.jpg",
    pages: ["samples/a.png"],
  });
  assert.deepEqual(sources.map(({ name }) => name), [
    "samples/a.png",
    "samples/b.jpg",
    "image 1",
    "image 2",
  ]);
});

const refused = {
  "nothing": {},
  "an empty list": { pages: [] },
  "no list": { pages: "samples/invoice.png" },
  "a list of numbers": { images: [1] },
  "a page that is no text": { page: 3 },
  "an absolute path": { page: "/etc/passwd.png" },
  "a way out of the folder": { page: "samples/../ocr.png" },
  "a way out by another slash": { page: "samples/..\\ocr.png" },
  "a folder in the folder": { page: "samples/sheets/a.png" },
  "a hidden file": { page: "samples/.secret.png" },
  "another folder": { page: "invoice.png" },
  "a URL": { page: "file:///samples/invoice.png" },
  "another kind of file": { page: "samples/make_samples.ts" },
  "too many": { images: Array.from({ length: 51 }, () => "aGk=") },
};

for (const [what, payload] of Object.entries(refused)) {
  Deno.test(`refuses ${what}, and says what is allowed`, { permissions: "none" }, () => {
    assert.throws(() => parseDocumentRequest(payload), {
      name: "ValidationError",
      message: /^got .+allowed: /,
    });
  });
}
