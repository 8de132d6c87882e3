import type { Writable } from "node:stream";
import { setImmediate } from "node:timers";

/**
 * Makes a function that holds back what is written to a socket until the work of this turn of the
 * event loop is done, so that all of it leaves in one system call.
 *
 * The client hands its own buffers to the socket in the next phase of immediates, but after those
 * that were requested earlier. So the hold is passed on for one phase after the last call.
 *
 * @param socket what the client writes to
 * @returns a function to be called before each write
 */
export function createWriteTogether(socket: Writable): () => void {
  let isHeld = false;
  let isWanted = false;
  const hold = () => {
    socket.cork();
    setImmediate(letGo);
  };
  const letGo = () => {
    socket.uncork();
    isHeld = isWanted;
    isWanted = false;
    if (isHeld) hold();
  };
  return () => {
    isWanted = true;
    if (isHeld) return;
    isHeld = true;
    hold();
  };
}
