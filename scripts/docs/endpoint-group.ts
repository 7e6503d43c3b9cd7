/** A section of `docs/mlflow-compatibility.md`: some endpoints of MLflow, and whether Cairn serves them. */
export interface EndpointGroup {
  /** `METHOD version path`, below `/api/{version}/mlflow/`; a path that begins with a slash is whole. `*` is the rest of a path. */
  readonly endpoints: readonly string[]
  /** Files that test them; of several files the first that names an endpoint is shown. */
  readonly tests?: readonly string[]
  /** Test files by endpoint, for tests that compose its path. */
  readonly composed?: Readonly<Record<string, string>>
  /** The reason why Cairn does not serve some of them. */
  readonly without?: string
  /** The endpoints only report that their feature is off. */
  readonly off?: true
}
