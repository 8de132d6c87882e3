import { isJsonObject, type Json, type JsonObject } from "@asya/protocol";
import type { SeenUpdate } from "./invariants.ts";

/** A job as the gateway shows it. */
export interface ShownJob {
  readonly id: string;
  readonly tool: string;
  readonly status: string;
  readonly payload?: Json;
  readonly result?: Json;
  readonly error?: string;
  readonly error_details?: JsonObject;
  readonly result_uri?: string;
  readonly partial_results?: Json[];
  readonly progress_percent?: number;
  readonly updated_at?: string;
}

/** A gateway, as its users reach it. */
export class GatewayClient {
  readonly #url: string;

  /** @param url as `http://host:port` */
  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Calls a tool without waiting for its result.
   *
   * @param name the tool
   * @param args its arguments
   * @returns the job's id
   * @throws Error when the gateway gave none
   */
  async call(name: string, args: JsonObject): Promise<string> {
    const answer = await this.#json("/tools/call", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, arguments: args }),
    });
    const content = isJsonObject(answer) ? answer.structuredContent : undefined;
    const id = isJsonObject(content) ? content.job_id : undefined;
    if (typeof id !== "string") throw new Error(`no job but ${JSON.stringify(answer)}`);
    return id;
  }

  /** One job. */
  async job(id: string): Promise<ShownJob> {
    return await this.#json(`/jobs/${id}`) as unknown as ShownJob;
  }

  /** Every job there is, newest first. */
  async jobs(): Promise<ShownJob[]> {
    const jobs: ShownJob[] = [];
    let cursor = "";
    do {
      const page = await this.#json(`/jobs?limit=200${cursor && `&cursor=${cursor}`}`);
      if (!isJsonObject(page) || !Array.isArray(page.jobs)) {
        throw new Error(`no list of jobs but ${JSON.stringify(page)}`);
      }
      jobs.push(...page.jobs as unknown as ShownJob[]);
      const next = page.next_cursor ?? page.cursor;
      cursor = typeof next === "string" ? encodeURIComponent(next) : "";
    } while (cursor !== "");
    return jobs;
  }

  /**
   * Every update of a job until it ends, as its stream tells them.
   *
   * @param id a job
   * @param signal ends the waiting
   */
  async updates(id: string, signal?: AbortSignal): Promise<SeenUpdate[]> {
    const response = await fetch(`${this.#url}/jobs/${id}/stream`, { signal });
    const updates: SeenUpdate[] = [];
    for (const block of (await response.text()).split("\n\n")) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event !== "update" || data === undefined) continue;
      const { status, progress_percent } = JSON.parse(data);
      updates.push({
        status,
        ...(typeof progress_percent === "number" && { progressPercent: progress_percent }),
      });
    }
    return updates;
  }

  async #json(path: string, init?: RequestInit): Promise<Json> {
    const response = await fetch(`${this.#url}${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} for ${path}: ${text}`);
    return JSON.parse(text);
  }
}
