import type { Tool } from "../../tools/tool.ts";
import type { Page } from "../page.tsx";
import { visibleText } from "../visible_text.ts";
import type { CommandLines } from "./command_lines.ts";
import { DraftKey } from "../draft_key.tsx";
import { FormFields, type FormState } from "./form_fields.tsx";
import type { ObjectField } from "./form_field.ts";
import { idOf, ROOT } from "./form_path.ts";
import type { FieldProblem } from "./read_arguments.ts";
import { Steps } from "./steps.tsx";
import { pathOfTool } from "./tools_page.tsx";

/** What the page of a tool shows. */
export interface ToolPageProps {
  readonly tool: Tool;
  readonly form: ObjectField;
  readonly state: FormState;
  /** The arguments as JSON, as somebody wrote them or as the form says them. */
  readonly json: string;
  /** What is wrong with that JSON. */
  readonly jsonProblem?: string | undefined;
  readonly lines: CommandLines;
  /** Whether whoever looks asked for these lines. */
  readonly showsLines: boolean;
  /** Why nothing was called, where no field is to blame. */
  readonly problem?: string | undefined;
  /** Fresh for each page: by it, a form that is sent twice is known. */
  readonly draftKey: string;
}

/** The page of one tool: what it does, and a form to try it with. */
export function toolPage(props: ToolPageProps): Page {
  const { tool, form, state, lines, showsLines, draftKey } = props;
  return {
    title: tool.name,
    at: "tools",
    main: (
      <>
        <div class="head">
          <div>
            <p class="small">
              <a href="/dashboard/tools">Tools</a>
            </p>
            <h1 class="breaks">{tool.name}</h1>
          </div>
          <a href={`/dashboard/jobs?tool=${encodeURIComponent(tool.name)}`}>Its jobs</a>
        </div>
        {tool.description !== undefined && <p class="breaks">{visibleText(tool.description)}</p>}
        <Steps steps={tool.steps} />
        <Summary {...props} />
        <div class="beside">
          <form
            method="post"
            action={pathOfTool(tool.name)}
            class="sheet"
            novalidate
            aria-label={`Arguments of ${tool.name}`}
          >
            {/* Enter calls the tool, whatever button comes first. */}
            <button type="submit" name="do" value="call" hidden>Call</button>
            <DraftKey draftKey={draftKey} />
            <div class="fields">
              <FormFields form={form} state={state} />
            </div>
            {form.members.length === 0 && !form.takesFurther && <p>It takes no arguments.</p>}
            <div class="row">
              <button type="submit" name="do" value="call" class="main">Call</button>
              <button type="submit" name="do" value="show">Show as commands</button>
            </div>
          </form>
          <div class="stack">
            <details class="sheet" open={showsLines}>
              <summary>As commands</summary>
              <CommandLine name="curl" line={lines.curl} />
              <CommandLine name="asya" line={lines.asya} isFocus={showsLines} />
            </details>
            <AsJson {...props} />
          </div>
        </div>
      </>
    ),
  };
}

function CommandLine({ name, line, isFocus }: { name: string; line: string; isFocus?: boolean }) {
  return (
    <>
      <h2 id={`line-${name}`}>{name}</h2>
      <pre
        class="code"
        tabindex={0}
        aria-labelledby={`line-${name}`}
        role="region"
        autofocus={isFocus}
      >
        {line}
      </pre>
    </>
  );
}

function AsJson({ tool, json, jsonProblem, draftKey }: ToolPageProps) {
  return (
    <details class="sheet" open={jsonProblem !== undefined}>
      <summary>Write the arguments as JSON</summary>
      <form
        method="post"
        action={pathOfTool(tool.name)}
        class="stack"
        aria-label={`Arguments of ${tool.name} as JSON`}
      >
        <DraftKey draftKey={draftKey} />
        <label for="json">Arguments</label>
        <textarea
          id="json"
          name="json"
          rows={8}
          aria-invalid={jsonProblem === undefined ? undefined : "true"}
          aria-describedby={jsonProblem === undefined ? undefined : "json-problem"}
          autofocus={jsonProblem !== undefined}
        >
          {json}
        </textarea>
        {jsonProblem !== undefined && (
          <p id="json-problem" class="notice bad">{visibleText(jsonProblem)}</p>
        )}
        <button type="submit" name="do" value="json">Call with this</button>
      </form>
    </details>
  );
}

/** What is wrong, at the top, with links to the fields. */
function Summary({ problem, state }: ToolPageProps) {
  if (problem === undefined && state.problems.length === 0) return null;
  return (
    <div class="notice bad" role="alert" id={idOf(ROOT)} tabindex={-1} autofocus>
      <p>{visibleText(problem ?? "Nothing was called yet:")}</p>
      {state.problems.length > 0 && (
        <ul>
          {state.problems.map(linkOf)}
        </ul>
      )}
    </div>
  );
}

function linkOf({ path, text }: FieldProblem) {
  return (
    <li class="breaks">
      {path === ROOT ? visibleText(text) : <a href={`#${idOf(path)}`}>{visibleText(text)}</a>}
    </li>
  );
}
