import { agent } from "./agent.ts";
import { fanOut } from "./fan_out.ts";
import { plain } from "./plain.ts";
import { stream } from "./stream.ts";
import type { Template } from "./template.ts";

/** Names of the meshes to begin with. */
export const TEMPLATE_NAMES = ["plain", "stream", "fan-out", "agent"] as const;

/** One of {@linkcode TEMPLATE_NAMES}. */
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

/** The meshes to begin with, by name. */
export const templates: Readonly<Record<TemplateName, Template>> = {
  plain,
  stream,
  "fan-out": fanOut,
  agent,
};
