import { getPriority, setPriority } from 'node:os'

/** The niceness of models and tasks above that of the server. `launch.sh` and `serve.py` use the same number. */
const NICENESS = 5
const MAX_NICENESS = 19

/** Lowers the priority below that of the server: on Linux of this thread and those that it starts, elsewhere of the process. */
export function yieldToServer(): void {
  setPriority(Math.min(getPriority() + NICENESS, MAX_NICENESS))
}
