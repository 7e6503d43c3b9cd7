/** Words per call: the number of the operation and up to eleven arguments. */
const WORDS = 12
const CAPACITY = 8192
/** Iterations that a thread spins before it sleeps: phases are short, and waking takes tens of microseconds. */
const SPINS = 4000

const NEXT = 0
const LIMIT = 1
const DONE = 2

export type Operation = (...args: number[]) => unknown

/** Shared by all threads. Tickets only increase, so that a late thread cannot execute a call twice. */
export interface CallQueue {
  readonly control: Int32Array
  readonly words: Float64Array
}

export function callQueue(): CallQueue {
  return {
    control: new Int32Array(new SharedArrayBuffer(64)),
    words: new Float64Array(new SharedArrayBuffer(CAPACITY * WORDS * 8)),
  }
}

/** Takes one call and executes it; returns false if the queue is empty. */
function takeOne({ control, words }: CallQueue, operations: readonly Operation[]): boolean {
  const ticket = Atomics.load(control, NEXT)
  if (ticket >= Atomics.load(control, LIMIT)) return false
  if (Atomics.compareExchange(control, NEXT, ticket, ticket + 1) !== ticket) return true
  const at = (ticket % CAPACITY) * WORDS
  const operation = operations[words[at]!]!
  // Building an argument list would cost more than most calls; operations ignore excess arguments.
  operation(
    words[at + 1]!,
    words[at + 2]!,
    words[at + 3]!,
    words[at + 4]!,
    words[at + 5]!,
    words[at + 6]!,
    words[at + 7]!,
    words[at + 8]!,
    words[at + 9]!,
    words[at + 10]!,
    words[at + 11]!,
  )
  Atomics.add(control, DONE, 1)
  return true
}

/** Executes calls until the thread is terminated. */
export function serveCalls(queue: CallQueue, operations: readonly Operation[]): never {
  for (;;) {
    const limit = Atomics.load(queue.control, LIMIT)
    while (takeOne(queue, operations));
    Atomics.notify(queue.control, DONE)
    let spins = 0
    while (Atomics.load(queue.control, LIMIT) === limit && ++spins < SPINS);
    if (spins === SPINS) Atomics.wait(queue.control, LIMIT, limit)
  }
}

/** The only producer of the queue; it also executes calls while it waits. */
export class Coordinator<Name extends string> {
  readonly #queue: CallQueue
  readonly #operations: readonly Operation[]
  readonly #numbers: ReadonlyMap<Name, number>
  #filled = 0

  /** `operations` must have the same order in every thread. */
  constructor(queue: CallQueue, operations: Readonly<Record<Name, Operation>>) {
    this.#queue = queue
    this.#operations = Object.values(operations)
    this.#numbers = new Map((Object.keys(operations) as Name[]).map((name, at) => [name, at]))
  }

  /** Adds a call to the current phase; calls of a phase run in any order. */
  add(name: Name, ...args: number[]): void {
    if (this.#filled - Atomics.load(this.#queue.control, LIMIT) === CAPACITY) this.run()
    const { words } = this.#queue
    const at = (this.#filled++ % CAPACITY) * WORDS
    words[at] = this.#numbers.get(name)!
    for (let n = 0; n < args.length; n++) words[at + 1 + n] = args[n]!
  }

  /** Ends the phase; returns when all its calls are done. */
  run(): void {
    const { control } = this.#queue
    Atomics.store(control, LIMIT, this.#filled)
    Atomics.notify(control, LIMIT)
    while (takeOne(this.#queue, this.#operations));
    for (let spins = 0; ; ) {
      const done = Atomics.load(control, DONE)
      if (done === this.#filled) return
      if (++spins > SPINS) Atomics.wait(control, DONE, done, 1)
    }
  }
}
