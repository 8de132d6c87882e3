import assert from "node:assert/strict";
import { findParties, type PartyName } from "./parties.ts";

const organisation = (name: string): PartyName => ({ name, type: "organisation" });
const person = (name: string): PartyName => ({ name, type: "person" });

Deno.test("tells the sender of an invoice from its recipient", { permissions: "none" }, () => {
  const text = "Northwind Paper Ltd INVOICE\nBill to Invoice No. 7\nFoxglove Studio GmbH\nSeal Inc";
  const names = ["Northwind Paper Ltd", "Foxglove Studio GmbH", "Seal Inc"].map(organisation);
  assert.deepEqual(findParties(text, names), [
    { name: "Northwind Paper Ltd", type: "organisation", role: "sender" },
    { name: "Foxglove Studio GmbH", type: "organisation", role: "recipient" },
    { name: "Seal Inc", type: "organisation" },
  ]);
});

Deno.test("knows a person by title and last name", { permissions: "none" }, () => {
  const text = "Mr Tobias Renn\nDear Mr Renn,\nDr Helen Archer will be there.";
  const names = ["Mr Tobias Renn", "Mr Renn", "Dr Helen Archer"].map(person);
  assert.deepEqual(findParties(text, names), [
    { name: "Mr Tobias Renn", type: "person", role: "recipient" },
    { name: "Dr Helen Archer", type: "person" },
  ]);
});

Deno.test("keeps the fuller name, whichever comes first", { permissions: "none" }, () => {
  const names = ["Mr Renn", "Mr Tobias Renn"].map(person);
  assert.deepEqual(findParties("Mr Renn, that is Mr Tobias Renn", names), [
    { name: "Mr Tobias Renn", type: "person" },
  ]);
});

Deno.test("reads who signed a letter", { permissions: "none" }, () => {
  assert.deepEqual(findParties("Yours sincerely,\n\nInes Marlow\nDirector", []), [
    { name: "Ines Marlow", type: "person", role: "signatory" },
  ]);
});

Deno.test("calls the parties of a contract what it calls them", { permissions: "none" }, () => {
  const text = 'Larkspur Ltd, 9 Tower Court (the "Supplier"), and\nBeacon GmbH (the “Customer”).';
  assert.deepEqual(
    findParties(text, ["Larkspur Ltd", "Beacon GmbH"].map(organisation)).map(({ role }) => role),
    ["supplier", "customer"],
  );
});
