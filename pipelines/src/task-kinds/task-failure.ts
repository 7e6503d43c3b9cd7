/** A process that ended with an error. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure'
  /** The last lines of its output. */
  readonly output: string

  constructor(message: string, output: string) {
    super(message)
    this.output = output
  }
}
