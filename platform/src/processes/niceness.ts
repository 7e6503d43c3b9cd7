import { getPriority, setPriority } from 'node:os'

/** The niceness of models and tasks above that of the server; `launch.sh` and `serve.py` have it too. */
const NICENESS = 5
const MAX_NICENESS = 19

/** Yields to the event loop of the server: on Linux this thread and those that it starts, elsewhere the whole process. */
export function yieldToServer(): void {
  setPriority(Math.min(getPriority() + NICENESS, MAX_NICENESS))
}
