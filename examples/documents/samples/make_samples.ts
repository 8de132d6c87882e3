/**
 * Makes the page images of this folder from the HTML in `sheets/`: each sheet is photographed by
 * headless Chromium, then aged by ImageMagick until it looks as if it came out of a scanner.
 *
 * Needs three Debian packages: `apt-get install chromium imagemagick fonts-liberation2`. To be run
 * in `examples/documents/`:
 *
 *     deno run --allow-read=samples --allow-write=samples --allow-run=chromium,convert \
 *       samples/make_samples.ts
 *
 * The noise is seeded, so the same tools give the same images.
 * @module
 */

/** One image to make: what its sheet measures, and what the scanner did to it. */
interface Sample {
  /** File name beside this script; the sheet has the same name, ending in `.html`. */
  image: string;
  /** Size of the sheet in pixels. */
  widthPx: number;
  heightPx: number;
  /** ImageMagick operators, applied in order. */
  scan: readonly string[];
}

const a4 = { widthPx: 1240, heightPx: 1754 };
const receiptRoll = { widthPx: 620, heightPx: 1000 };

/** A decent scanner: a little soft, in sixteen shades of grey. */
const straight = ["-colorspace", "Gray", "-blur", "0x0.5", "-colors", "16"];

/** The same, but the page did not lie straight on the glass; the lid shows at the edges. */
function tilted(degrees: number): string[] {
  return ["-background", "#dcdcda", "-rotate", `${degrees}`, "+repage", ...straight];
}

/** An old copier: tilted, grainy, with dirt on the glass, and washed out. */
const copied = [
  ...["-colorspace", "Gray", "-background", "#dcdcda", "-rotate", "0.9", "+repage"],
  ...["-blur", "0x0.7", "-seed", "7", "-attenuate", "0.9", "+noise", "Gaussian"],
  ...["-seed", "11", "-attenuate", "0.1", "+noise", "Impulse"],
  ...["-blur", "0x0.5", "-colorspace", "Gray", "+level", "30%,85%", "-quality", "40"],
];

const samples: readonly Sample[] = [
  { image: "invoice.png", ...a4, scan: tilted(0.4) },
  { image: "letter.png", ...a4, scan: tilted(-0.3) },
  { image: "receipt.png", ...receiptRoll, scan: tilted(0.5) },
  { image: "form.png", ...a4, scan: straight },
  { image: "noisy.jpg", ...a4, scan: copied },
  { image: "blank.png", ...a4, scan: tilted(0.3) },
  { image: "contract-1.png", ...a4, scan: straight },
  { image: "contract-2.png", ...a4, scan: tilted(0.2) },
  { image: "contract-3.png", ...a4, scan: straight },
];

/** Runs one program to its end. @throws {Error} with what it printed, when it fails. */
async function run(program: string, args: readonly string[]): Promise<void> {
  const output = await new Deno.Command(program, { args: [...args] }).output();
  if (!output.success) {
    const said = new TextDecoder().decode(output.stderr);
    throw new Error(`${program} ended with exit code ${output.code}: ${said}`);
  }
}

/** Photographs the sheet and ages the photograph. */
async function makeSample(sample: Sample): Promise<void> {
  const folder = import.meta.dirname;
  const sheet = sample.image.replace(/\.\w+$/, ".html");
  const image = `${folder}/${sample.image}`;
  const photograph = await Deno.makeTempFile({ dir: folder, suffix: ".png" });
  try {
    await run("chromium", [
      ...["--headless", "--no-sandbox", "--hide-scrollbars", "--force-device-scale-factor=1"],
      `--window-size=${sample.widthPx},${sample.heightPx}`,
      `--screenshot=${photograph}`,
      `file://${folder}/sheets/${sheet}`,
    ]);
    await run("convert", [photograph, ...sample.scan, "-strip", image]);
  } finally {
    await Deno.remove(photograph);
  }
  console.log(`${sample.image}: ${(await Deno.stat(image)).size} bytes`);
}

for (const sample of samples) await makeSample(sample);
