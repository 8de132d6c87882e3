import assert from "node:assert/strict";
import { parseImageHeader } from "./image_header.ts";

const png = Uint8Array.fromHex(
  "89504e470d0a1a0a" + "0000000d49484452" + "000004d8" + "000006da" + "08000000",
);
/** A JFIF segment, a fill byte, a quantisation table of no length, and a frame of 1760 × 1248. */
const jpeg = Uint8Array.fromHex(
  "ffd8" + "ffe000044a46" + "ff" + "ffdb0002" + "ffc2000b08" + "06e0" + "04e0" + "01011100",
);

Deno.test("reads the size of a PNG", { permissions: "none" }, () => {
  assert.deepEqual(parseImageHeader(png), { format: "png", widthPx: 1240, heightPx: 1754 });
});

Deno.test("reads the size of a JPEG", { permissions: "none" }, () => {
  assert.deepEqual(parseImageHeader(jpeg), { format: "jpeg", widthPx: 1248, heightPx: 1760 });
});

Deno.test("reads a view into a larger buffer", { permissions: "none" }, () => {
  const larger = new Uint8Array([1, 2, 3, ...png]);
  assert.equal(parseImageHeader(larger.subarray(3))?.widthPx, 1240);
});

const refused = {
  "nothing": "",
  "another format": "474946383961",
  "a page without width": "89504e470d0a1a0a0000000d4948445200000000000006da",
  "a segment that is no segment": "ffd8ffe00004414200000000000000000000",
  "a picture whose segments never end": "ffd8ffe0ffff",
};

for (const [what, hex] of Object.entries(refused)) {
  Deno.test(`knows no size of ${what}`, { permissions: "none" }, () => {
    assert.equal(parseImageHeader(Uint8Array.fromHex(hex)), undefined);
  });
}

Deno.test("knows no size of a header cut off anywhere", { permissions: "none" }, () => {
  for (let end = 0; end < 24; end++) {
    assert.equal(parseImageHeader(png.subarray(0, end)), undefined);
  }
  for (let end = 0; end < 22; end++) {
    assert.equal(parseImageHeader(jpeg.subarray(0, end)), undefined);
  }
});
