import { createRootRoute } from '@tanstack/react-router'
import { NotFoundPage } from './fallback-pages.js'
import { Frame } from './shell.js'

// MLflow's clients print these paths: `/#/experiments/1/runs/…`, `/#/models/movies/versions/2`.
export const root = createRootRoute({ component: Frame, notFoundComponent: NotFoundPage })

/** Options of every page. */
export const page = { getParentRoute: () => root } as const

/** Options of the page of one object. Another object remounts the page, so that a draft is not saved to it. */
export const objectPage = {
  ...page,
  // A typed parameter would override the types of the routes' parameters.
  remountDeps: (options: unknown) => (options as { readonly params: object }).params,
} as const
