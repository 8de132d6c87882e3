import {
  all,
  bool,
  count,
  flag,
  int32,
  int64,
  intOrString,
  keyed,
  list,
  map,
  quantity,
  set,
  struct,
  text,
  whole,
} from "../go_type.ts";
import { fieldReference, resourceReference } from "./volume_type.ts";

const httpGet = struct("HTTPGetAction", {
  ...all(text, "path", "host", "scheme"),
  port: intOrString,
  httpHeaders: list(struct("HTTPHeader", all(text, "name", "value"))),
});
const exec = struct("ExecAction", { command: list(text) });
const tcpSocket = struct("TCPSocketAction", { port: intOrString, host: text });

const probe = struct("Probe", {
  exec,
  httpGet,
  tcpSocket,
  grpc: struct("GRPCAction", { port: int32, service: text }),
  ...all(count, "initialDelaySeconds", "timeoutSeconds", "periodSeconds"),
  ...all(count, "successThreshold", "failureThreshold"),
  terminationGracePeriodSeconds: int64,
});

const lifecycleHandler = struct("LifecycleHandler", {
  exec,
  httpGet,
  tcpSocket,
  sleep: struct("SleepAction", { seconds: int64 }),
});

const keySelector = (name: string) =>
  whole(struct(name, { ...all(text, "name", "key"), optional: bool }));

/** One variable of a container. */
const envType = struct("EnvVar", {
  ...all(text, "name", "value"),
  valueFrom: struct("EnvVarSource", {
    fieldRef: fieldReference,
    resourceFieldRef: resourceReference,
    configMapKeyRef: keySelector("ConfigMapKeySelector"),
    secretKeyRef: keySelector("SecretKeySelector"),
    fileKeyRef: whole(struct("FileKeySelector", {
      ...all(text, "volumeName", "path", "key"),
      optional: bool,
    })),
  }),
});

const profile = (name: string) => struct(name, all(text, "type", "localhostProfile"));

/** What a container or a pod may do on its node, where both can say it. */
export const securityFields = {
  seLinuxOptions: struct("SELinuxOptions", all(text, "user", "role", "type", "level")),
  windowsOptions: struct("WindowsSecurityContextOptions", {
    ...all(text, "gmsaCredentialSpecName", "gmsaCredentialSpec", "runAsUserName"),
    hostProcess: bool,
  }),
  ...all(int64, "runAsUser", "runAsGroup"),
  runAsNonRoot: bool,
  seccompProfile: profile("SeccompProfile"),
  appArmorProfile: profile("AppArmorProfile"),
};

const securityContext = struct("SecurityContext", {
  ...securityFields,
  capabilities: struct("Capabilities", all(list(text), "add", "drop")),
  ...all(bool, "privileged", "readOnlyRootFilesystem", "allowPrivilegeEscalation"),
  procMount: text,
});

/** How much of what a container may use. */
export const resourcesType = struct("ResourceRequirements", {
  ...all(map(quantity), "limits", "requests"),
  claims: keyed(struct("ResourceClaim", all(text, "name", "request")), ["name"]),
});

const optionalSource = (name: string) => struct(name, { name: text, optional: bool });

/** A container of a pod. */
export const containerType = struct("Container", {
  ...all(text, "name", "image", "workingDir", "terminationMessagePath"),
  ...all(text, "terminationMessagePolicy", "imagePullPolicy", "restartPolicy"),
  restartPolicyRules: list(struct("ContainerRestartRule", {
    action: text,
    exitCodes: struct("ContainerRestartRuleOnExitCodes", { operator: text, values: set(int32) }),
  })),
  ...all(list(text), "command", "args"),
  ports: keyed(
    struct("ContainerPort", {
      ...all(text, "name", "protocol", "hostIP"),
      containerPort: int32,
      hostPort: count,
    }),
    ["containerPort", "protocol"],
    { protocol: "TCP" },
  ),
  envFrom: list(struct("EnvFromSource", {
    prefix: text,
    configMapRef: optionalSource("ConfigMapEnvSource"),
    secretRef: optionalSource("SecretEnvSource"),
  })),
  env: keyed(envType, ["name"]),
  resources: resourcesType,
  resizePolicy: list(struct("ContainerResizePolicy", all(text, "resourceName", "restartPolicy"))),
  volumeMounts: keyed(
    struct("VolumeMount", {
      ...all(text, "name", "mountPath", "subPath", "subPathExpr", "mountPropagation"),
      ...all(text, "recursiveReadOnly"),
      readOnly: flag,
    }),
    ["mountPath"],
  ),
  volumeDevices: keyed(struct("VolumeDevice", all(text, "name", "devicePath")), ["devicePath"]),
  ...all(probe, "livenessProbe", "readinessProbe", "startupProbe"),
  lifecycle: struct("Lifecycle", {
    postStart: lifecycleHandler,
    preStop: lifecycleHandler,
    stopSignal: text,
  }),
  securityContext,
  ...all(flag, "stdin", "stdinOnce", "tty"),
}, { always: ["resources"] });
