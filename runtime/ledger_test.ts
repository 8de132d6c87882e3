import assert from "node:assert/strict";
import {
  encodeLedgerHead,
  encodeLedgerSlot,
  HOST_PHASES,
  LEDGER_HEAD_BYTES,
  LEDGER_SLOT_BYTES,
  type LedgerCall,
  parseLedger,
} from "./ledger.ts";

const head = {
  pid: 4_000_000,
  instance: crypto.randomUUID(),
  phase: "running",
  aliveMs: 1_700_000_000_000,
  exitByMs: 1_700_000_025_000,
  onlySession: 3,
} as const;

function fileOf(slots: readonly (LedgerCall | undefined)[], nowMs: number): Uint8Array {
  const bytes = new Uint8Array(LEDGER_HEAD_BYTES + slots.length * LEDGER_SLOT_BYTES);
  bytes.set(encodeLedgerHead(head));
  slots.forEach((call, slot) => {
    const offset = LEDGER_HEAD_BYTES + slot * LEDGER_SLOT_BYTES;
    encodeLedgerSlot(new DataView(bytes.buffer, offset, LEDGER_SLOT_BYTES), call, nowMs);
  });
  return bytes;
}

Deno.test("a ledger reads as it was written", { permissions: "none" }, () => {
  const calls = [
    { session: 3, call: 2 ** 40, stage: "entered", deadlineMs: 1.5 },
    { session: 0, call: 0, stage: "abandoned", deadlineMs: 7 },
  ] as const;
  const ledger = parseLedger(fileOf([calls[0], undefined, calls[1]], 5));
  assert.deepEqual(ledger, { ...head, calls });
});

Deno.test("every phase reads as it was written", { permissions: "none" }, () => {
  for (const phase of HOST_PHASES) {
    assert.equal(parseLedger(encodeLedgerHead({ ...head, phase }))?.phase, phase);
  }
});

Deno.test("[R3] a slot that changes is a sign of life", { permissions: "none" }, () => {
  assert.equal(parseLedger(fileOf([undefined], head.aliveMs + 50))?.aliveMs, head.aliveMs + 50);
});

Deno.test("what is no ledger is none", { permissions: "none" }, () => {
  for (
    const bytes of [new Uint8Array(), new Uint8Array(500), encodeLedgerHead(head).subarray(0, 90)]
  ) {
    assert.equal(parseLedger(bytes), undefined);
  }
});
