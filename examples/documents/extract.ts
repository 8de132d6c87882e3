/**
 * Step `extract`: finds who, when and how much in the text of a page.
 *
 * @module
 */
import winkNLP, { type WinkMethods } from "wink-nlp";
import model from "wink-eng-lite-web-model";
import { findAmounts, findTotal } from "./amounts.ts";
import { readDates } from "./dates.ts";
import type { Entities } from "./entities.ts";
import { type ExtractedPage, parsePage } from "./page.ts";
import { findParties, type PartyName } from "./parties.ts";
import { findReferences } from "./references.ts";

const WORD = "[PROPN|NOUN|ADJ]";
const ORGANISATION = "[Ltd|Limited|GmbH|AG|Inc|LLC|Corp|plc|University|Library|Bank|Council]";

/** Keeps the language model between messages. */
export class Extract {
  readonly #language: WinkMethods;

  /** Loads the language model, and teaches it what people and organisations look like. */
  constructor() {
    this.#language = winkNLP(model, ["sbd", "pos", "ner", "cer"]);
    this.#language.learnCustomEntities([
      {
        name: "organisation",
        patterns: [
          `[PROPN] ${ORGANISATION}`,
          `[PROPN] ${WORD} ${ORGANISATION}`,
          `[PROPN] ${WORD} ${WORD} ${ORGANISATION}`,
        ],
      },
      { name: "person", patterns: ["[Mr|Mrs|Ms|Dr|Prof] [|.] [PROPN] [|PROPN]"] },
    ], { matchValue: false, usePOS: true, useEntity: false });
  }

  /**
   * Adds `entities` to a page.
   *
   * @param msg its payload is a page, as the step `ocr` sends it
   * @throws {ValidationError} when the payload is not a page
   */
  handle(msg: { payload: Record<string, unknown> }): ExtractedPage {
    const page = parsePage(msg.payload);
    return { ...page, entities: this.#findEntities(page.text) };
  }

  #findEntities(text: string): Entities {
    const { its } = this.#language;
    const read = this.#language.readDoc(text);
    const found = read.entities().out(its.detail) as unknown as Detail[];
    const names = read.customEntities().out(its.detail) as unknown as Detail[];
    const valuesOf = (type: string) =>
      found.filter((one) => one.type === type).map((one) => one.value);
    const total = findTotal(text);
    return {
      parties: findParties(text, names.map(nameOf)),
      dates: readDates(text, valuesOf("DATE")),
      amounts: findAmounts(text),
      ...(total && { total }),
      references: findReferences(text),
      emails: unique(valuesOf("EMAIL")),
      urls: unique(valuesOf("URL")),
      durations: unique(valuesOf("DURATION")),
      percentages: unique(valuesOf("PERCENT")),
      numbers: unique(valuesOf("CARDINAL")),
    };
  }
}

/** One entity as the language model prints it. */
interface Detail {
  readonly value: string;
  readonly type: string;
}

function nameOf({ value, type }: Detail): PartyName {
  return { name: value.replace(/\s+/g, " "), type: type === "person" ? "person" : "organisation" };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
