/**
 * Turns `AsyncActor` resources into running, autoscaled actors on Kubernetes.
 *
 * What should exist is a pure value of the actor, and a level-based loop makes the cluster so. What
 * a handler computes, what a message means and how jobs are kept may not enter. The folder is a
 * program, started by `main.ts`, and has nothing to import. An actor's way through it:
 *
 * 1. `actor/` is the resource: one schema that the definition in `config/crd/`, the types and the
 *    reading (`parse_actor.ts`) are made of;
 * 2. `desired/` says what should exist for an actor;
 * 3. `reconcile/` compares that with what does, and makes it so through interfaces of its own;
 * 4. `cluster/` and `queues/` are those interfaces on the API server and on the broker;
 * 5. `controller/` decides which actor's turn it is, and who of several operators works.
 *
 * @module
 */
export {};
