/** An argument of an AMQP method, by its type. */
export type Argument =
  | { readonly u8: number }
  | { readonly u16: number }
  | { readonly u32: number }
  | { readonly u64: number }
  | { readonly short: string }
  | { readonly long: string }
  | { readonly table: "empty" };

/** A method: its class and number. */
export type Method = readonly [classId: number, methodId: number];

const encoder = new TextEncoder();

/**
 * A frame that carries a method.
 *
 * @param channel the channel's number
 * @param method which one
 * @param args its arguments, in the order of the specification
 * @see https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf sections 2.3.5 and 4.2
 */
export function methodFrame(
  channel: number,
  [classId, methodId]: Method,
  args: readonly Argument[],
): Uint8Array {
  const bytes = [
    ...encode({ u16: classId }),
    ...encode({ u16: methodId }),
    ...args.flatMap(encode),
  ];
  return frame(1, channel, Uint8Array.from(bytes));
}

/**
 * The frames of a persistent message, published with confirms and `mandatory`.
 *
 * @param channel the channel's number
 * @param exchange where it is published
 * @param queue the routing key
 * @param body its bytes
 */
export function messageFrames(
  channel: number,
  exchange: string,
  queue: string,
  body: Uint8Array,
): Uint8Array {
  const args = [{ u16: 0 }, { short: exchange }, { short: queue }, { u8: 1 }];
  // Two properties: the content's type, and delivery mode 2, which is persistent.
  const header = [
    ...[{ u16: 60 }, { u16: 0 }, { u64: body.length }],
    ...[{ u16: 0x9000 }, { short: "application/json" }, { u8: 2 }],
  ];
  return concat([
    methodFrame(channel, [60, 40], args),
    frame(2, channel, Uint8Array.from(header.flatMap(encode))),
    frame(3, channel, body),
  ]);
}

/** Puts bytes one behind the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function frame(type: number, channel: number, payload: Uint8Array): Uint8Array {
  const head = [{ u8: type }, { u16: channel }, { u32: payload.length }].flatMap(encode);
  return concat([Uint8Array.from(head), payload, Uint8Array.of(0xce)]);
}

function encode(argument: Argument): number[] {
  if ("u8" in argument) return [argument.u8];
  if ("u16" in argument) return [argument.u16 >> 8, argument.u16 & 0xff];
  if ("u32" in argument) return bigEndian(argument.u32, 4);
  if ("u64" in argument) return bigEndian(argument.u64, 8);
  if ("table" in argument) return [0, 0, 0, 0];
  if ("short" in argument) {
    const bytes = encoder.encode(argument.short);
    return [bytes.length, ...bytes];
  }
  const bytes = encoder.encode(argument.long);
  return [...bigEndian(bytes.length, 4), ...bytes];
}

function bigEndian(value: number, size: number): number[] {
  return Array.from(
    { length: size },
    (_, place) => Math.floor(value / 256 ** (size - 1 - place)) % 256,
  );
}
