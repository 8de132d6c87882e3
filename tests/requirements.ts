/**
 * What this project promises, by id. A test that proves a promise has its id in its name, in
 * brackets: `Deno.test("[D1] …")`. A promise that no test cites fails the gate, as does a test that
 * cites an id which is not here.
 *
 * @module
 */
export const requirements: Readonly<Record<string, string>> = {
  // a good process
  C1: "Every problem in the settings is reported at once, and the program exits 2.",
  C2: "No secret appears in a log line or an error.",
  C3: "An older name of a setting is accepted, with a notice.",
  C4: "An unknown ASYA_ name draws a notice with the nearest known one.",
  C5: "Help and tables are made from the settings themselves and name every one.",
  C6: "A log line is one line of JSON with constant words and separate particulars.",
  C7: "Liveness, readiness and metrics are served, and a busy port is named.",
  C8: "Every program runs with a generated list of permissions and no other.",
  C9: "A first signal asks a program to finish, a second one ends it at once.",
  C10: "What is installed is what the lock file says, or nothing; no package runs a script then.",
  C11: "A build says what is in it, and brings the words that licences ask for.",
  C12: "An audit that could not be made is told from one that found nothing.",
  C13: "A program that grows beyond its budget is noticed, with the package that came.",

  // delivery
  D1: "All outputs of a message are confirmed before the message is acknowledged.",
  D2: "A confirmed message survives the sudden death of every process, at any point.",
  D3: "A message whose next queue is missing is held, then fails by that queue's name.",
  D4: "A runtime that is away, restarts or dies is not counted against a waiting message.",
  D5: "A message whose calls kill the runtime ends as a failure after the allowed deliveries.",
  D6: "A message that kills the sidecar itself does not come back for ever.",
  D7: "A delayed message waits in the queue, not in a process, and not less than its delay.",
  D8:
    "A recoverable failure is tried again at the step that failed, later each time, then given up.",
  D9: "A message that is given up is dead-lettered with all that a replay needs.",
  D10: "A terminal actor acknowledges only what is stored and reported.",
  D11: "On a signal, work in hand is finished or given back, reports are sent, and the exit is 0.",
  D12: "Progress never slows messages; what is dropped is counted, and a final is never dropped.",
  D13: "Of a fan-out every branch is carried, and the job ends when every branch has.",
  D14: "As many messages are worked on at once as the prefetch says; at 1, order is kept.",
  D15: "After a cancel or a passed deadline, at most one further step per branch runs.",
  D16: "Every accepted job ends in exactly one terminal state, with its effects seen once.",
  D17: "A broker that is away is waited for without work, and found soon after it is back.",
  D18: "A queue that was deleted is made again by its sidecar, which goes on taking from it.",
  D19: "Work that takes longer than the broker allows is warned of, and seen once all the same.",
  D20: "While its runtime is away a sidecar takes nothing and rests, and goes on when it is back.",
  D21: "How a step is tried again travels with the message, and a bad word about it costs nothing.",
  D22: "A store that is away, full or closed to us costs no outcome, and each is stored once.",
  D23: "What a handler streams is seen in order, before what comes of it, if the gateway is well.",

  // joins
  J1: "A join goes on once, with its quorum or at its time, whatever is killed or comes again.",
  J2: "A branch that ends early is told to the join where its siblings meet, if nested too.",
  J3: "A branch that comes late to a join neither fails nor reopens its job.",

  // measures
  K1: "What a handler measures is counted as it was reported, by name, by model and by label.",
  K2: "Nonsense or a flood of measures costs neither work nor memory, and is counted.",
  K3: "A use of a model is timed by the host's clock and ends with its call, as the call ends.",
  K4: "A metric of a handler's that is not declared so is named in the log, with what is declared.",
  K5: "Busy and idle time of an actor are the whole time of its sidecar.",
  K6: "OpenTelemetry is sent what Prometheus is shown, by names that lead back to the same.",
  K7: "A host or a sidecar that knows nothing of measures is worked with as before.",

  // the wire
  W1: "Every spelling of a message is read, and it leaves with the spelling it came with.",
  W2: "Fields that nobody here knows are carried along on every hop.",
  W3: "Frames are decoded the same wherever the bytes are split.",
  W4: "A frame over the cap is refused before memory is taken for it.",
  W5: "Every kind of bad input has its own failure code, and the process lives on.",
  W6: "A host that knows only single exchanges is recognised by its answer and served so.",
  W7: "Replies in every dialect that hosts speak are understood.",
  W8: "Sidecars that know only single exchanges are answered in the format that is set.",
  W9: "Steps that are done cannot be changed, and a route has a limit of hops.",
  W10: "A body that cannot be read goes to the error queue as it was, byte for byte.",
  W11: "A message sent twice by one cause has one identity.",
  W12: "What is published is lasting JSON, and says who it is, when, and in which trace.",
  W13:
    "Messages, queues and envelopes of existing fleets are taken as they are, and they take ours.",
  W14:
    "A message goes where its handlers send it, within what the mesh allows, and its job shows it.",

  // the runtime
  R1: "A handler is found by its specifier, and never outside its root.",
  R2: "A bad specifier fails at the start, saying what was looked for and what there is.",
  R3: "A handler that hangs or spins is ended at its deadline, and named as the culprit.",
  R4: "A handler that runs out of memory is reported so, and the host lives on.",
  R5: "Plain, asynchronous and generating handlers work, and a yield is streamed.",
  R6: "A handler class is constructed once, started before the first call and closed at the end.",
  R7: "What a handler throws decides code, severity and the wait before a retry.",
  R8: "Nothing that a handler prints, throws or returns breaks the connection.",
  R9: "Calls run side by side up to the set concurrency.",
  R10: "A handler is told of its deadline, of a cancel, and can report its progress.",
  R11: "An author runs a handler without a mesh as a host runs it, with any message that was kept.",

  // the gateway
  G1: "A bad tools file is refused with every problem, each by file, line and column.",
  G2: "A stored job's message is sent, also when the gateway dies in between.",
  G3: "A terminal state never changes; late, repeated and reordered reports are ignored.",
  G4: "Progress is shown by one formula and never goes down.",
  G5: "A stream shows every update once, resumes where it broke off, and ends with the job.",
  G6: "MCP clients of both eras list and call tools.",
  G7: "Arguments are checked against the tool's schema, and the answer names the wrong one.",
  G8: "A passed deadline fails the job, also after a restart.",
  G9: "Every store keeps jobs the same way.",
  G10: "A cancelled job fails at once, and actors learn of it.",
  G11: "Gateways that share a database serve each other's jobs, and none of them is needed.",
  G12: "A call that is repeated under its key makes no second job.",
  G13: "The REST API is described by what reads its requests, and answers as it is described.",
  G14: "No request, however bad, is a failure of the gateway, leaks, or brings it down.",
  G15: "Tools are read again when their file changes; bad ones leave the old ones serving.",

  G16: "Jobs are found by how their id begins, by their tool, and by what their error says.",

  G17:
    "A job's page tells of its route, branches, tries and time, and harms nobody, whatever it shows.",

  // dead letters, and what is seen of a mesh
  L1: "Who looks through a queue takes nothing out of it, and removes exactly what was chosen.",
  L2: "Every dead letter is listed, whatever it is, and stays in its queue until it is purged.",
  L3: "A dead letter goes when its replay is stored; replayed again, it is the same job.",
  L4: "What happens in a mesh is counted for all gateways of a store together, and costs no call.",

  // the Model Context Protocol
  P1: "The gateway keeps MCP's revisions of 2025, as far as the official suites ask it of tools.",
  P2: "It keeps the revision 2026-07-28 and its extension for tasks likewise.",
  P3: "The official client of the revisions of 2025 is served in all that it can do with tools.",
  P4: "The official client of the revision 2026-07-28 is served in all that it can do with tools.",
  P5: "MCP's inspector lists and calls tools.",
  P6: "A task of MCP is a job: it outlives its client's connection, and is the caller's own.",
  P7: "MCP clients that listen are told when the tools are others.",
  P8: "Progress that MCP clients see always rises, never floods them, and loses no chunk.",

  // who may call
  A1: "Only who shows a token that is accepted gets in, and does only what its scopes allow.",
  A2: "A job of somebody else is an unknown one, on every route, and nothing happens to it.",
  A3: "A report without the internal token, where there is one, changes nothing.",
  A4: "A page of another site reaches nothing, under whatever name it comes.",
  A5: "Who asks too often is told when to come back, and nobody else notices.",
  A6: "A refusal leaves a line with who, from where and why, and no flood of them fills the disk.",
  A7: "Tokens of an authorization server count as long as their claims and its keys say.",
  A8: "A client that has no token, or too weak a one, is told where to get it.",
  A9: "Answers are kept by nobody on the way, and pages run nothing but what is theirs.",
  A10:
    "Who signs in to the dashboard may do there what their token allows, and nobody else through them.",

  // the mesh
  M1: "One command starts a whole mesh from one file, every process with its own permissions.",
  M2: "A mesh that ends leaves no process and no socket behind.",
  M3: "A process that dies is started again, later each time.",
  M4: "What a program uses of its permissions is within what it was given.",
  M5: "A bad mesh file is refused with every problem at once.",
  M6: "A real document goes through the example and comes out as one record.",
  M7: "A mesh runs on RabbitMQ as it does on a file, waits for a broker that is away, and says so.",
  M8: "A new mesh is made by one command, in order and working, and no file that is there changes.",
  M9: "A handler that changes is taken at once, and no other actor notices.",
  M10: "What keeps a mesh from working is found and named with what to do, and nothing is changed.",

  // the dashboard
  B1: "The dashboard is whole without a script, by keyboard, at phone width, in light and dark.",
  B2: "On no page anything of a caller's or a handler's runs, and none asks of another site.",
  B3: "A tool's form asks for what its schema says; what is wrong is told beside its field.",
  B4: "Dead letters are looked at, put right, replayed and purged in a browser, many at once.",
  B5: "The overview stays as the mesh is, while it is looked at.",

  // the asya command
  U1: "A command line that is wrong is told all that is, and what is allowed; help has everything.",
  U2:
    "Who leaves a call can come back to its job, and a stream that breaks goes on where it ended.",
  U3: "asya dlq loses no dead letter: what was not replayed or removed is as it was, and is told.",
  U4: "A mesh whose gateway asks for tokens works as one that does not, and no log shows a token.",
  U5: "What the processes of a mesh say is kept within a bound, and shown while it is said.",
  U6: "Shells complete commands, options, tools and ids, and wait for nothing.",
  U7: "asya is installed with its list of permissions, and runs from any folder.",
  U8: "No text of a job, a log, a tool or a dead letter commands the terminal that shows it.",

  // a mesh, exported to a cluster
  E1: "A mesh is written as resources of Kubernetes that say of each actor what its file says.",
  E2: "No secret is written: what is exported refers to Secrets.",
  E3: "What a cluster cannot have as this machine has it is said, with what to do.",
  E4: "What is checked of a mesh in a cluster holds for the same mesh on one machine.",
  E5: "Scripts are sound, explain themselves, and say what they lack.",
  E6: "Examples for clusters are taken by an API server, the operator and the charts as they are.",

  // what the operator makes of an actor
  I1: "A pod as it is written carries messages, with its permissions alone, and ends work first.",
  I2: "Whatever the user set in a pod template is in the pod, unchanged and once.",
  I3: "The runtime comes into one container at most, with a handler and without a command.",
  I4: "Every setting that is written into a pod is one its programs read, as it is meant.",
  I5: "A pod whose template says nothing of security fits the profile restricted.",
  I6: "KEDA's objects fit its schema, count messages in work, and show no password.",
  I7: "What cannot be made, or not as asked, is said in a sentence, and nothing else is lost.",
  I8: "A network policy lets through what a pod and its handler need, and nothing else.",
  I9:
    "The runtime and its Deno are copied to a folder, whole or with a sentence that says why not.",

  // what runs the operator
  F1: "Every change is looked at, each key in its turn and by one worker at a time.",
  F2: "What fails is tried again later each time, for itself alone, not before the server said.",
  F3: "Of several replicas one works, another takes over within 20 seconds, and never two write.",
  F4: "Whatever happens to lists and watches, what was seen is soon what is there.",
  F5: "Answers of the API server are judged by status and reason, and secrets are in no failure.",
  F6: "Who we are to the API server is read anew when it has changed.",
  F7: "KEDA's kinds are watched as long as they are there, whenever they come or go.",
  F8: "Events that repeat are counted, and none that cannot be written is in the way of work.",
  F9: "The API server is who its kubeconfig says, or a warning says that nobody was asked.",

  // the resource AsyncActor
  V1:
    "One schema in code is the definition, the types, the reading and the reference of AsyncActor.",
  V2:
    "What is wrong with an actor that got past admission is told, all at once, and nothing throws.",
  V3: "The operator fills in the same defaults as the API server, and overwrites nothing.",
  V4: "An API server takes the definition.",
  V5: "What can be known to be wrong with an actor is refused when it is applied, in a sentence.",
  V6: "The example actors, and actors as fleets have them, are taken as they are.",
  V7: "An actor with telemetry sends it with its pod's name; what its owner set is not touched.",
  V8: "A collector in a pod is restricted, ends last, and keeps no work waiting and no Job alive.",
  V9: "What collectors are told fits together, in documented words, and fits what runs them.",
  V10: "What a chart says of telemetry reaches its programs, and nothing does where it is off.",

  // the API server for tests: what it keeps, and does by itself
  Q1: "Who lists and then watches misses nothing, and is told when to list again.",
  Q2: "What has lost its owners, its namespace or its definition goes, and waits for finalizers.",
  Q3: "Rights are those of RBAC, and faults come when a test asks for them.",
  Q4: "kubectl works with it as with any other.",
  Q5: "What a real API server of 1.36 answered to a recorded session, it answers too.",

  // the API server for tests: what it thinks of objects
  S1: "Who applies owns what it says; what nobody says any more goes, and nothing else.",
  S2: "A field that another owns is not changed without force, and who changes it is its owner.",
  S3: "What is applied that no such kind has, or twice, is refused in the server's words.",
  S4: "KEDA's kinds are taken as KEDA's own schema takes them.",
  S5: "Objects are completed, cut down and refused by their schema, in the server's words.",
  S6: "Rules refuse what they are against, at the same times and in the same words.",
  S7:
    "A definition that is not structural, or has a rule that fails or costs too much, is refused.",
  S8: "Built-in kinds are completed as the real server completes them, and written in one way.",
  S9: "What operators trip over in built-in kinds is refused in the server's words.",

  // the charts
  H1: "What a chart makes is whole, runs under the profile `restricted`, and shows no secret.",
  H2: "What a chart tells a program is what that program reads, and what it permits is needed.",
  H3: "Wrong values of a chart are refused with a sentence.",
  H4: "The operator's rights are those that are written down, and no more.",
  H5: "What a chart renders runs as it stands, and helm's test tells whether it serves.",
  H6: "Charts are installed, upgraded and uninstalled by helm, tables before the programs on them.",

  // dashboards and alerts
  X1:
    "Every query of a dashboard or an alert names what programs have, and nothing they have is left out.",
  X2: "Dashboards fit any Grafana and any Prometheus, and say of each panel what is seen on it.",
  X3: "Every query runs in a real Prometheus, and has data of a mesh at work.",
  X4: "Each alert fires at what it is about, is silent otherwise, and leads to what is to be done.",
  X5: "A cluster gets all dashboards and rules by one command, as they are in the repository.",

  // what an operator makes of actors
  O1: "From whatever is there a cluster is made as its actors say, and then nothing is written.",
  O2: "What an actor does not ask for any more goes, once what takes its place is there.",
  O3: "An object of somebody else is never taken over, changed or removed.",
  O4: "A deleted actor goes when everything of its own is gone; its queue and messages stay.",
  O5: "A queue is declared as its sidecar would, or tried to be, before KEDA watches it.",
  O6: "What stands in an actor's way is said in its conditions, and once as an Event.",
  O7: "The runtime's files are in a namespace for as long as a pod may mount them.",
  O8: "An operator that is killed at any moment leaves nothing that the next does not put right.",

  // traces of a hop
  N1:
    "Without OpenTelemetry no span is made, nothing is loaded for it, and messages stay the same.",
  N2: "A hop is in its job's trace from the queue to the sends, however it ends.",
  N3: "A try is linked to the failed one before it, and what a join merges to its branches.",
  N4: "Only work of a recorded trace makes spans; where nobody decided, the first sidecar does.",
  N5: "Log lines about work with a trace name its trace and its span.",
  N6: "What a handler does by itself hangs below its call, across awaits and yields.",
  N7: "Attributes of spans have OpenTelemetry's names, or stand on docs/tracing.md.",
  N8:
    "No header, name or time that comes from outside ends a program or makes spans without bound.",
  N9: "On RabbitMQ the send's context is in a message's headers; who drops it begins a new trace.",

  // traces of the gateway
  Z1: "A caller's trace goes on into its job, and a job without one has its own for log lines.",
  Z2: "A call is one trace: its request, its message, every step, its end and the final report.",
  Z3: "What is not sampled makes no span of ours anywhere, and the message says so.",
  Z4: "Spans of requests are named by their routes, and no request makes names without end.",
  Z5: "A mesh that is told where traces go sends them there, each program by its own name.",

  // images and builds
  Y1: "An image's entry point grants what its program may need by any settings, and no more.",
  Y2: "Images carry jobs as a user that is not root, in files that are read-only.",
  Y3: "The same checkout is built into the same bytes.",
  Y4: "A linter finds nothing in the Dockerfile, and every image says what it is.",
  Y5: "An executable has its permissions and its handlers in it, and takes none at its start.",
  Y6: "Where Deno's download is refused, a build says so, and its bundles are whole.",

  // the documentation
  T1: "What the pages tell people to type works as it stands, and prints what they show.",
  T2: "What the pages quote is what programs say, and what they name is there.",

  // packages and releases
  T3: "What is published works for somebody who has nothing but Deno, up to a whole mesh.",
  T4: "A handler brings the runtime's words and the protocol along, and no more.",
  T5: "A package holds what its entry points reach, its README and its licence, and no more.",
  T6: "Every symbol of every package is documented, and every entry point says what it is.",
  T7: "A release is refused where anything is not in order, and does nothing that was not asked.",
  T8: "What is packed for npm installs there, and runs under Node as it is said to.",
  T9: "Workflows are valid, have the least rights, pin what they use, and call what is there.",
};
