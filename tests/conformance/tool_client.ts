/** A tool as a client lists it. */
export interface ListedTool {
  readonly name: string;
  readonly outputSchema?: object | undefined;
}

/** What a client is answered. */
export interface ToolResult {
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean | undefined;
}

/** A client is told how a call goes on. */
export interface Progress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** How a call is made. */
export interface CallOptions {
  /** Asks for progress. */
  readonly onprogress?: (progress: Progress) => void;
  /** Gives the call up. */
  readonly signal?: AbortSignal;
}

/** What the official clients have in common, whichever their words for it are. */
export interface ToolClient extends AsyncDisposable {
  list(): Promise<ListedTool[]>;
  /** @throws what the client throws when the protocol's answer is an error */
  call(name: string, args: Record<string, unknown>, options?: CallOptions): Promise<ToolResult>;
}

/** Is told the names of the tools whenever they are others. */
export type OnToolsChange = (names: readonly string[]) => void;

/** Connects a client to an MCP endpoint. */
export type Connect = (url: URL, onToolsChange?: OnToolsChange) => Promise<ToolClient>;

/** What the clients take for it: they list the tools anew by themselves. */
export function toChange(
  onToolsChange: OnToolsChange,
): (error: Error | null, tools: ListedTool[] | null) => void {
  return (error, tools) => {
    if (error) throw error;
    onToolsChange((tools ?? []).map(({ name }) => name));
  };
}
