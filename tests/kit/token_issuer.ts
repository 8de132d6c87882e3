import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { freePort } from "./free_port.ts";

/** A key of an issuer. */
interface IssuerKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/**
 * An authorization server: it publishes keys, signs tokens with them, and gives them to whoever asks
 * in the name of a client (RFC 6749, section 4.4).
 */
export class TokenIssuer implements AsyncDisposable {
  /** The `iss` of its tokens. */
  readonly url: string;
  readonly audience = "https://asya.example/mcp";
  /** Whether it answers with a failure instead of its keys. */
  isAway = false;
  /** How often its keys were asked for. */
  asked = 0;
  readonly #server: Deno.HttpServer;
  #keys: IssuerKey[];

  private constructor(key: IssuerKey) {
    this.#keys = [key];
    const port = freePort();
    this.url = `http://127.0.0.1:${port}`;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /** Starts one with a key of its own. */
  static async start(): Promise<TokenIssuer> {
    return new TokenIssuer(await createKey("key-1"));
  }

  /** The settings of a gateway that accepts its tokens. */
  get env(): Record<string, string> {
    return {
      ASYA_AUTH: "jwt",
      ASYA_JWT_ISSUER: this.url,
      ASYA_JWT_AUDIENCE: this.audience,
      ASYA_JWT_JWKS_URL: `${this.url}/keys`,
    };
  }

  /** Signs from now on with another key; the one before is not published any more. */
  async rotate(): Promise<void> {
    this.#keys = [await createKey(`key-${crypto.randomUUID()}`)];
  }

  /**
   * Signs a token that is valid for five minutes.
   *
   * @param sub whom it is for
   * @param claims further claims, or others
   */
  async sign(sub: string, claims: JWTPayload = {}): Promise<string> {
    const [key] = this.#keys;
    if (key === undefined) throw new Error("an issuer without a key");
    const exp = Math.floor(Date.now() / 1_000) + 300;
    return await new SignJWT({ iss: this.url, aud: this.audience, sub, exp, ...claims })
      .setProtectedHeader({ alg: "ES256", kid: key.kid })
      .sign(key.privateKey);
  }

  async #answer(request: Request): Promise<Response> {
    if (this.isAway) return new Response("away", { status: 503 });
    switch (new URL(request.url).pathname) {
      case "/keys":
        this.asked++;
        return Response.json({ keys: await Promise.all(this.#keys.map(describeKey)) });
      case "/.well-known/oauth-authorization-server":
        return Response.json({
          issuer: this.url,
          authorization_endpoint: `${this.url}/authorize`,
          token_endpoint: `${this.url}/token`,
          response_types_supported: ["code"],
          grant_types_supported: ["client_credentials"],
          token_endpoint_auth_methods_supported: ["client_secret_basic"],
        });
      case "/token":
        return await this.#grant(request);
      default:
        return new Response("nothing here", { status: 404 });
    }
  }

  async #grant(request: Request): Promise<Response> {
    const form = new URLSearchParams(await request.text());
    const basic = request.headers.get("authorization")?.replace("Basic ", "") ?? "";
    const [client = ""] = atob(basic).split(":");
    const scope = form.get("scope") ?? "";
    const aud = form.get("resource") ?? this.audience;
    const access_token = await this.sign(client, { scope, aud });
    return Response.json({ access_token, token_type: "Bearer", expires_in: 300, scope });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

async function createKey(kid: string): Promise<IssuerKey> {
  return { kid, ...await generateKeyPair("ES256") };
}

async function describeKey({ kid, publicKey }: IssuerKey): Promise<object> {
  return { ...await exportJWK(publicKey), kid, alg: "ES256", use: "sig" };
}
