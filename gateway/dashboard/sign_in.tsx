import type { Page } from "./page.tsx";

/** What a page to sign in says. */
export interface SignIn {
  /** Where to go then: a path of the dashboard. */
  readonly to: string;
  /** Why the token that was shown is not enough. */
  readonly problem?: string | undefined;
}

/** The page on which somebody shows a token. It never shows one itself. */
export function signInPage({ to, problem }: SignIn): Page {
  return {
    title: "Sign in",
    main: (
      <section class="sheet narrow">
        <h1>Sign in</h1>
        <p class="soft">
          With the token that your programs use for this gateway. This browser keeps it until it is
          closed, or until you sign out, and shows it to nobody else.
        </p>
        {problem !== undefined && <p class="notice bad" role="alert">{problem}</p>}
        <form class="stack" method="post" action="/dashboard/sign-in">
          <input type="hidden" name="to" value={to} />
          <label for="token">Token</label>
          <input
            id="token"
            name="token"
            type="password"
            autocomplete="current-password"
            autocapitalize="off"
            spellcheck={false}
            required
            autofocus
          />
          <button type="submit" class="main">Sign in</button>
        </form>
      </section>
    ),
  };
}
