/** The lists of objects, by their paths, in the order of the navigation. */
export const SECTIONS = [
  'experiments',
  'models',
  'prompts',
  'endpoints',
  'catalog',
  'jobs',
  'reports',
] as const
