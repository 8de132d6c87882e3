import { cause } from "../cause.ts";
import type { JsonObject } from "../kube_object.ts";
import type { StatusCause } from "../status_error.ts";
import { checkResources } from "./check_resources.ts";
import { listOf } from "./list_of.ts";
import {
  checkCount,
  checkNamed,
  checkOneOf,
  checkPort,
  envNameProblems,
  keyProblems,
  portNameProblems,
} from "./words.ts";

const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];
const HANDLERS = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

/** What of its pod a container is checked with. */
export interface ContainerPlace {
  readonly path: string;
  readonly isInit: boolean;
  readonly volumes: ReadonlySet<string>;
}

/** What is wrong with a container. */
export function checkContainer(container: JsonObject, place: ContainerPlace): StatusCause[] {
  const { path } = place;
  const image = String(container.image ?? "");
  return [
    ...checkNamed(`${path}.name`, container.name, "label"),
    ...(image === "" ? [cause.required(`${path}.image`)] : []),
    ...(image.trim() === image ? [] : [
      cause.invalid(`${path}.image`, image, "must not have leading or trailing whitespace"),
    ]),
    ...checkOneOf(`${path}.imagePullPolicy`, container.imagePullPolicy, ...PULL_POLICIES),
    ...checkOneOf(`${path}.restartPolicy`, container.restartPolicy, "Always", "Never", "OnFailure"),
    ...checkProbes(container, place),
    ...checkPorts(listOf(container.ports), `${path}.ports`),
    ...listOf(container.env).flatMap((env, at) => checkEnv(env, `${path}.env[${at}]`)),
    ...listOf(container.envFrom).flatMap((from, at) =>
      checkEnvFrom(from, `${path}.envFrom[${at}]`)
    ),
    ...checkMounts(listOf(container.volumeMounts), place),
    ...checkResources((container.resources ?? {}) as JsonObject, `${path}.resources`),
    ...checkSecurity((container.securityContext ?? {}) as JsonObject, `${path}.securityContext`),
  ];
}

function checkPorts(ports: readonly JsonObject[], path: string): StatusCause[] {
  const names = new Set<unknown>();
  return ports.flatMap(({ name, containerPort, protocol }, at) => {
    const causes: StatusCause[] = [];
    const here = `${path}[${at}]`;
    if (typeof name === "string") {
      causes.push(...portNameProblems(name).map((why) => cause.invalid(`${here}.name`, name, why)));
      if (names.has(name)) causes.push(cause.duplicate(`${here}.name`, name));
      names.add(name);
    }
    if (!containerPort) causes.push(cause.required(`${here}.containerPort`));
    else causes.push(...checkPort(`${here}.containerPort`, containerPort));
    return [...causes, ...checkOneOf(`${here}.protocol`, protocol, "SCTP", "TCP", "UDP")];
  });
}

function checkEnv(env: JsonObject, path: string): StatusCause[] {
  const { name, value, valueFrom } = env;
  const causes = name
    ? envNameProblems(String(name)).map((why) => cause.invalid(`${path}.name`, name, why))
    : [cause.required(`${path}.name`)];
  if (valueFrom === undefined) return causes;
  const from = `${path}.valueFrom`;
  const sources = Object.keys(valueFrom as JsonObject);
  if (value !== undefined && value !== "") {
    causes.push(cause.invalid(from, "", "may not be specified when `value` is not empty"));
  } else if (sources.length === 0) {
    const why = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, " +
      "`secretKeyRef` or `fileKeyRef`";
    causes.push(cause.invalid(from, "", why));
  } else if (sources.length > 1) {
    causes.push(cause.invalid(from, "", "may not have more than one field specified at a time"));
  }
  const { secretKeyRef, configMapKeyRef } = valueFrom as Readonly<Record<string, JsonObject>>;
  if (secretKeyRef) causes.push(...checkKeyRef(secretKeyRef, `${from}.secretKeyRef`));
  if (configMapKeyRef) causes.push(...checkKeyRef(configMapKeyRef, `${from}.configMapKeyRef`));
  return causes;
}

function checkKeyRef({ name, key }: JsonObject, path: string): StatusCause[] {
  return [
    ...(name ? [] : [cause.required(`${path}.name`)]),
    ...(key
      ? keyProblems(String(key)).map((why) => cause.invalid(`${path}.key`, key, why))
      : [cause.required(`${path}.key`)]),
  ];
}

