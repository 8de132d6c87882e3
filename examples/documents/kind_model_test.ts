import assert from "node:assert/strict";
import examples from "./kinds.json" with { type: "json" };
import { guessKind, trainKindModel } from "./kind_model.ts";

const model = trainKindModel(examples);

/** None of these sentences is in the file that the model learnt from. */
const texts = {
  invoice: "Invoice 4471. Bill to: Hazel Pottery. Unit price, amount, VAT. Total due 120.00 GBP.",
  receipt: "Corner shop. 1 umbrella 9.99. Total 9.99. Cash 10.00. Change 0.01. Keep this receipt.",
  letter: "Dear Mrs Moss, I hope you are well. Please write to me soon. Yours sincerely, Ivy.",
  form: "Please complete in capitals. Surname. First name. Tick one box. Signature of applicant.",
  contract:
    "The parties agree: the Tenant shall pay the rent. Either party may terminate by notice.",
};

for (const [kind, text] of Object.entries(texts)) {
  Deno.test(`knows an unseen ${kind}, and by which words`, { permissions: "none" }, () => {
    const guess = guessKind(model, text, 90);
    assert.equal(guess.kind, kind);
    assert.ok(guess.certainty > 0.5, `certainty ${guess.certainty}`);
    assert.equal(guess.certainty, guess.scores[guess.kind]);
    assert.ok(guess.evidence.length >= 3);
    for (const word of guess.evidence) assert.ok(text.toLowerCase().includes(word), word);
  });
}

Deno.test("scores add up to one, best first", { permissions: "none" }, () => {
  const scores = Object.values(guessKind(model, texts.invoice, 90).scores);
  assert.ok(Math.abs(scores.reduce((sum, score) => sum + score, 0) - 1) < 0.01);
  assert.deepEqual(scores, scores.toSorted((one, other) => other - one));
});

const others = {
  "words it never saw": "Photosynthesis converts sunlight, water and carbon dioxide into glucose.",
  "one known word": "Dear dear dear",
};

for (const [what, text] of Object.entries(others)) {
  Deno.test(`takes ${what} for no known kind`, { permissions: "none" }, () => {
    assert.equal(guessKind(model, text, 90).kind, "other");
  });
}

const blanks = {
  "nothing": ["", 0],
  "signs that are no words": ["-- | . ~ 1 2", 30],
  "dirt that was read as words": ["aes | oon .", 21],
} as const;

for (const [what, [text, confidence]] of Object.entries(blanks)) {
  Deno.test(`takes ${what} for blank`, { permissions: "none" }, () => {
    assert.deepEqual(guessKind(model, text, confidence), {
      kind: "blank",
      certainty: 1,
      scores: {},
      evidence: [],
    });
  });
}

Deno.test("a page with two clear words is not blank", { permissions: "none" }, () => {
  assert.equal(guessKind(model, "Annex II", 95).kind, "other");
});
