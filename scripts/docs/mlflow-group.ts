/** `METHOD version path`, below `/api/{version}/mlflow/`; a path that begins with a slash is whole. `*` is the rest of a path. */
export interface Group {
  readonly endpoints: readonly string[]
  /** Where they are tested; of several files the first that names an endpoint is shown. */
  readonly tests?: readonly string[]
  /** Tests of endpoints whose paths are put together there. */
  readonly composed?: Readonly<Record<string, string>>
  /** Why those that are not served are not. */
  readonly without?: string
  /** For routes that are there to say that they are off. */
  readonly off?: true
}
