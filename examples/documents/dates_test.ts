import assert from "node:assert/strict";
import { parseDate, readDates } from "./dates.ts";

const dates = {
  "2024-03-12": "2024-03-12",
  "12 March 2024": "2024-03-12",
  "1st of Sept. 2024": "2024-09-01",
  "March 2nd, 2024": "2024-03-02",
  "3.4.2024": "2024-04-03",
  "29 February 2024": "2024-02-29",
};

for (const [text, date] of Object.entries(dates)) {
  Deno.test(`reads ${text}`, { permissions: "none" }, () => assert.equal(parseDate(text), date));
}

for (
  const text of [
    "29 February 2023",
    "31.04.2024",
    "03/04/2024",
    "12 Smarch 2024",
    "today",
    "2024",
    "",
  ]
) {
  Deno.test(`does not read "${text}"`, { permissions: "none" }, () => {
    assert.equal(parseDate(text), undefined);
  });
}

Deno.test("says what a date means, where the text does", { permissions: "none" }, () => {
  const text = "Invoice date 12 March 2024\nLindenweg 8 Due date: 11 April 2024\nsee 1 May 2024";
  assert.deepEqual(readDates(text, ["12 March 2024", "11 April 2024", "1 May 2024"]), [
    { date: "2024-03-12", meaning: "invoice date" },
    { date: "2024-04-11", meaning: "due date" },
    { date: "2024-05-01" },
  ]);
});

Deno.test("names a date once, with its meaning", { permissions: "none" }, () => {
  const text = "of 4 July 1991. Date of birth\n\n4 July 1991";
  assert.deepEqual(readDates(text, ["4 July 1991", "4 July 1991"]), [
    { date: "1991-07-04", meaning: "date of birth" },
  ]);
});
