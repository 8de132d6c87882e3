import { _, type Ajv2020 } from "ajv/dist/2020.js";

/** How long a check may take. */
export interface ReferenceLimit {
  /**
   * Runs a check that may follow only so many references.
   *
   * @param references how many
   * @param check what may follow them, at once
   * @returns what the check does; `undefined` when it would follow more
   */
  run<T>(references: number, check: () => T): T | undefined;
}

/**
 * Makes a compiler's checks count the references that they follow, which is what bounds their time:
 * a schema that leads back to itself in two ways takes twice as long for each level of a value.
 *
 * @param ajv the compiler, before it has compiled anything
 */
export function limitReferences(ajv: Ajv2020): ReferenceLimit {
  let left = Infinity;
  const follow = () => {
    if (--left < 0) throw new RangeError("a check follows more references than it may");
  };
  for (const keyword of ["$ref", "$dynamicRef"]) {
    const rule = ajv.getKeyword(keyword);
    if (typeof rule !== "object" || !("code" in rule)) {
      throw new TypeError(`the compiler has no code for ${keyword}`);
    }
    ajv.removeKeyword(keyword).addKeyword({
      ...rule,
      code(context, ruleType) {
        const { gen } = context;
        gen.code(_`${gen.scopeValue("keyword", { ref: follow })}()`);
        rule.code(context, ruleType);
      },
    });
  }
  return {
    run(references, check) {
      left = references;
      try {
        return check();
      } catch (error) {
        if (left >= 0) throw error;
        return undefined;
      } finally {
        left = Infinity;
      }
    },
  };
}