function checkEnvFrom(from: JsonObject, path: string): StatusCause[] {
  const sources = ["configMapRef", "secretRef"].filter((source) => source in from);
  if (sources.length === 0) {
    return [cause.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")];
  }
  return sources.flatMap((source) =>
    checkNamed(`${path}.${source}.name`, (from[source] as JsonObject).name, "subdomain")
  );
}

function checkMounts(mounts: readonly JsonObject[], { path, volumes }: ContainerPlace) {
  const seen = new Set<unknown>();
  return mounts.flatMap(({ name, mountPath }, at) => {
    const here = `${path}.volumeMounts[${at}]`;
    const causes: StatusCause[] = [];
    if (!name) causes.push(cause.required(`${here}.name`));
    if (!volumes.has(String(name ?? ""))) causes.push(cause.notFound(`${here}.name`, name ?? ""));
    if (!mountPath) causes.push(cause.required(`${here}.mountPath`));
    else if (seen.has(mountPath)) {
      causes.push(cause.invalid(`${here}.mountPath`, mountPath, "must be unique"));
    }
    seen.add(mountPath);
    return causes;
  });
}

function checkProbes(container: JsonObject, { path, isInit }: ContainerPlace): StatusCause[] {
  const isSidecar = isInit && container.restartPolicy === "Always";
  const names = ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"];
  return names.filter((name) => container[name] !== undefined).flatMap((name) => {
    if (isInit && !isSidecar) {
      const why = "may not be set for init containers without restartPolicy=Always";
      return [cause.forbidden(`${path}.${name}`, why)];
    }
    return name === "lifecycle"
      ? checkLifecycle(container[name] as JsonObject, `${path}.${name}`)
      : checkProbe(container[name] as JsonObject, `${path}.${name}`, name === "readinessProbe");
  });
}

function checkLifecycle(lifecycle: JsonObject, path: string): StatusCause[] {
  return ["postStart", "preStop"].filter((hook) => lifecycle[hook] !== undefined)
    .flatMap((hook) => checkHandler(lifecycle[hook] as JsonObject, `${path}.${hook}`));
}

function checkProbe(probe: JsonObject, path: string, mayNeedMore: boolean): StatusCause[] {
  const counts = [
    ...["initialDelaySeconds", "timeoutSeconds", "periodSeconds"],
    ...["successThreshold", "failureThreshold"],
  ];
  const { successThreshold = 1 } = probe;
  return [
    ...checkHandler(probe, path),
    ...counts.flatMap((field) => checkCount(`${path}.${field}`, probe[field])),
    ...(mayNeedMore || successThreshold === 1
      ? []
      : [cause.invalid(`${path}.successThreshold`, successThreshold, "must be 1")]),
  ];
}

function checkHandler(handler: JsonObject, path: string): StatusCause[] {
  const [name, ...more] = HANDLERS.filter((one) => handler[one] !== undefined);
  if (!name) return [cause.required(path, "must specify a handler type")];
  if (more.length > 0) {
    return more.map((one) =>
      cause.forbidden(`${path}.${one}`, "may not specify more than 1 handler type")
    );
  }
  const action = handler[name] as JsonObject;
  const at = `${path}.${name}`;
  if (name === "exec") {
    return listOf(action.command).length > 0 ? [] : [cause.required(`${at}.command`)];
  }
  return name === "sleep" ? [] : checkPort(`${at}.port`, action.port);
}

function checkSecurity(security: JsonObject, path: string): StatusCause[] {
  const causes = ["runAsUser", "runAsGroup"].flatMap((field) =>
    checkCount(`${path}.${field}`, security[field])
  );
  if (security.allowPrivilegeEscalation === false && security.privileged === true) {
    const why = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
    causes.push(cause.invalid(path, security, why));
  }
  return [...causes, ...checkSeccomp(security, path)];
}

/** What is wrong with which calls of the kernel a container may make. */
export function checkSeccomp({ seccompProfile }: JsonObject, path: string): StatusCause[] {
  if (seccompProfile === undefined) return [];
  const { type } = seccompProfile as JsonObject;
  const at = `${path}.seccompProfile.type`;
  if (!type) return [cause.required(at, "type is required when seccompProfile is set")];
  return checkOneOf(at, type, "Localhost", "RuntimeDefault", "Unconfined");
}
