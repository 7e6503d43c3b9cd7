import { type ComponentType, useEffect, useState } from 'react'

/** A component whose code is loaded when it is first shown. */
export class LoadedPart<Props> {
  readonly #load: () => Promise<ComponentType<Props>>
  component: ComponentType<Props> | undefined

  constructor(load: () => Promise<ComponentType<Props>>) {
    this.#load = load
  }

  async load(): Promise<void> {
    this.component ??= await this.#load()
  }
}

/**
 * Loads a component, and returns undefined until then. Unlike `lazy`, React shows it as soon as it is loaded: it keeps the
 * fallback of a `Suspense` for 300 ms, in which the component requests nothing.
 *
 * @throws the error of loading, for the page's error boundary
 */
export function useLoaded<Props>(part: LoadedPart<Props>): ComponentType<Props> | undefined {
  const [outcome, setOutcome] = useState<{ part: LoadedPart<Props>; error?: unknown }>({ part })
  const shown = part.component
  useEffect(() => {
    if (shown) return
    let isShown = true
    const settle = (error?: unknown) => {
      if (isShown) setOutcome({ part, error })
    }
    part.load().then(() => settle(), settle)
    return () => {
      isShown = false
    }
  }, [part, shown])
  if (outcome.part === part && outcome.error !== undefined) throw outcome.error
  return shown
}
