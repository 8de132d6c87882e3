import type { Json } from "@asya/protocol";
import type { Field, Member, ObjectField } from "./form_field.ts";
import { visibleText } from "../visible_text.ts";
import { countOf, furtherOf, idOf, ROOT, within } from "./form_path.ts";
import type { FormTexts } from "./fill_form.ts";
import { type FieldProblem, itemsIn, MAX_ITEMS } from "./read_arguments.ts";

/** What stands in a form at this moment. */
export interface FormState {
  readonly texts: FormTexts;
  readonly problems: readonly FieldProblem[];
  /** The field that whoever types goes on with, if it is a certain one. */
  readonly focus?: string | undefined;
}

/** What every field is drawn from. */
interface FieldProps {
  readonly field: Field;
  readonly name: string;
  readonly path: string;
  readonly isRequired: boolean;
  readonly state: FormState;
}

/** All fields of a form. */
export function FormFields({ form, state }: { form: ObjectField; state: FormState }) {
  return <Members field={form} path={ROOT} state={state} />;
}

function Members({ field, path, state }: { field: ObjectField; path: string; state: FormState }) {
  const fieldOf = ({ name, isRequired, field: member }: Member) => (
    <FieldOf
      field={member}
      name={name}
      path={within(path, name)}
      isRequired={isRequired}
      state={state}
    />
  );
  const name = field.members.length > 0 ? "Further, as JSON" : "As JSON";
  return (
    <>
      {field.members.map(fieldOf)}
      {field.takesFurther && (
        <FieldOf
          field={{ kind: "json", hints: ["an object"] }}
          name={name}
          path={furtherOf(path)}
          isRequired={false}
          state={state}
        />
      )}
    </>
  );
}

function FieldOf(props: FieldProps) {
  const { field, path, state } = props;
  switch (field.kind) {
    case "object":
      return (
        <Group {...props}>
          <Members field={field} path={path} state={state} />
        </Group>
      );
    case "list":
      return (
        <Group {...props}>
          <Items {...props} item={field.item} />
        </Group>
      );
    default:
      return (
        <div class="field">
          <label for={idOf(path)}>
            <Title {...props} />
          </label>
          <About {...props} />
          <Control {...props} />
          <Problems path={path} state={state} />
        </div>
      );
  }
}

/** Several fields under one name. */
function Group(props: FieldProps & { children: unknown }) {
  const { path, state, children } = props;
  return (
    <fieldset id={idOf(path)} class="field" tabindex={-1} aria-describedby={describedBy(props)}>
      <legend>
        <Title {...props} />
      </legend>
      <About {...props} />
      <Problems path={path} state={state} />
      <div class="fields">{children}</div>
    </fieldset>
  );
}

function Items({ name, path, state, item }: FieldProps & { item: Field }) {
  const count = itemsIn(state.texts, path);
  const numbers = Array.from({ length: count }, (_, index) => index);
  return (
    <>
      <input type="hidden" name={countOf(path)} value={String(count)} />
      {numbers.map((index) => (
        <div class="item">
          <FieldOf
            field={item}
            name={`${name} ${index + 1}`}
            path={within(path, index)}
            isRequired={false}
            state={state}
          />
          <button
            type="submit"
            name="do"
            value={`remove ${index} ${path}`}
            aria-label={`Remove ${visibleText(name)} ${index + 1}`}
          >
            Remove
          </button>
        </div>
      ))}
      {count < MAX_ITEMS && (
        <button
          type="submit"
          name="do"
          value={`add ${path}`}
          aria-label={`Add to ${visibleText(name)}`}
        >
          Add
        </button>
      )}
    </>
  );
}

function Title({ name, field, isRequired }: FieldProps) {
  return (
    <>
      <span class="breaks">{visibleText(field.title ?? name)}</span>
      {isRequired && <span class="chip">required</span>}
    </>
  );
}

function About({ field, path }: FieldProps) {
  const { description, hints, byDefault } = field;
  const left = saysDefault(field) ? [`${showValue(byDefault ?? null)} if left empty`] : [];
  const words = [...hints, ...field.kind === "json" ? ["JSON"] : [], ...left].join(" · ");
  if (description === undefined && words === "") return null;
  return (
    <div id={`${idOf(path)}-about`} class="small soft breaks">
      {description !== undefined && <p>{visibleText(description)}</p>}
      {words !== "" && <p>{visibleText(words)}</p>}
    </div>
  );
}

function Problems({ path, state }: { path: string; state: FormState }) {
  const own = problemsOf(path, state);
  if (own.length === 0) return null;
  return (
    <ul id={`${idOf(path)}-problems`} class="problems">
      {own.map(problemOf)}
    </ul>
  );
}

function problemOf({ text }: FieldProblem) {
  return <li class="breaks">{visibleText(text)}</li>;
}

function Control(props: FieldProps) {
  const { field, path, isRequired, state } = props;
  const text = state.texts.get(path) ?? "";
  const optionOf = (option: Json) => {
    const value = JSON.stringify(option);
    return <option value={value} selected={value === text}>{visibleText(showValue(option))}
    </option>;
  };
  const common = {
    id: idOf(path),
    name: path,
    "aria-describedby": describedBy(props),
    "aria-invalid": problemsOf(path, state).length > 0 ? "true" as const : undefined,
    "aria-required": isRequired ? "true" as const : undefined,
    autofocus: state.focus === path,
    autocomplete: "off",
  };
  switch (field.kind) {
    case "number":
      return <input {...common} value={text} inputmode={field.isWhole ? "numeric" : "decimal"} />;
    case "choice":
      return (
        <select {...common}>
          <option value="">{nothingOf(field, isRequired)}</option>
          {field.options.map(optionOf)}
        </select>
      );
    case "text":
      return field.isLong
        ? <textarea {...common} class="prose" rows={2}>{keepFirstLine(text)}</textarea>
        : <input {...common} value={text} />;
    default:
      return (
        <textarea {...common} rows={4}>
          {keepFirstLine(text)}
        </textarea>
      );
  }
}

/** A browser drops a line's end at the beginning of a text area. */
function keepFirstLine(text: string): string {
  return /^\r?\n/.test(text) ? `\n${text}` : text;
}

function describedBy(props: FieldProps): string | undefined {
  const { field, path, state } = props;
  const hasWords = field.description !== undefined || field.hints.length > 0 ||
    saysDefault(field) || field.kind === "json";
  const ids = [
    ...hasWords ? [`${idOf(path)}-about`] : [],
    ...problemsOf(path, state).length > 0 ? [`${idOf(path)}-problems`] : [],
  ];
  return ids.length > 0 ? ids.join(" ") : undefined;
}

function problemsOf(path: string, { problems }: FormState): readonly FieldProblem[] {
  return problems.filter((problem) => problem.path === path);
}

/** Whether its default is told beside it: not where it shows in the field itself. */
function saysDefault({ kind, byDefault }: Field): boolean {
  return byDefault !== undefined && kind !== "object" && kind !== "choice";
}

/** What a choice says where nothing is chosen. */
function nothingOf({ byDefault }: Field, isRequired: boolean): string {
  if (byDefault !== undefined) return visibleText(`Left out: ${showValue(byDefault)}`);
  return isRequired ? "Choose one" : "Left out";
}

function showValue(value: Json): string {
  return typeof value === "string" && value !== "" ? value : JSON.stringify(value);
}
