import { defaulted, optional } from "./schema/field.ts";
import { list, listBy, map } from "./schema/list_fields.ts";
import { object, openObject } from "./schema/object_fields.ts";
import { choice, freeText, text } from "./schema/scalar_fields.ts";

/** A list of a container is not longer. */
const MAX_ENTRIES = 1024;

/** A pod has no more containers of a kind; one that restarts in time has far fewer. */
const MAX_CONTAINERS = 64;

const name = text("A name that is no other's in the list.", { maxLength: 253 });

/** The variables of a container. */
export const env = listBy(
  "Environment variables.",
  "name",
  openObject("A variable; everything of Kubernetes is passed through.", {
    name,
    value: optional(freeText("Its value.")),
    valueFrom: optional(openObject("Where its value comes from.", {})),
  }),
  { maxItems: MAX_ENTRIES },
);

const words = list("A command line, word by word.", freeText("A word."), {
  maxItems: MAX_ENTRIES,
});

const container = openObject("A container; everything of Kubernetes is passed through.", {
  name,
  image: optional(freeText("The image.")),
  command: optional(words),
  args: optional(words),
  env: optional(env),
  volumeMounts: optional(list(
    "Where the container sees volumes.",
    openObject("One place of a volume.", { name, mountPath: freeText("The absolute path.") }),
    { maxItems: MAX_ENTRIES },
  )),
});

const containers = listBy(
  "The actor's own containers; the sidecar is put before them.",
  "name",
  container,
  { maxItems: MAX_CONTAINERS },
);

const podSpec = openObject(
  "The pod, without the sidecar.",
  {
    // An empty list, and not a field that is required, so that a sentence refuses it.
    containers: defaulted(containers, []),
    initContainers: optional(containers),
    volumes: optional(
      listBy(
        "Volumes of the pod.",
        "name",
        openObject("A volume; everything of Kubernetes is passed through.", { name }),
        { maxItems: MAX_ENTRIES },
      ),
    ),
    restartPolicy: optional(
      choice("When containers are started again.", ["Always", "OnFailure", "Never"]),
    ),
  },
  [
    {
      cel: "self.containers.size() > 0",
      message: "containers has none; the pod needs one, with the actor's handler",
      holds: (pod) => pod.containers.length > 0,
    },
    {
      cel: "self.containers.all(c, c.name != 'sidecar') && (!has(self.initContainers) || " +
        "self.initContainers.all(c, c.name != 'sidecar'))",
      message: "no container may be called sidecar; the operator adds one of that name",
      holds: ({ containers, initContainers = [] }) =>
        ![...containers, ...initContainers].some(({ name }) => name === "sidecar"),
    },
  ],
);

const keywords = map("By name.", freeText("A text."));

/** A PodTemplateSpec, passed through but for what the operator adds. */
export const podTemplate = object("What each replica is.", {
  metadata: optional(openObject("Labels and annotations of the pods.", {
    labels: optional(keywords),
    annotations: optional(keywords),
  })),
  spec: podSpec,
});
