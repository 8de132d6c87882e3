import type { Tool } from "../../tools/tool.ts";
import type { Page } from "../page.tsx";
import { visibleText } from "../visible_text.ts";
import { Steps } from "./steps.tsx";

/** The tools, in the order of their file. */
export function toolsPage(tools: readonly Tool[]): Page {
  return {
    title: "Tools",
    at: "tools",
    main: (
      <>
        <h1>Tools</h1>
        {tools.length === 0
          ? (
            <div class="sheet empty">
              <p>There is no tool. The file at ASYA_CONFIG_PATH says which there are.</p>
            </div>
          )
          : <ul class="tools">{tools.map(itemOf)}</ul>}
      </>
    ),
  };
}

function itemOf({ name, description, steps }: Tool) {
  return (
    <li class="sheet">
      <h2>
        <a class="breaks" href={pathOfTool(name)}>{name}</a>
      </h2>
      {description !== undefined && <p class="breaks">{visibleText(description)}</p>}
      <Steps steps={steps} />
    </li>
  );
}

/** The page of a tool. */
export function pathOfTool(name: string): string {
  return `/dashboard/tools/${encodeURIComponent(name)}`;
}
